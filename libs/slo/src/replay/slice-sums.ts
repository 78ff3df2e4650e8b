import { ceilTime, type TimeRange } from '@tidewatch/core';
import type { SliceCount } from '../counting/slice-count.js';
import type { EventCount } from '../event-count.js';

/** Slices of one length. */
export interface SlicePart {
  readonly slices: readonly SliceCount[];
  /** How much later than it begins a slice counts, in milliseconds: a coarse one is known when it is over. */
  readonly delayMs: number;
}

/** Sums of good and total over any stretch of whole slices, each in constant time: running totals by slice. */
export class SliceSums {
  private readonly from: number;
  private readonly sliceMs: number;
  private readonly good: Float64Array;
  private readonly total: Float64Array;

  /**
   * @param range aligned to `sliceMs`; sums reach no further
   * @param parts in any order; slices outside of `range` are left out. A slice is added `delayMs` after it begins.
   */
  constructor(range: TimeRange, sliceMs: number, parts: readonly SlicePart[]) {
    const count = Math.max(0, ceilTime(range.to - range.from, sliceMs) / sliceMs);
    this.from = range.from;
    this.sliceMs = sliceMs;
    this.good = new Float64Array(count + 1);
    this.total = new Float64Array(count + 1);
    for (const { slices, delayMs } of parts) {
      for (const { start, good, total } of slices) {
        const index = Math.floor((start + delayMs - range.from) / sliceMs);
        if (index >= 0 && index < count) {
          this.good[index + 1] = (this.good[index + 1] ?? 0) + good;
          this.total[index + 1] = (this.total[index + 1] ?? 0) + total;
        }
      }
    }
    for (let index = 1; index <= count; index += 1) {
      this.good[index] = (this.good[index] ?? 0) + (this.good[index - 1] ?? 0);
      this.total[index] = (this.total[index] ?? 0) + (this.total[index - 1] ?? 0);
    }
  }

  /** What lies in [from, to); whole numbers stay exact up to 2^53. */
  between(from: number, to: number): EventCount {
    const first = this.indexOf(from);
    const last = Math.max(first, this.indexOf(to));
    return {
      good: (this.good[last] ?? 0) - (this.good[first] ?? 0),
      total: (this.total[last] ?? 0) - (this.total[first] ?? 0),
    };
  }

  private indexOf(time: number): number {
    const index = Math.floor((time - this.from) / this.sliceMs);
    return Math.min(Math.max(index, 0), this.good.length - 1);
  }
}
