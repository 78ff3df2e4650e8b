import type { TimeRange } from '@tidewatch/core';
import { Temporal } from 'temporal-polyfill';
import type { CalendarUnit, CalendarWindow, SloWindow } from './slo-window.js';

/** Units that are always equally long. Hours go on counting through a change of the clocks; days follow the clocks. */
const FIXED_MS: Partial<Record<CalendarUnit, number>> = { m: 60_000, h: 3_600_000 };

/** The evaluator asks for the same moment of the same windows thousands of times in a round. */
const lastPeriods = new WeakMap<CalendarWindow, TimeRange>();

/**
 * The period of a window to which `at` belongs: of a rolling window the time that ends there, of a calendar window the
 * period with `from <= at < to`.
 *
 * Calendar periods are counted from `startTime` in both directions, always from its own day of the month: a month from
 * the 31st begins on the last day of shorter months, and on the 31st again afterwards. A boundary at a local time that the
 * clocks skip lies as much later as they skip, and the earlier of two equal local times is meant (RFC 5545, section
 * 3.3.5). A day that a zone left out altogether is no period.
 *
 * @param at milliseconds since the epoch
 */
export function periodAt(window: SloWindow, at: number): TimeRange {
  if (window.kind === 'rolling') {
    return { from: at - window.periodMs, to: at };
  }
  const last = lastPeriods.get(window);
  if (last !== undefined && last.from <= at && at < last.to) {
    return last;
  }
  const period = calendarPeriod(window, at);
  lastPeriods.set(window, period);
  return period;
}

/** The period that ends where `period`, an answer of {@link periodAt}, begins. */
export function previousPeriod(window: SloWindow, period: TimeRange): TimeRange {
  return window.kind === 'rolling'
    ? { from: period.from - window.periodMs, to: period.from }
    : calendarPeriod(window, period.from - 1);
}

function calendarPeriod(window: CalendarWindow, at: number): TimeRange {
  const start = Temporal.PlainDateTime.from(window.startTime);
  const boundary = (index: number): number => boundaryAt(window, start, index);
  let index = Math.floor(unitsUntil(window, start, at) / window.amount);
  // The estimate ignores that boundaries move on transitions and at the ends of months.
  while (boundary(index) > at) {
    index--;
  }
  while (boundary(index + 1) <= at) {
    index++;
  }
  return { from: boundary(index), to: boundary(index + 1) };
}

/** Where the period begins that is `index` periods after the one that begins at `start`. */
function boundaryAt(window: CalendarWindow, start: Temporal.PlainDateTime, index: number): number {
  const count = index * window.amount;
  const fixed = FIXED_MS[window.unit];
  return fixed === undefined
    ? toInstant(window, start.add(calendarDuration(window.unit, count)))
    : toInstant(window, start) + count * fixed;
}

function calendarDuration(unit: CalendarUnit, count: number): Temporal.DurationLikeObject {
  switch (unit) {
    case 'd':
      return { days: count };
    case 'w':
      return { weeks: count };
    case 'M':
      return { months: count };
    case 'Q':
      return { months: 3 * count };
    case 'Y':
      return { years: count };
    case 'h':
      return { hours: count };
    case 'm':
      return { minutes: count };
  }
}

/** Whole units between `start` and `at` by the clocks of the window, give or take one. */
function unitsUntil(window: CalendarWindow, start: Temporal.PlainDateTime, at: number): number {
  const fixed = FIXED_MS[window.unit];
  if (fixed !== undefined) {
    return Math.floor((at - toInstant(window, start)) / fixed);
  }
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(at))
    .toZonedDateTimeISO(window.timeZone)
    .toPlainDateTime();
  if (window.unit === 'd' || window.unit === 'w') {
    return Math.floor(start.until(local, { largestUnit: 'days' }).days / (window.unit === 'w' ? 7 : 1));
  }
  const months = (local.year - start.year) * 12 + local.month - start.month;
  return Math.floor(months / (window.unit === 'Y' ? 12 : window.unit === 'Q' ? 3 : 1));
}

function toInstant({ timeZone }: CalendarWindow, local: Temporal.PlainDateTime): number {
  return local.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
}
