import { floorTime } from '@tidewatch/core';
import { HOUR, MINUTE, TEN_SECONDS } from './slice-rollup.js';

/** Slices of one resolution that together cover a span, aligned to it. Milliseconds. */
export interface WindowPart {
  readonly resolution: number;
  readonly from: number;
  readonly to: number;
}

/** 10-second slices are kept 7 hours and minutes 8 days; read them only where they cannot be expiring already. */
const TEN_SECONDS_READABLE = 6.75 * HOUR;
const MINUTES_READABLE = 7.5 * 24 * HOUR;

/**
 * Which slices to add up for the window of `windowMs` that ends at `windowEnd`: the finest that still exist for its
 * beginning, then finer ones for the tail that does not fill a coarse slice. No moment is covered twice.
 *
 * A window that begins within 6 h 45 min of `now` is exact to 10 seconds at both ends. A longer one begins at the full
 * minute (within 7.5 days) or hour at or before its nominal beginning, and still ends to 10 seconds. A window whose end
 * is itself older than 6 h 45 min ends at the full minute, one older than 7.5 days at the full hour.
 */
export function windowParts(windowEnd: number, windowMs: number, now: number): WindowPart[] {
  const start = windowEnd - windowMs;
  const fineFrom = now - TEN_SECONDS_READABLE;
  const minutesFrom = now - MINUTES_READABLE;
  const resolutions = [HOUR, MINUTE, TEN_SECONDS].filter(
    (resolution) =>
      resolution === HOUR || (resolution === MINUTE ? windowEnd >= minutesFrom : windowEnd >= fineFrom),
  );
  const first = start >= fineFrom ? TEN_SECONDS : start >= minutesFrom ? MINUTE : HOUR;
  const parts: WindowPart[] = [];
  let from = floorTime(start, first);
  for (const resolution of resolutions.filter((candidate) => candidate <= first)) {
    const to = floorTime(windowEnd, resolution);
    if (to > from) {
      parts.push({ resolution, from, to });
      from = to;
    }
  }
  return parts;
}
