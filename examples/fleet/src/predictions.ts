import type { ApiCall, ApiClient, IngestAnswer } from './api-client.js';
import { toNdjson } from './samples.js';
import type { LabelRow, PredictionSample } from './samples.js';

/** Rows in one request, at most. */
export const MAX_ROWS = 2_000;
/** Requests kept while the server cannot be reached: two minutes of one a second. */
const MAX_WAITING = 120;

/** The calls that send `rows`, each with at most {@link MAX_ROWS} of them. */
export function ndjsonCalls(
  path: '/v1/predictions' | '/v1/labels',
  rows: readonly (PredictionSample | LabelRow)[],
): ApiCall[] {
  const calls: ApiCall[] = [];
  for (let start = 0; start < rows.length; start += MAX_ROWS) {
    const body = toNdjson(rows.slice(start, start + MAX_ROWS));
    calls.push({ method: 'POST', path, contentType: 'application/x-ndjson', body });
  }
  return calls;
}

/** What {@link PredictionOutbox} tells of. */
export interface OutboxListener {
  /** Rows that the server took but refused one by one. */
  rejected(answer: IngestAnswer): void;
  /** The first failure after a success; samples are kept and sent again. */
  failed(error: Error): void;
  /** The first success after a failure. */
  recovered(): void;
}

/**
 * Samples, and what became known of them, on their way to the server.
 *
 * A request that failed is sent again with the very same body, so that the server can tell a repetition from new
 * rows. When the server is away for long the oldest requests are given up.
 */
export class PredictionOutbox {
  private readonly client: ApiClient;
  private readonly listener: OutboxListener;
  private readonly waiting: ApiCall[] = [];
  private collected: PredictionSample[] = [];
  private labels: LabelRow[] = [];
  private sending: Promise<void> | null = null;
  private failing = false;

  constructor(client: ApiClient, listener: OutboxListener) {
    this.client = client;
    this.listener = listener;
  }

  add(samples: readonly PredictionSample[], labels: readonly LabelRow[] = []): void {
    this.collected.push(...samples);
    this.labels.push(...labels);
  }

  /** Sends what has been collected. Never throws; while one flush is under way, further calls join it. */
  async flush(): Promise<void> {
    if (this.collected.length + this.labels.length > 0) {
      this.waiting.push(...ndjsonCalls('/v1/predictions', this.collected));
      this.waiting.push(...ndjsonCalls('/v1/labels', this.labels));
      [this.collected, this.labels] = [[], []];
      this.waiting.splice(0, this.waiting.length - MAX_WAITING);
    }
    this.sending ??= this.drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async drain(): Promise<void> {
    for (let call = this.waiting[0]; call !== undefined; call = this.waiting[0]) {
      try {
        const answer = await this.client.send(call);
        if (answer.rejected.length > 0) {
          this.listener.rejected(answer);
        }
        if (this.failing) {
          this.failing = false;
          this.listener.recovered();
        }
      } catch (error) {
        if (!this.failing) {
          this.failing = true;
          this.listener.failed(error as Error);
        }
        return;
      }
      // The oldest may have been given up while it was on its way.
      if (this.waiting[0] === call) {
        this.waiting.shift();
      }
    }
  }
}
