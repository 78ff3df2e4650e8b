import type { TimeRange } from '@tidewatch/core';
import type { SliceCount } from '../counting/slice-count.js';
import type { CorrectionRanges } from './correction-ranges.js';

/**
 * The slices as they count: those that begin within a removed range are left out, those that begin within one that counts
 * as good have no bad events.
 *
 * A slice belongs to a range with its beginning, whatever its length. So the edges of a correction are as sharp as the
 * slices are short, and no event is counted in part.
 *
 * @param slices ascending
 */
export function applyCorrections(slices: readonly SliceCount[], ranges: CorrectionRanges): SliceCount[] {
  if (ranges.remove.length === 0 && ranges.countAsGood.length === 0) {
    return [...slices];
  }
  const isRemoved = cursorOver(ranges.remove);
  const isGood = cursorOver(ranges.countAsGood);
  const counted: SliceCount[] = [];
  for (const slice of slices) {
    if (!isRemoved(slice.start)) {
      counted.push(isGood(slice.start) ? { ...slice, good: slice.total } : slice);
    }
  }
  return counted;
}

/** Answers whether a time lies in one of the ranges, for times that never fall. */
function cursorOver(ranges: readonly TimeRange[]): (at: number) => boolean {
  let next = 0;
  return (at) => {
    while (next < ranges.length && (ranges[next]?.to ?? at) <= at) {
      next++;
    }
    const range = ranges[next];
    return range !== undefined && range.from <= at;
  };
}
