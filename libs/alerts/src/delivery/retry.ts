import type { NotificationIntent } from '../intent.js';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;
/** A receiver may ask for patience, but not for so much that a page is forgotten. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * How long to wait before the next attempt, in milliseconds.
 *
 * Without advice from the receiver: full jitter, uniform in [0, min(5 min, 1 s * 2^(attempt - 1))), as in M. Brooker,
 * "Exponential Backoff And Jitter" (AWS, 2015). A `Retry-After`, at most 1 h, is a lower bound: not before that, plus up
 * to 1 s so that many messages to one receiver do not come back in the same instant. One of zero, or in the past, does not
 * end the back-off.
 *
 * @param attempt attempts made so far, from 1
 * @param retryAfterMs what the receiver asked for, or `null`
 * @param random uniform in [0, 1)
 */
export function nextDelay(attempt: number, retryAfterMs: number | null, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (Math.max(1, attempt) - 1));
  const backOff = Math.floor(random() * ceiling);
  if (retryAfterMs === null) {
    return backOff;
  }
  const asked = Math.min(Math.max(0, retryAfterMs), LONGEST_RETRY_AFTER_MS);
  return Math.max(backOff, asked + Math.floor(random() * FIRST_DELAY_MS));
}

const HOUR_MS = 3_600_000;

/**
 * How long after a message is due it is still worth trying, in milliseconds: a page 1 h (then its fallback is told), a
 * ticket 72 h. An end is worth 72 h in any case: until it arrives something stays open that should not.
 */
export function deadlineMs({ severity, action }: Pick<NotificationIntent, 'severity' | 'action'>): number {
  return severity === 'page' && action !== 'resolve' ? HOUR_MS : 72 * HOUR_MS;
}
