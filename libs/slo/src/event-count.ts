import { AppError } from '@tidewatch/core';

/** How many events an SLI saw in one window. Both are safe integers; `good` is part of `total`. */
export interface EventCount {
  readonly good: number;
  readonly total: number;
}

/** Why a count cannot be judged: nothing happened, or good and total contradict each other. */
export type CountFault = 'no-events' | 'contradiction';

/**
 * Whether `count` says anything about the error ratio.
 *
 * More good events than events, or fewer than none, means that the selectors of good (or bad) and total do not count
 * the same things. That is a fault of the data, found here because it would otherwise look like a perfect service.
 *
 * @throws AppError `slo.count-invalid` when a number is not a safe integer or `total` is negative
 */
export function countFault(count: EventCount): CountFault | null {
  if (!Number.isSafeInteger(count.good) || !Number.isSafeInteger(count.total) || count.total < 0) {
    throw new AppError({
      code: 'slo.count-invalid',
      message: `Event counts must be safe integers and the total not negative; got good ${count.good} of total ${count.total}.`,
    });
  }
  if (count.good > count.total || count.good < 0) {
    return 'contradiction';
  }
  return count.total === 0 ? 'no-events' : null;
}

/** Events that were not good; 0 where good exceeds total. */
export function badEvents(count: EventCount): number {
  return Math.max(0, count.total - count.good);
}
