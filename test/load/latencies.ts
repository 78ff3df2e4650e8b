/** Percentiles of answer times, milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Collects answer times; every one is kept, so percentiles are exact. */
export class Latencies {
  private values = new Float64Array(4_096);
  private count = 0;

  add(milliseconds: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = milliseconds;
  }

  /** Nearest-rank percentiles; zeros when nothing was added. */
  summary(): LatencySummary {
    const sorted = this.values.slice(0, this.count).sort();
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * this.count) - 1)] ?? 0;
    return { count: this.count, p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
