import { formatDuration } from '@tidewatch/core';
import { matchesNothingInParticular } from '../matcher/compile-matchers.js';
import type { Matcher } from '../matcher/matcher.js';

/** A silence that lasts longer than this is a change of the rules. */
export const LONGEST_SILENCE_MS = 30 * 86_400_000;
/** Characters of a comment. */
export const LONGEST_COMMENT = 1_000;

/** What is wrong with a time that ends, or `null`; to be said of its end. */
export function lengthProblem(startsAt: number, endsAt: number): string | null {
  if (endsAt <= startsAt) {
    return 'must lie after the start';
  }
  return endsAt - startsAt > LONGEST_SILENCE_MS
    ? `must lie at most 30 days after the start, and lies ${formatDuration(Math.ceil((endsAt - startsAt) / 60_000) * 60_000)} after it`
    : null;
}

/** What is wrong with conditions that hold for something without labels, or `null`. */
export function broadnessProblem(matchers: readonly Matcher[]): string | null {
  return matchesNothingInParticular(matchers)
    ? 'must ask for something that is there: a label with a text or an expression that the empty text does not match; for everything write {severity: {matches: ".+"}}'
    : null;
}
