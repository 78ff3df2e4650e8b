import type { Store } from '@tidewatch/store';

/** How long windows are held back for inputs that wait for an encoder: longer, and one that is broken would end all judging. */
const LONGEST_WAIT_MS = 300_000;

/**
 * Until when vectors are complete: as data is, but no later than the oldest input that waits to be encoded, within a bounded
 * wait. Vectors that come after it are late, and what they touch is judged again.
 */
export async function encodedHorizon(store: Pick<Store, 'encoding'>, horizon: number): Promise<number> {
  const oldest = await store.encoding.oldestPending();
  return oldest === null ? horizon : Math.max(Math.min(horizon, oldest), horizon - LONGEST_WAIT_MS);
}
