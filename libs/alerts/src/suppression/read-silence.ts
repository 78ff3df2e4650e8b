import { describeValue, parseDuration, type Problem } from '@tidewatch/core';
import { readMatchAt } from '../matcher/read-match.js';
import { broadnessProblem, lengthProblem, LONGEST_COMMENT } from './silence-limits.js';
import type { Silence } from './suppression.js';
import { INSTANT_WORDS, parseInstant } from './time-fields.js';

/** What a person decides about a silence; the rest is added when it is kept. */
export type SilenceDraft = Pick<Silence, 'matchers' | 'startsAt' | 'endsAt' | 'comment'>;

/** A silence, or everything that is wrong with it. */
export type ReadSilence =
  | { readonly silence: SilenceDraft; readonly problems: readonly [] }
  | { readonly silence: null; readonly problems: readonly Problem[] };

const KEYS = ['match', 'startsAt', 'endsAt', 'for', 'comment'] as const;
/** Silences are made for what is coming, not for the year after. */
const FURTHEST_START_MS = 366 * 86_400_000;

/**
 * Reads what somebody sends to make a silence: `{match, startsAt?, endsAt | for, comment}`. `for` counts from the start, and
 * a start that is past, or not said, is `now`. Times are RFC 3339 or milliseconds since the epoch.
 *
 * @param body parsed JSON
 * @param now ms
 */
export function readSilence(body: unknown, now: number): ReadSilence {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refused([
      {
        path: '',
        message: `must be a map with match, endsAt (or for) and comment, and is ${describeValue(body)}`,
      },
    ]);
  }
  const input = body as Readonly<Record<string, unknown>>;
  const problems: Problem[] = Object.keys(input)
    .filter((key) => !KEYS.some((known) => known === key))
    .map((key) => ({
      path: key.slice(0, 80),
      message: `is not a known key here; there are ${KEYS.join(', ')}`,
    }));
  const report = (path: string, message: string | null): void => {
    if (message !== null) {
      problems.push({ path, message });
    }
  };
  const { matchers, problems: matchProblems } = readMatchAt(input['match'], 'match');
  problems.push(...matchProblems);
  if (matchers !== null) {
    report('match', broadnessProblem(matchers));
  }
  const startsAt = Math.max(now, readTime(input['startsAt'] ?? now, 'startsAt', report) ?? now);
  const endsAt = readEnd(input, startsAt, report);
  if (endsAt !== undefined) {
    report(
      'for' in input ? 'for' : 'endsAt',
      endsAt <= now ? 'must lie in the future' : lengthProblem(startsAt, endsAt),
    );
  }
  if (startsAt - now > FURTHEST_START_MS) {
    report('startsAt', 'must lie within a year from now');
  }
  const comment = typeof input['comment'] === 'string' ? input['comment'].trim() : '';
  if (comment === '' || comment.length > LONGEST_COMMENT) {
    report(
      'comment',
      `must be a sentence for those who wonder why it is quiet, at most ${LONGEST_COMMENT.toLocaleString('en-US')} characters`,
    );
  }
  return problems.length > 0 || matchers === null || endsAt === undefined
    ? refused(problems)
    : { silence: { matchers, startsAt, endsAt, comment }, problems: [] };
}

type Report = (path: string, message: string) => void;

function readEnd(
  input: Readonly<Record<string, unknown>>,
  startsAt: number,
  report: Report,
): number | undefined {
  const { endsAt, for: length } = input;
  if ((endsAt === undefined) === (length === undefined)) {
    report(
      'endsAt',
      endsAt === undefined
        ? 'is missing; say when it ends, or for how long it holds with "for"'
        : 'must not stand beside "for"',
    );
    return undefined;
  }
  if (length === undefined) {
    return readTime(endsAt, 'endsAt', report);
  }
  const lengthMs = typeof length === 'string' ? parseDuration(length) : undefined;
  if (lengthMs === undefined || lengthMs === 0) {
    report('for', `must be a duration such as 2h, and is ${describeValue(length)}`);
    return undefined;
  }
  return startsAt + lengthMs;
}

function readTime(value: unknown, path: string, report: Report): number | undefined {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? parseInstant(value) : undefined;
  if (at === undefined || !Number.isSafeInteger(at)) {
    report(path, `must be ${INSTANT_WORDS}, or milliseconds since the epoch, and is ${describeValue(value)}`);
    return undefined;
  }
  return at;
}

function refused(problems: readonly Problem[]): ReadSilence {
  return { silence: null, problems };
}
