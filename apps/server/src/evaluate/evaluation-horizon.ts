import type { Store } from '@tidewatch/store';

/** Clients batch for a moment before they send: data of the last seconds is still on its way to us. */
const SETTLE_MS = 2_000;

/**
 * How far the watermark may hold windows back. Beyond it a process is stuck or a sender delivers late; a page must not wait
 * for either, and late data is folded in when it comes.
 */
const MAXIMUM_WAIT_MS = 20_000;

/** Data that is this far behind has stopped coming in, as opposed to being slow. */
const STALE_AFTER_MS = 120_000;

/** Several rounds of one second share one look at the watermark. */
const FRESH_MS = 900;

/** Tells until when data is complete. */
export class EvaluationHorizon {
  private readonly store: { readonly ingest: Pick<Store['ingest'], 'watermark'> };
  private last: { readonly at: number; readonly watermark: Promise<number | null> } | null = null;

  constructor(store: { readonly ingest: Pick<Store['ingest'], 'watermark'> }) {
    this.store = store;
  }

  /**
   * Until when data is complete, milliseconds since the epoch: the watermark over all ingest processes, but neither newer
   * than a moment ago nor older than a bounded wait. Without any ingest process there is nothing to wait for.
   */
  async at(now: number): Promise<number> {
    const watermark = await this.watermark(now);
    return Math.min(now - SETTLE_MS, Math.max(watermark ?? now, now - MAXIMUM_WAIT_MS));
  }

  /** Whether some ingest process holds data that is minutes old: what is stored is not all there is. */
  async isStale(now: number): Promise<boolean> {
    return ((await this.watermark(now)) ?? now) < now - STALE_AFTER_MS;
  }

  private watermark(now: number): Promise<number | null> {
    if (this.last === null || Math.abs(now - this.last.at) > FRESH_MS) {
      this.last = { at: now, watermark: this.store.ingest.watermark(now) };
    }
    return this.last.watermark;
  }
}
