import { setTimeout as delay } from 'node:timers/promises';

/** How long one HTTP call may take. */
const TIMEOUT_MS = 15_000;
/** Longest pause between two attempts, whatever the server asks for. */
const LONGEST_PAUSE_MS = 3_000;

/** What a server answers to a batch of rows. */
export interface IngestAnswer {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly field: string; readonly reason: string }[];
}

/** One call to the API. */
export interface ApiCall {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly contentType: 'application/json' | 'application/x-ndjson';
  readonly body: string;
}

/** How hard to try. */
export interface Persistence {
  /** Attempts in all; default 1. */
  readonly attempts?: number;
  /** Ends the waiting between attempts. */
  readonly signal?: AbortSignal;
}

/** Whether the server answers at all, and whether it is ready to take data. */
export type Readiness = 'ready' | 'starting' | 'unreachable';

/**
 * A small client for Tidewatch's HTTP API.
 *
 * A body that was sent twice is stored once, so every call may simply be repeated.
 */
export class ApiClient {
  private readonly baseUrl: string;

  /** @param baseUrl address of the API without a path, such as `http://127.0.0.1:8080`. */
  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  /** Asks `GET /health/ready`. */
  async readiness(): Promise<Readiness> {
    try {
      const response = await fetch(`${this.baseUrl}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      return response.ok ? 'ready' : 'starting';
    } catch {
      return 'unreachable';
    }
  }

  /**
   * When the newest metric point of the server was taken, milliseconds since the epoch; null when it has none or
   * does not say.
   */
  async lastPointAt(): Promise<number | null> {
    try {
      const response = await fetch(`${this.baseUrl}/api/v1/status`, { signal: AbortSignal.timeout(5_000) });
      const status = (await response.json()) as { ingest?: { lastPointAt?: unknown } };
      const at = status.ingest?.lastPointAt;
      return response.ok && typeof at === 'number' ? at : null;
    } catch {
      return null;
    }
  }

  /**
   * Sends a call, again and again while the server is overloaded (429, 503) or cannot be reached.
   *
   * @throws Error naming the call and the server's words when it was not accepted, and the signal's reason when it is
   * aborted between two attempts.
   */
  async send(call: ApiCall, { attempts = 1, signal }: Persistence = {}): Promise<IngestAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(call);
      if ('answer' in outcome) {
        return outcome.answer;
      }
      if (!outcome.retryable || attempt === attempts) {
        throw new Error(`${call.method} ${call.path} failed: ${outcome.reason}`);
      }
      await delay(Math.min(outcome.pauseMs, LONGEST_PAUSE_MS), undefined, { signal });
    }
  }

  private async attempt(
    call: ApiCall,
  ): Promise<{ answer: IngestAnswer } | { retryable: boolean; pauseMs: number; reason: string }> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.baseUrl + call.path, {
        method: call.method,
        headers: { 'content-type': call.contentType },
        body: call.body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      const cause = (error as Error).cause;
      return {
        retryable: true,
        pauseMs: 1_000,
        reason: (cause instanceof Error ? cause : (error as Error)).message,
      };
    }
    if (!response.ok) {
      return {
        retryable: response.status === 429 || response.status === 503,
        pauseMs: Number(response.headers.get('retry-after') ?? 1) * 1_000 || 1_000,
        reason: `HTTP ${response.status} ${text.slice(0, 300)}`,
      };
    }
    return { answer: parseAnswer(text) };
  }
}

/** Reads an answer; one without row counts (a baseline, say) counts as accepted in full. */
function parseAnswer(text: string): IngestAnswer {
  try {
    const answer = JSON.parse(text) as Partial<IngestAnswer> | null;
    return {
      accepted: typeof answer?.accepted === 'number' ? answer.accepted : 0,
      rejected: Array.isArray(answer?.rejected) ? answer.rejected : [],
    };
  } catch {
    return { accepted: 0, rejected: [] };
  }
}
