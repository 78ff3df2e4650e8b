import { IdTable, type IdEntry } from './id-table.js';

/** An eighth of the window, and of the limit, is the unit in which identities are forgotten. */
const GENERATIONS = 8;

interface Generation {
  /** `floor(time / span)` of what is in it. */
  readonly number: number;
  readonly table: IdTable;
}

/**
 * The requests seen within the window. An identity is known for at least the window and at most an eighth longer: whole
 * generations are dropped, so that forgetting costs nothing. When more than `limit` identities are held the oldest
 * generation goes early.
 *
 * All times are of a clock that never goes back.
 */
export class SeenWindow {
  private readonly windowMs: number;
  private readonly span: number;
  private readonly limit: number;
  private generations: Generation[] = [];
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
    const full = this.limit / GENERATIONS;
    let generation = this.generations.find((each) => each.number === number && each.table.size < full);
    if (generation === undefined) {
      generation = { number, table: new IdTable() };
      this.generations.push(generation);
    }
    this.count += generation.table.add(id, items, rejected) ? 1 : 0;
    if (this.count > this.limit) {
      const oldest = Math.min(...this.generations.map((each) => each.number));
      this.drop(this.generations.find((each) => each.number === oldest)!);
    }
  }

  /** What is known of a request at time `now`. */
  get(id: Uint8Array, now: number): IdEntry | null {
    this.expire(now);
    for (const { table } of this.generations) {
      const found = table.get(id);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  /** Forgets what is older than the window at time `now`. */
  expire(now: number): void {
    for (const generation of this.generations) {
      if ((generation.number + 1) * this.span + this.windowMs <= now) {
        this.drop(generation);
      }
    }
  }

  private drop(generation: Generation): void {
    this.count -= generation.table.size;
    this.generations = this.generations.filter((each) => each !== generation);
  }
}
