import { byKey } from './by-key.js';
import type { SliValueSlice } from './event-query.js';

/** The samples of one group in one bin of time. */
export interface SumBin {
  readonly group: readonly string[];
  readonly start: number;
  readonly sum: number;
  readonly samples: number;
}

/** The latest values of one group in one slice, the latest first. */
export interface LastSamples {
  readonly group: readonly string[];
  readonly start: number;
  readonly latest: readonly number[];
}

/** How long a window is, how long a slice, and where the first slice begins; milliseconds. */
export interface MovingWindow {
  readonly windowMs: number;
  readonly sliceMs: number;
  readonly from: number;
}

/**
 * The mean of the window that ends with each slice, for slices with samples of their own.
 *
 * @param bins In order of group and time, aligned to the ends of windows and slices.
 */
export function meansOfWindow(
  bins: readonly SumBin[],
  { windowMs, sliceMs, from }: MovingWindow,
): SliValueSlice[] {
  const slices: SliValueSlice[] = [];
  for (const list of byGroup(bins)) {
    const starts = new Set(list.map(({ start }) => Math.floor(start / sliceMs) * sliceMs));
    // Both move forward only; the sum is made anew each time, for differences of sums lose what is small.
    let first = 0;
    let end = 0;
    for (const start of [...starts].filter((each) => each >= from)) {
      const windowEnd = start + sliceMs;
      while (end < list.length && (list[end]?.start ?? 0) < windowEnd) {
        end++;
      }
      while (first < end && (list[first]?.start ?? 0) < windowEnd - windowMs) {
        first++;
      }
      let sum = 0;
      let samples = 0;
      for (let index = first; index < end; index++) {
        sum += list[index]?.sum ?? 0;
        samples += list[index]?.samples ?? 0;
      }
      // A window shorter than the slice may lie behind all of its samples.
      if (samples > 0 && Number.isFinite(sum)) {
        slices.push({ group: list[0]?.group ?? [], start, value: sum / samples });
      }
    }
  }
  return slices;
}

/**
 * The mean of the last `samples` values before the end of each slice that begins at `from` or later, and how many values
 * the mean of fewest has.
 *
 * @param lists In order of group and time; one that begins before `from` holds what lies before the range.
 */
export function meansOfLast(
  lists: readonly LastSamples[],
  samples: number,
  from: number,
): { slices: SliValueSlice[]; fewest: number } {
  const slices: SliValueSlice[] = [];
  let fewest = Infinity;
  for (const list of byGroup(lists)) {
    let recent: readonly number[] = [];
    for (const { group, start, latest } of list) {
      recent = [...latest, ...recent.slice(0, Math.max(0, samples - latest.length))];
      if (start >= from) {
        fewest = Math.min(fewest, recent.length);
        const value = recent.reduce((sum, each) => sum + each, 0) / recent.length;
        if (Number.isFinite(value)) {
          slices.push({ group, start, value });
        }
      }
    }
  }
  return { slices, fewest };
}

function byGroup<Row extends { readonly group: readonly string[] }>(rows: readonly Row[]): Row[][] {
  return byKey(rows, ({ group }) => JSON.stringify(group));
}
