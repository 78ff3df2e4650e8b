import { floorTime } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';

/** Good and total events. */
export interface SliceEvents {
  readonly good: number;
  readonly total: number;
}

/** The three slice lengths, in milliseconds. */
export const TEN_SECONDS = 10_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** One slice: `resolution` milliseconds from `start`. */
export interface Slice extends SliceEvents {
  readonly resolution: number;
  readonly start: number;
}

/**
 * The slices of `range` at all three resolutions, every one of them, also those without events.
 *
 * A minute is the sum of its six 10-second slices and an hour the sum of its sixty minutes. Slices of a touched minute
 * or hour that lie outside `range` come from `stored`; those inside it never do, so nothing can count twice.
 *
 * @param counts Events by start of the 10-second slice; an absent one had none.
 * @param range Aligned to 10 seconds.
 * @param stored Slices that are stored already, at 10 seconds and one minute.
 */
export function rollUp(
  counts: ReadonlyMap<number, SliceEvents>,
  range: TimeRange,
  stored: readonly Slice[],
): Slice[] {
  const fine: Slice[] = [];
  for (let start = range.from; start < range.to; start += TEN_SECONDS) {
    const { good, total } = counts.get(start) ?? { good: 0, total: 0 };
    fine.push({ resolution: TEN_SECONDS, start, good, total });
  }
  const outside = stored.filter(({ start }) => start < range.from || start >= range.to);
  const minutes = sumInto(
    MINUTE,
    fine,
    outside.filter(({ resolution }) => resolution === TEN_SECONDS),
  );
  const touched = new Set(minutes.map(({ start }) => start));
  const otherMinutes = outside.filter(
    ({ resolution, start }) => resolution === MINUTE && !touched.has(start),
  );
  const hours = sumInto(HOUR, minutes, otherMinutes);
  return [...fine, ...minutes, ...hours];
}

/** Sums `parts` into slices of `resolution`; `more` adds to those slices and makes none of its own. */
function sumInto(resolution: number, parts: readonly Slice[], more: readonly Slice[]): Slice[] {
  const sums = new Map<number, { good: number; total: number }>();
  for (const { start } of parts) {
    sums.set(floorTime(start, resolution), { good: 0, total: 0 });
  }
  for (const { start, good, total } of [...parts, ...more]) {
    const sum = sums.get(floorTime(start, resolution));
    if (sum !== undefined) {
      sum.good += good;
      sum.total += total;
    }
  }
  return [...sums].map(([start, sum]) => ({ resolution, start, ...sum }));
}
