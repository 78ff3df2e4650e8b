import { IdTable, type IdEntry } from './id-table.js';

/** An eighth of the window is the unit in which identities are forgotten. */
const GENERATIONS = 8;

/**
 * The requests seen within the window. An identity is known for at least the window and at most an eighth longer: whole
 * generations are dropped, so that forgetting costs nothing. When more than `limit` identities are held the oldest
 * generations go early.
 *
 * All times are of a clock that never goes back.
 */
export class SeenWindow {
  private readonly windowMs: number;
  private readonly span: number;
  private readonly limit: number;
  /** By number, `floor(time / span)`; newest last. */
  private readonly generations = new Map<number, IdTable>();
  private count = 0;

  constructor(windowMs: number, limit: number) {
    this.windowMs = windowMs;
    this.span = Math.max(1, windowMs / GENERATIONS);
    this.limit = limit;
  }

  /** How many identities are held. */
  get size(): number {
    return this.count;
  }

  /** Notes a request that arrived at `time`; `time` must not be far in the future. */
  add(id: Uint8Array, items: number, rejected: number, time: number): void {
    const number = Math.floor(time / this.span);
    let table = this.generations.get(number);
    if (table === undefined) {
      table = new IdTable();
      this.generations.set(number, table);
    }
    this.count += table.add(id, items, rejected) ? 1 : 0;
    while (this.count > this.limit && this.generations.size > 1) {
      this.drop(Math.min(...this.generations.keys()));
    }
  }

  /** What is known of a request at time `now`. */
  get(id: Uint8Array, now: number): IdEntry | null {
    this.expire(now);
    for (const table of this.generations.values()) {
      const found = table.get(id);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  /** Forgets what is older than the window at time `now`. */
  expire(now: number): void {
    for (const number of this.generations.keys()) {
      if ((number + 1) * this.span + this.windowMs <= now) {
        this.drop(number);
      }
    }
  }

  private drop(number: number): void {
    this.count -= this.generations.get(number)!.size;
    this.generations.delete(number);
  }
}
