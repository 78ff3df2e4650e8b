import { floorTime } from '@tidewatch/core';

/** How often windows move, and the length of the slices they move by. */
export const SLICE_MS = 10_000;

/**
 * Good and total of several windows that end at the same moment and move together, without adding them up anew: what enters is put in,
 * what leaves is taken out.
 *
 * The newest slices are remembered, so that one of them can be counted again: the difference goes into every window. Older ones are the
 * caller's, who says what leaves (`leave`), or sets the sums themselves (`set`).
 *
 * Good and total are whole numbers up to 2^53, added and subtracted exactly: nothing drifts.
 */
export class SlidingCounts {
  private readonly starts: Float64Array;
  private readonly sums: Float64Array;
  private readonly recent: Float64Array;
  private readonly capacity: number;
  private until: number;

  /**
   * @param starts beginnings of the windows, milliseconds since the epoch; the caller moves them, and several objects may share them
   * @param recentMs how far back slices are remembered; a multiple of 10 s
   * @param end where the windows end; a multiple of 10 s
   */
  constructor(starts: Float64Array, recentMs: number, end: number) {
    this.starts = starts;
    this.capacity = recentMs / SLICE_MS;
    this.recent = new Float64Array(this.capacity * 2);
    this.sums = new Float64Array(starts.length * 2);
    this.until = end;
  }

  /** Beginning of the oldest slice that is remembered. */
  get recentFrom(): number {
    return this.until - this.capacity * SLICE_MS;
  }

  good(window: number): number {
    return this.sums[window * 2] ?? 0;
  }

  total(window: number): number {
    return this.sums[window * 2 + 1] ?? 0;
  }

  /** Says what a window holds. */
  set(window: number, good: number, total: number): void {
    this.sums[window * 2] = good;
    this.sums[window * 2 + 1] = total;
  }

  /** Good events of the remembered slice at `start`. */
  recentGood(start: number): number {
    return this.recent[this.place(start)] ?? 0;
  }

  /** Events of the remembered slice at `start`. */
  recentTotal(start: number): number {
    return this.recent[this.place(start) + 1] ?? 0;
  }

  /**
   * Says what the slice at `start` holds; it must be a remembered one. Windows that contain it change by the difference to what it held
   * before.
   *
   * @returns whether anything changed
   */
  put(start: number, good: number, total: number): boolean {
    const at = this.place(start);
    const goodChange = good - (this.recent[at] ?? 0);
    const totalChange = total - (this.recent[at + 1] ?? 0);
    if (goodChange === 0 && totalChange === 0) {
      return false;
    }
    this.recent[at] = good;
    this.recent[at + 1] = total;
    for (let window = 0; window < this.starts.length; window++) {
      if (start >= (this.starts[window] ?? Infinity)) {
        this.change(window, goodChange, totalChange);
      }
    }
    return true;
  }

  /** Fills in a remembered slice without touching the sums, which hold it already. */
  remember(start: number, good: number, total: number): void {
    const at = this.place(start);
    this.recent[at] = good;
    this.recent[at + 1] = total;
  }

  /** Moves the end over slices that hold nothing yet. What leaves at the beginnings has to be taken out apart. */
  advance(end: number): void {
    const steps = Math.min(this.capacity, (end - this.until) / SLICE_MS);
    for (let step = 1; step <= steps; step++) {
      const at = this.place(end - step * SLICE_MS);
      this.recent[at] = 0;
      this.recent[at + 1] = 0;
    }
    this.until = end;
  }

  /** Takes a slice that lies before the new beginning out of a window. */
  leave(window: number, good: number, total: number): void {
    this.change(window, -good, -total);
  }

  /** Takes all slices from the beginning of a window to `start` out of it; those before the present end must all be remembered. */
  leaveRecent(window: number, start: number): void {
    // After a pause a window may begin beyond the present end: there is nothing yet to take out.
    const end = Math.min(start, this.until);
    for (let slice = this.starts[window] ?? end; slice < end; slice += SLICE_MS) {
      this.change(window, -this.recentGood(slice), -this.recentTotal(slice));
    }
  }

  private change(window: number, good: number, total: number): void {
    this.sums[window * 2] = (this.sums[window * 2] ?? 0) + good;
    this.sums[window * 2 + 1] = (this.sums[window * 2 + 1] ?? 0) + total;
  }

  private place(start: number): number {
    return ((floorTime(start, SLICE_MS) / SLICE_MS) % this.capacity) * 2;
  }
}
