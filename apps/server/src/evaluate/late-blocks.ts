import type { TimeRange } from '@tidewatch/core';
import { VISIBILITY_MS, type Store } from '@tidewatch/store';

/** After a start, blocks stored this long before it are looked at once: another process may have counted without them. */
const FIRST_LOOK_MS = 3_600_000;

/**
 * Tells which event times were touched by rows that came since the last look.
 *
 * Every block is told of once, however late it becomes visible. The caller decides whether it is late: whether it reaches
 * into what was counted already.
 */
export class LateBlocks {
  private readonly store: { readonly ingest: Pick<Store['ingest'], 'blocksOf'> };
  private readonly tables: readonly string[];
  private readonly looks = new Map<string, { at: number; seen: Map<string, number> }>();

  constructor(store: { readonly ingest: Pick<Store['ingest'], 'blocksOf'> }, tables: readonly string[]) {
    this.store = store;
    this.tables = tables;
  }

  /** Event times of blocks that became visible since the last call, in the order in which they were stored. */
  async since(project: string, now: number): Promise<TimeRange[]> {
    const look = this.looks.get(project) ?? { at: now - FIRST_LOOK_MS, seen: new Map<string, number>() };
    // A block is visible a moment after its StoredAt: those of that moment are asked for again and told apart by token.
    const blocks = await this.store.ingest.blocksOf(project, this.tables, look.at - VISIBILITY_MS);
    const fresh = blocks.filter(({ token }) => !look.seen.has(token));
    fresh.forEach(({ token, storedAt }) => look.seen.set(token, storedAt));
    // As far as this answer goes: one that was cut short goes on from its last block.
    look.at = Math.max(look.at, Math.min(now, blocks.at(-1)?.storedAt ?? now));
    for (const [token, storedAt] of look.seen) {
      if (storedAt < look.at - 2 * VISIBILITY_MS) {
        look.seen.delete(token);
      }
    }
    this.looks.set(project, look);
    return fresh.map(({ minTime, maxTime }) => ({ from: minTime, to: maxTime + 1 }));
  }
}
