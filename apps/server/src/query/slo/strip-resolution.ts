import { AppError, type TimeRange } from '@tidewatch/core';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Slices of one answer. */
const MOST_SLICES = 1_500;
/** Slice lengths with how long they are kept for certain. */
const KEPT = [
  { ms: 10_000, keptMs: 6 * HOUR_MS },
  { ms: 60_000, keptMs: 99 * DAY_MS },
  { ms: HOUR_MS, keptMs: Infinity },
] as const;

/**
 * The finest slices that still exist at the beginning of `range` and are not too many.
 *
 * @throws AppError `request.invalid` when even hours are too many
 */
export function stripResolution(range: TimeRange, now: number): (typeof KEPT)[number]['ms'] {
  const length = range.to - range.from;
  const found = KEPT.find(({ ms, keptMs }) => length / ms <= MOST_SLICES && now - range.from <= keptMs);
  if (length <= 0 || found === undefined) {
    throw new AppError({
      code: 'request.invalid',
      message: length <= 0 ? 'The range is empty.' : 'The range is too long.',
      hint: `"from" must lie before "to", by at most ${MOST_SLICES} hours.`,
    });
  }
  return found.ms;
}
