import type { HistogramPoints } from './batch.js';
import { copyInto } from './number-columns.js';

const FIRST_CAPACITY = 16;

/** Typed arrays that double as histogram points arrive; used like `NumberColumns`. */
export class HistogramColumns {
  length = 0;
  seriesIndex = new Uint32Array(FIRST_CAPACITY);
  timeUnixNano = new BigInt64Array(FIRST_CAPACITY);
  startTimeUnixNano = new BigInt64Array(FIRST_CAPACITY);
  count = new BigUint64Array(FIRST_CAPACITY);
  sum = new Float64Array(FIRST_CAPACITY);
  min = new Float64Array(FIRST_CAPACITY);
  max = new Float64Array(FIRST_CAPACITY);
  hasSum = new Uint8Array(FIRST_CAPACITY);
  hasMin = new Uint8Array(FIRST_CAPACITY);
  hasMax = new Uint8Array(FIRST_CAPACITY);
  flags = new Uint32Array(FIRST_CAPACITY);
  readonly bucketCounts: BigUint64Array[] = [];
  readonly explicitBounds: Float64Array[] = [];

  /** Appends a point whose other columns are zero, and returns its row. */
  add(
    seriesIndex: number,
    flags: number,
    bucketCounts: BigUint64Array,
    explicitBounds: Float64Array,
  ): number {
    const row = this.length++;
    if (row === this.seriesIndex.length) {
      this.grow(2 * row);
    }
    this.seriesIndex[row] = seriesIndex;
    this.flags[row] = flags;
    this.bucketCounts.push(bucketCounts);
    this.explicitBounds.push(explicitBounds);
    return row;
  }

  /** The columns, cut to length, each in a buffer of its own. */
  finish(): HistogramPoints {
    const { length } = this;
    return {
      length,
      seriesIndex: this.seriesIndex.slice(0, length),
      timeUnixNano: this.timeUnixNano.slice(0, length),
      startTimeUnixNano: this.startTimeUnixNano.slice(0, length),
      count: this.count.slice(0, length),
      sum: this.sum.slice(0, length),
      min: this.min.slice(0, length),
      max: this.max.slice(0, length),
      hasSum: this.hasSum.slice(0, length),
      hasMin: this.hasMin.slice(0, length),
      hasMax: this.hasMax.slice(0, length),
      flags: this.flags.slice(0, length),
      bucketCounts: this.bucketCounts,
      explicitBounds: this.explicitBounds,
    };
  }

  private grow(capacity: number): void {
    this.seriesIndex = copyInto(new Uint32Array(capacity), this.seriesIndex);
    this.timeUnixNano = copyInto(new BigInt64Array(capacity), this.timeUnixNano);
    this.startTimeUnixNano = copyInto(new BigInt64Array(capacity), this.startTimeUnixNano);
    this.count = copyInto(new BigUint64Array(capacity), this.count);
    this.sum = copyInto(new Float64Array(capacity), this.sum);
    this.min = copyInto(new Float64Array(capacity), this.min);
    this.max = copyInto(new Float64Array(capacity), this.max);
    this.hasSum = copyInto(new Uint8Array(capacity), this.hasSum);
    this.hasMin = copyInto(new Uint8Array(capacity), this.hasMin);
    this.hasMax = copyInto(new Uint8Array(capacity), this.hasMax);
    this.flags = copyInto(new Uint32Array(capacity), this.flags);
  }
}
