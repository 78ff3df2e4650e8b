import { describe, expect, test } from '@jest/globals';
import { readSilence } from './read-silence.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 29, 2);
const VALID = { match: { service: 'ranker-api' }, for: '2h', comment: 'Load test' };

function read(changes: Record<string, unknown>) {
  const body = Object.fromEntries(
    Object.entries({ ...VALID, ...changes }).filter(([, value]) => value !== undefined),
  );
  const { silence, problems } = readSilence(body, NOW);
  return silence ?? problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('what is read', () => {
  test.each<[string, Record<string, unknown>, number, number]>([
    ['for two hours from now on', {}, 0, 2 * HOUR],
    ['until a time', { for: undefined, endsAt: '2026-11-29T05:00:00+01:00' }, 0, 2 * HOUR],
    ['until a time in milliseconds', { for: undefined, endsAt: NOW + 5 }, 0, 5],
    ['from a time on', { startsAt: '2026-11-29T03:00:00Z' }, HOUR, 3 * HOUR],
    ['a start that is past is now', { startsAt: '2026-11-28T03:00:00Z' }, 0, 2 * HOUR],
    ['no start said', { startsAt: null }, 0, 2 * HOUR],
    ['as long as possible', { for: '30d' }, 0, 30 * DAY],
  ])('%s', (_what, changes, startsIn, endsIn) => {
    expect(read(changes)).toEqual({
      matchers: [{ label: 'service', op: 'equals', value: 'ranker-api' }],
      startsAt: NOW + startsIn,
      endsAt: NOW + endsIn,
      comment: 'Load test',
    });
  });
});

describe('what is refused says why', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['no end', { for: undefined }, /^endsAt: is missing; say when it ends/],
    ['two ends', { endsAt: NOW + HOUR }, /^endsAt: must not stand beside "for"$/],
    ['no time', { for: '0s' }, /^for: must be a duration such as 2h, and is "0s"$/],
    ['a number of hours', { for: 2 }, /^for: must be a duration such as 2h, and is 2$/],
    ['too long', { for: '31d' }, /^for: must lie at most 30 days after the start, and lies 31d after it$/],
    ['an end that is past', { for: undefined, endsAt: NOW }, /^endsAt: must lie in the future$/],
    [
      'an end before the start',
      { for: undefined, startsAt: NOW + HOUR, endsAt: NOW + HOUR },
      /^endsAt: must lie after the start$/,
    ],
    [
      'a start in words',
      { startsAt: 'tomorrow' },
      /^startsAt: must be a time with its offset, .* is "tomorrow"$/,
    ],
    ['a start in years', { startsAt: NOW + 400 * DAY }, /^startsAt: must lie within a year from now$/],
    ['a start that is no time at all', { startsAt: 1e300 }, /^startsAt: must be a time/],
    ['no comment', { comment: undefined }, /^comment: must be a sentence/],
    ['a comment of another kind', { comment: 7 }, /^comment: must be a sentence/],
    ['everything', { match: {} }, /^match: must ask for something that is there/],
    ['what is absent', { match: { region: '', team: { not: 'a' } } }, /^match: must ask for something/],
    ['a bad severity', { match: { severity: 'warning' } }, /^match\.severity: must be page or ticket/],
    ['a slip', { comments: 'x' }, /^comments: is not a known key here; there are match/],
  ])('%s', (_what, changes, message) => {
    expect(read(changes)).toEqual([expect.stringMatching(message)]);
  });

  test('all of it at once, and what is no map at all', () => {
    expect(readSilence({}, NOW).problems.map(({ path }) => path)).toEqual(['match', 'endsAt', 'comment']);
    expect(readSilence([], NOW).problems[0]?.message).toMatch(/^must be a map with match/);
  });
});
