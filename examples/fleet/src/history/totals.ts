import type { Histogram } from '@opentelemetry/sdk-metrics';
import { DURATION_BOUNDS } from '../instruments.js';

/** A histogram under construction, with the buckets of the live instruments: (lower, upper], the last one open. */
export class HistogramTotal {
  private counts: number[] = [];
  private count = 0;
  private sum = 0;
  private min = Infinity;
  private max = -Infinity;

  constructor() {
    this.reset();
  }

  record(value: number): void {
    let bucket = 0;
    while (bucket < DURATION_BOUNDS.length && value > (DURATION_BOUNDS[bucket] ?? Infinity)) {
      bucket += 1;
    }
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  reset(): void {
    this.counts = new Array<number>(DURATION_BOUNDS.length + 1).fill(0);
    this.count = 0;
    this.sum = 0;
    this.min = Infinity;
    this.max = -Infinity;
  }

  /** The value of a data point. Later records do not change it. */
  snapshot(): Histogram {
    return {
      buckets: { boundaries: [...DURATION_BOUNDS], counts: [...this.counts] },
      count: this.count,
      sum: this.sum,
      // An empty histogram has no extremes; the exporters leave out what is undefined.
      ...(this.count > 0 && { min: this.min, max: this.max }),
    };
  }
}

/** A counter under construction. */
export class CounterTotal {
  private total = 0;

  record(value: number): void {
    this.total += value;
  }

  reset(): void {
    this.total = 0;
  }

  snapshot(): number {
    return this.total;
  }
}
