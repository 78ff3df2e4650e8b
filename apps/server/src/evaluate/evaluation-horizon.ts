import type { Store } from '@tidewatch/store';

/** Clients batch for a moment before they send: data of the last seconds is still on its way to us. */
const SETTLE_MS = 2_000;

/**
 * How far the watermark may hold windows back. Beyond it a process is stuck or a sender delivers late; a page must not wait
 * for either, and late data is folded in when it comes.
 */
const MAXIMUM_WAIT_MS = 20_000;

/**
 * Until when data is complete, milliseconds since the epoch: the watermark over all ingest processes, but neither newer than
 * a moment ago nor older than a bounded wait.
 */
export async function evaluationHorizon(store: Pick<Store, 'ingest'>, now: number): Promise<number> {
  const watermark = await store.ingest.watermark(now);
  return Math.min(now - SETTLE_MS, Math.max(watermark ?? now, now - MAXIMUM_WAIT_MS));
}
