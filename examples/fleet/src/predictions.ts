import type { ApiCall, ApiClient, IngestAnswer } from './api-client.js';
import { toNdjson } from './samples.js';
import type { DrawnSample, LabelRow } from './samples.js';
import { withPictures } from './vision/frame-input.js';

/** Rows in one request, at most. */
const MAX_ROWS = 2_000;
/** Requests kept while the server cannot be reached: two minutes of one a second. */
const MAX_WAITING = 120;

/** The calls that send samples, each with at most {@link MAX_ROWS} of them. Images are drawn here, some 2 ms each. */
export async function predictionCalls(samples: readonly DrawnSample[]): Promise<ApiCall[]> {
  return ndjsonCalls('/v1/predictions', await withPictures(samples));
}

/** The calls that send labels. */
export function labelCalls(labels: readonly LabelRow[]): ApiCall[] {
  return ndjsonCalls('/v1/labels', labels);
}

function ndjsonCalls(path: '/v1/predictions' | '/v1/labels', rows: readonly object[]): ApiCall[] {
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
  private collected: DrawnSample[] = [];
  private labels: LabelRow[] = [];
  /** Ends when everything that was to be flushed waits as a request. */
  private packing: Promise<void> = Promise.resolve();
  private sending: Promise<void> | null = null;
  private failing = false;

  constructor(client: ApiClient, listener: OutboxListener) {
    this.client = client;
    this.listener = listener;
  }

  add(samples: readonly DrawnSample[], labels: readonly LabelRow[] = []): void {
    this.collected.push(...samples);
    this.labels.push(...labels);
  }

  /** Sends what has been collected. Never throws; while one flush is under way, further calls join it. */
  async flush(): Promise<void> {
    if (this.collected.length + this.labels.length > 0) {
      const { collected, labels } = this;
      [this.collected, this.labels] = [[], []];
      this.packing = this.packing.then(() => this.pack(collected, labels));
    }
    await this.packing;
    this.sending ??= this.drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async pack(samples: readonly DrawnSample[], labels: readonly LabelRow[]): Promise<void> {
    this.waiting.push(...(await predictionCalls(samples)), ...labelCalls(labels));
    this.waiting.splice(0, this.waiting.length - MAX_WAITING);
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
