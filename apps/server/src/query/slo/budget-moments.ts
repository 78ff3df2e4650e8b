import { AppError, floorTime, type TimeRange } from '@tidewatch/core';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** More would not be told apart on a screen. */
const MOST_POINTS = 400;
const STEPS_MS = [1, 5, 10, 30, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60].map((minutes) => minutes * MINUTE_MS);
/** How many days of minutes are read at most for one answer. */
const MINUTES_READ_MS = 10 * DAY_MS;
/** A day less than minutes are kept. */
const MINUTES_KEPT_MS = 99 * DAY_MS;

/** Where a budget is looked at, and from which slices. */
export interface BudgetMoments {
  /** Ascending; the first only begins the first step. */
  readonly moments: readonly number[];
  readonly stepMs: number;
  readonly resolutionMs: 60_000 | 3_600_000;
}

/**
 * Spreads at most {@link MOST_POINTS} moments over `range`, at round times, and one at its end.
 *
 * @param periodMs length of the window, which is read before the first moment as well
 * @throws AppError `request.invalid` for an empty range
 */
export function budgetMoments(range: TimeRange, periodMs: number, now: number): BudgetMoments {
  const to = floorTime(Math.min(range.to, now), MINUTE_MS);
  if (range.from >= to) {
    throw new AppError({
      code: 'request.invalid',
      message: 'The range is empty.',
      hint: '"from" must be at least a minute before "to", and before the present.',
    });
  }
  const hourly =
    to - range.from + periodMs > MINUTES_READ_MS || range.from - periodMs < now - MINUTES_KEPT_MS;
  const resolutionMs = hourly ? HOUR_MS : MINUTE_MS;
  const steps = STEPS_MS.filter((step) => step >= resolutionMs);
  const stepMs =
    steps.find((step) => (to - range.from) / step <= MOST_POINTS) ??
    DAY_MS * Math.ceil((to - range.from) / DAY_MS / MOST_POINTS);
  const moments: number[] = [];
  for (let at = floorTime(range.from, stepMs); at < to; at += stepMs) {
    moments.push(at);
  }
  return { moments: [...moments, to], stepMs, resolutionMs };
}
