import { setTimeout as sleep } from 'node:timers/promises';
import type { ItemRange } from './exporter-bodies.js';
import type { Sender } from './sender.js';

/** What an exporter sends and how. */
export interface ExporterOptions {
  readonly name: string;
  readonly sender: Sender;
  readonly body: (range: ItemRange) => Buffer;
  readonly random: () => number;
}

const MAX_ITEMS = 40;
const MAX_PAUSE_MS = 30;
/** Share of requests whose first answer is thrown away. */
const LOST_ANSWERS = 0.05;

/**
 * A client that behaves as an OpenTelemetry SDK with patience: it numbers its items, sends them in small requests one
 * after the other, sends the same body again until it is accepted, and never gives up.
 */
export class Exporter {
  readonly name: string;
  /** Items in requests that were answered 200. */
  acknowledged = 0;
  /** Items in requests that left at least once. */
  sent = 0;
  /** Attempts beyond the first of each request. */
  resends = 0;
  /** Why the server refused items for good; must stay empty. */
  readonly refusals: string[] = [];
  private readonly options: ExporterOptions;
  /** Before the first point: a start equal to the point's own time would mean that it is not known. */
  private readonly startedAt = Date.now() - 1_000;
  private stopping = false;
  private abandoned = false;
  private lastTime = 0;

  constructor(options: ExporterOptions) {
    this.options = options;
    this.name = options.name;
  }

  /** Sends until {@link stop}; resolves when the last request was answered. */
  async run(): Promise<void> {
    while (!this.stopping) {
      const { random } = this.options;
      const count = 1 + Math.floor(random() * MAX_ITEMS);
      this.lastTime = Math.max(this.lastTime + 1, Date.now());
      const body = this.options.body({
        exporter: this.name,
        first: this.sent,
        count,
        timeMs: this.lastTime,
        startedAt: this.startedAt,
      });
      this.sent += count;
      this.acknowledged += (await this.deliver(body)) ? count : 0;
      await sleep(random() * MAX_PAUSE_MS);
    }
    this.options.sender.close();
  }

  /** Makes no further requests. */
  stop(): void {
    this.stopping = true;
  }

  /** Gives up the request that is under way; for a run that has failed already. */
  abandon(): void {
    this.stopping = true;
    this.abandoned = true;
  }

  /** Whether the body was accepted; it is sent until it is, or until it is refused for good. */
  private async deliver(body: Buffer): Promise<boolean> {
    let loseAnswer = this.options.random() < LOST_ANSWERS;
    while (!this.abandoned) {
      const outcome = await this.options.sender.send(body, loseAnswer);
      loseAnswer = false;
      if (outcome.kind === 'accepted') {
        return true;
      }
      if (outcome.kind === 'refused') {
        this.refusals.push(outcome.reason);
        return false;
      }
      this.resends += 1;
      await sleep(outcome.afterMs);
    }
    return false;
  }
}
