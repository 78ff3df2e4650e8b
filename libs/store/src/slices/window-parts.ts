import { ceilTime, floorTime } from '@tidewatch/core';
import { HOUR, MINUTE, TEN_SECONDS } from './slice-lengths.js';

/** Slices of one resolution that together cover a span, aligned to it. Milliseconds. */
export interface WindowPart {
  readonly resolution: number;
  readonly from: number;
  readonly to: number;
}

/** When slices of each length exist. Milliseconds since the epoch. */
export interface SliceAges {
  /** Decides which fine slices are kept. */
  readonly now: number;
  /** Hours are complete up to here: a full hour. Later ones are made of minutes. */
  readonly hoursUntil: number;
}

/** 10-second slices are kept 7 hours and minutes 100 days; read them only where they cannot be expiring already. */
const TEN_SECONDS_READABLE = 6.75 * HOUR;
const MINUTES_READABLE = 99 * 24 * HOUR;

/** The length of the slices that a window begins with, if it begins at `start`: the finest that still exist there. */
export function finestAt(start: number, now: number): typeof TEN_SECONDS | typeof MINUTE | typeof HOUR {
  return start >= now - TEN_SECONDS_READABLE ? TEN_SECONDS : start >= now - MINUTES_READABLE ? MINUTE : HOUR;
}

/**
 * Which slices to add up for the window from `start` to `end`: the finest that still exist at its edges, the coarsest that fit between.
 * No moment is covered twice.
 *
 * A window that begins within 6 h 45 min of `now` is exact to 10 seconds at both ends. A longer one begins at the full
 * minute (within 99 days) or hour at or before its nominal beginning, and still ends to 10 seconds. A window whose end
 * is itself older than 6 h 45 min ends at the full minute, one older than 99 days at the full hour.
 */
export function windowParts(start: number, end: number, ages: SliceAges): WindowPart[] {
  const first = finestAt(start, ages.now);
  const last = finestAt(end, ages.now);
  const from = floorTime(start, first);
  const to = floorTime(end, last);
  const minutes = within({ from: ceilTime(from, MINUTE), to: floorTime(to, MINUTE) });
  // Where no minutes are kept any more there are hours, complete or not.
  const hoursUntil =
    last === HOUR || first === HOUR
      ? Math.max(ages.hoursUntil, floorTime(ages.now - MINUTES_READABLE, HOUR))
      : ages.hoursUntil;
  const hours = within({
    from: ceilTime(minutes?.from ?? from, HOUR),
    to: Math.min(floorTime(minutes?.to ?? to, HOUR), floorTime(hoursUntil, HOUR)),
  });
  const parts: WindowPart[] = [];
  const add = (resolution: number, span: { from: number; to: number } | null): void => {
    if (span !== null && span.to > span.from) {
      parts.push({ resolution, ...span });
    }
  };
  if (minutes === null) {
    add(TEN_SECONDS, { from, to });
    return parts;
  }
  add(TEN_SECONDS, { from, to: minutes.from });
  if (hours === null) {
    add(MINUTE, minutes);
  } else {
    add(MINUTE, { from: minutes.from, to: hours.from });
    add(HOUR, hours);
    add(MINUTE, { from: hours.to, to: minutes.to });
  }
  add(TEN_SECONDS, { from: minutes.to, to });
  return parts;
}

function within(span: { from: number; to: number }): { from: number; to: number } | null {
  return span.to > span.from ? span : null;
}
