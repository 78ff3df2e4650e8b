import type { TimeRange } from '@tidewatch/core';

const DAY_MS = 86_400_000;
const DAYS = 14;
/** With fewer days there is more to learn from the hours just before. */
const FEWEST_DAYS = 7;
const PRECEDING = 23;

/**
 * The earlier windows that traffic is compared with, the newest first: those at the same time of day, for traffic follows
 * the day, or the windows just before while there are too few days. None reaches back before `firstAt`, the first sample.
 */
export function historyRanges(window: TimeRange, firstAt: number | null): TimeRange[] {
  if (firstAt === null) {
    return [];
  }
  const length = window.to - window.from;
  const shifted = (count: number, step: number): TimeRange[] =>
    Array.from({ length: count }, (_, index) => ({
      from: window.from - (index + 1) * step,
      to: window.to - (index + 1) * step,
    })).filter(({ from }) => from >= firstAt);
  const days = shifted(DAYS, Math.ceil(length / DAY_MS) * DAY_MS);
  return days.length >= FEWEST_DAYS ? days : shifted(PRECEDING, length);
}
