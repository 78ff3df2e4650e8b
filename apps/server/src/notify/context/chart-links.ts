import { createHmac, timingSafeEqual } from 'node:crypto';

/** Receivers show a message for days; after this long its picture is of no use to anybody. */
const VALID_MS = 7 * 86_400_000;
/** A link stays the same for so long: who fetches pictures keeps them by their address, and has to see the newer one soon. */
const SAME_MS = 600_000;

/** What a signed link opens. */
export interface ChartLink {
  readonly project: string;
  readonly incidentId: string;
  /** ms */
  readonly until: number;
}

/**
 * Makes and checks addresses of charts that open without an API key until they expire, for services that fetch pictures
 * themselves. Such an address opens one picture of one incident and nothing else.
 */
export class ChartLinks {
  private readonly secret: string;
  private readonly base: string;

  /** @param consoleUrl where the API is reached; without https no addresses are made, because no service would fetch them */
  constructor(secret: string, consoleUrl: string) {
    this.secret = secret;
    this.base = consoleUrl.startsWith('https://') ? consoleUrl.replace(/\/+$/, '') : '';
  }

  /** The address of an incident's chart, or empty. */
  urlOf(project: string, incidentId: string, now: number): string {
    if (this.base === '') {
      return '';
    }
    const until = Math.ceil(now / SAME_MS) * SAME_MS + VALID_MS;
    const signature = this.sign({ project, incidentId, until });
    const query = new URLSearchParams({ project, until: String(until), signature });
    return `${this.base}/api/v1/incidents/${incidentId}/chart.png?${query.toString()}`;
  }

  /** Whether `signature` was made here for `link`, and holds at `now`. */
  verify(link: ChartLink, signature: string, now: number): boolean {
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.sign(link))];
    return link.until > now && given.length === expected.length && timingSafeEqual(given, expected);
  }

  private sign({ project, incidentId, until }: ChartLink): string {
    return createHmac('sha256', this.secret)
      .update(JSON.stringify(['chart', project, incidentId, until]))
      .digest('base64url');
  }
}
