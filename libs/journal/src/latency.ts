/** Upper bounds of the buckets, milliseconds. */
const BOUNDS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const;

/** How long successful inserts took, milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
  readonly lastMs: number;
  /** Cumulative: `count` inserts took at most `leMs`. */
  readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
}

/** Collects a {@link LatencySummary}. */
export class Latency {
  private count = 0;
  private sumMs = 0;
  private maxMs = 0;
  private lastMs = 0;
  private readonly counts = new Array<number>(BOUNDS.length).fill(0);

  /** Notes one duration in milliseconds. */
  record(ms: number): void {
    this.count += 1;
    this.sumMs += ms;
    this.maxMs = Math.max(this.maxMs, ms);
    this.lastMs = ms;
    for (let i = 0; i < BOUNDS.length; i += 1) {
      if (ms <= BOUNDS[i]!) {
        this.counts[i]! += 1;
      }
    }
  }

  summary(): LatencySummary {
    return {
      count: this.count,
      sumMs: this.sumMs,
      maxMs: this.maxMs,
      lastMs: this.lastMs,
      buckets: BOUNDS.map((leMs, i) => ({ leMs, count: this.counts[i]! })),
    };
  }
}
