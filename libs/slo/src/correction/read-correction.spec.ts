import { describe, expect, test } from '@jest/globals';
import { readCorrection } from './read-correction.js';

const VALID = {
  slos: ['ranker-availability'],
  category: 'planned-maintenance',
  effect: 'remove',
  from: '2026-11-29T02:00:00Z',
  to: '2026-11-29T04:00:00Z',
  reason: 'Database upgrade',
};

function read(changes: Record<string, unknown>) {
  const { correction, problems } = readCorrection({ ...VALID, ...changes });
  return correction ?? problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('what is read', () => {
  test('a single correction, with defaults', () => {
    expect(read({ slos: undefined, reason: ' Upgrade ' })).toEqual({
      slos: [],
      category: 'planned-maintenance',
      effect: 'remove',
      from: Date.UTC(2026, 10, 29, 2),
      to: Date.UTC(2026, 10, 29, 4),
      rrule: '',
      timeZone: 'UTC',
      reason: 'Upgrade',
    });
  });

  test.each([
    ['2026-07-01T02:00', 'Europe/Berlin', '2026-07-01T00:00:00.000Z'],
    ['2026-07-01 02:00', 'Asia/Kolkata', '2026-06-30T20:30:00.000Z'],
    ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    ['2026-07-01T02:00+05:30', 'America/New_York', '2026-06-30T20:30:00.000Z'],
    // In the gap of the clocks.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    [Date.UTC(2026, 6, 1), 'Europe/Berlin', '2026-07-01T00:00:00.000Z'],
  ])('the time %s in %s', (from, timeZone, iso) => {
    expect(read({ from, timeZone })).toMatchObject({ from: Date.parse(iso) });
  });

  test('times are widened to whole minutes', () => {
    expect(read({ from: '2026-11-29T02:00:59.999Z', to: '2026-11-29T02:01:00.001Z' })).toMatchObject({
      from: Date.UTC(2026, 10, 29, 2),
      to: Date.UTC(2026, 10, 29, 2, 2),
    });
  });

  test('a rule is kept in upper case and without its prefix, a name once', () => {
    expect(read({ rrule: 'rrule:freq=weekly;byday=su', slos: ['a', 'b', 'a'] })).toMatchObject({
      rrule: 'FREQ=WEEKLY;BYDAY=SU',
      slos: ['a', 'b'],
    });
  });

  test('the second of two equal local times can begin a rule', () => {
    const changes = { from: '2026-10-25T02:30+01:00', timeZone: 'Europe/Berlin', rrule: 'FREQ=DAILY' };
    expect(read({ ...changes, to: '2026-10-25T03:30+01:00' })).toMatchObject({ rrule: 'FREQ=DAILY' });
  });
});

describe('what is refused, with the place', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no reason', { reason: undefined }, 'reason: is missing; it must be one sentence'],
    ['a blank reason', { reason: '   ' }, 'reason: must be one sentence'],
    ['no effect', { effect: undefined }, 'effect: is missing; it must be remove'],
    ['another category', { category: 'holiday' }, 'category: must be one of planned-maintenance'],
    ['an unknown key', { until: 1 }, 'until: is not a known key here'],
    ['one name instead of a list', { slos: 'a' }, 'slos: must be a list'],
    ['a number among the names', { slos: ['a', 1] }, 'slos[1]: must be a list'],
    ['a date that does not exist', { from: '2026-02-30T02:00Z' }, 'from: must be a time such as'],
    ['words', { from: 'tomorrow' }, 'from: must be a time such as'],
    ['seconds', { from: 1_790_000_000 }, 'not seconds'],
    ['an end before the beginning', { to: '2026-11-29T02:00:00Z' }, 'to: must lie after "from"'],
    ['two years', { to: '2028-11-29T02:00:00Z' }, 'to: must lie within a year'],
    ['an unknown zone', { timeZone: 'Europe/Bielefeld' }, 'timeZone: must be an IANA time zone'],
    ['an offset as zone', { timeZone: '+01:00' }, 'timeZone: must be an IANA time zone'],
    ['hourly', { rrule: 'FREQ=HOURLY' }, 'rrule: must have FREQ='],
    [
      'a beginning on another day',
      { rrule: 'FREQ=WEEKLY;BYDAY=SA' },
      'from: must be an occurrence of the rule; Sunday 2026-11-29 02:00:00 is none, the first is Saturday 2026-12-05 02:00:00',
    ],
    ['a rule that never holds', { rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, 'and none ever comes'],
  ])('%s', (_what, changes, text) => {
    expect(read(changes)).toEqual([expect.stringContaining(text)]);
  });

  test('everything at once', () => {
    expect(read({ from: 'x', to: 'y', rrule: 'FREQ=HOURLY' })).toHaveLength(3);
    expect(readCorrection('text').problems).toEqual([
      { path: '', message: expect.stringContaining('a map with category') },
    ]);
  });
});
