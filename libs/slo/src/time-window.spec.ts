import { describe, expect, test } from '@jest/globals';
import { issuesOf, sloDocument, type RawDocument } from '../fixtures/slo-document.js';
import { longestPeriodMs, timeWindowSchema } from './time-window.js';
import { writeOpenSloDuration } from './openslo-duration.js';

const DAY_MS = 86_400_000;
const CALENDAR = { startTime: '2026-01-01 00:00:00', timeZone: 'Europe/Berlin' };
const window = (value: unknown): RawDocument => ({ spec: { timeWindow: [value] } });
const calendar = (duration: string, changes: object = {}) =>
  timeWindowSchema.parse([{ duration, isRolling: false, calendar: { ...CALENDAR, ...changes } }]);

test('a calendar window keeps what was written', () => {
  expect(calendar('1M')).toEqual({
    kind: 'calendar',
    amount: 1,
    unit: 'M',
    startTime: '2026-01-01 00:00:00',
    timeZone: 'Europe/Berlin',
  });
});

test('a start that YAML reads as a date is the same as its text', () => {
  expect(calendar('1w', { startTime: new Date('2022-01-01T12:00:00Z') })).toMatchObject({
    startTime: '2022-01-01 12:00:00',
  });
});

describe('the longest that a calendar window can be', () => {
  test.each([
    ['30m', 30 / 1440],
    ['12h', 0.5],
    ['1d', 1],
    ['2w', 14],
    ['1M', 31],
    ['2M', 62],
    ['1Q', 92],
    ['2Q', 184],
    ['1Y', 366],
    ['4Y', 1461],
    ['8Y', 2922],
  ])('%s is %d days', (duration, days) => {
    expect(longestPeriodMs(calendar(duration))).toBeCloseTo(days * DAY_MS, 6);
  });
});

test.each([
  [60_000, '1m'],
  [7_200_000, '2h'],
  [30 * DAY_MS, '30d'],
  [30_000, '30s'],
])('%d ms are written as %s', (ms, text) => {
  expect(writeOpenSloDuration(ms)).toBe(text);
});

describe('a time window that is refused', () => {
  test.each<[string, unknown, string]>([
    [
      'two time windows',
      sloDocument({
        spec: {
          timeWindow: [
            { duration: '1d', isRolling: true },
            { duration: '2d', isRolling: true },
          ],
        },
      }),
      'spec.timeWindow: must be a list of one window, such as [{duration: 30d, isRolling: true}], and is a list of 2',
    ],
    [
      'a month as rolling window',
      sloDocument(window({ duration: '1M', isRolling: true })),
      'spec.timeWindow.0.duration: is 1M, but a rolling window needs a fixed length and a month has 28 to 31 days; write 30d or 28d',
    ],
    [
      'a quarter as rolling window',
      sloDocument(window({ duration: '1Q', isRolling: true })),
      'a quarter has 90 to 92 days; write 90d',
    ],
    [
      'a year as rolling window',
      sloDocument(window({ duration: '1Y', isRolling: true })),
      'a year has 365 or 366 days; write 365d',
    ],
    [
      'a duration without unit',
      sloDocument(window({ duration: '30', isRolling: true })),
      'spec.timeWindow.0.duration: must be a whole number and one of m (minutes), h, d, w, such as 30d, and is "30"',
    ],
    ['a duration of zero', sloDocument(window({ duration: '0d', isRolling: true })), 'and is "0d"'],
    [
      'a combined duration, which OpenSLO has not',
      sloDocument(window({ duration: '1d12h', isRolling: true })),
      'and is "1d12h"',
    ],
    [
      'a number as duration',
      sloDocument(window({ duration: 30, isRolling: true })),
      'spec.timeWindow.0.duration: must be a duration such as 30d or 4w, and is 30',
    ],
    [
      'a calendar window without calendar',
      sloDocument(window({ duration: '1w', isRolling: false })),
      'spec.timeWindow.0.calendar: is missing; a window that is not rolling needs {startTime, timeZone}',
    ],
    [
      'a rolling window with a calendar',
      sloDocument(window({ duration: '1w', isRolling: true, calendar: CALENDAR })),
      'spec.timeWindow.0.calendar: belongs to a calendar window, and isRolling is true',
    ],
    [
      'an unknown time zone',
      sloDocument(
        window({ duration: '1M', isRolling: false, calendar: { ...CALENDAR, timeZone: 'Berlin' } }),
      ),
      'spec.timeWindow.0.calendar.timeZone: must be the IANA name of a time zone, such as Europe/Berlin or UTC, and is "Berlin"',
    ],
    [
      'an offset as time zone',
      sloDocument(
        window({ duration: '1M', isRolling: false, calendar: { ...CALENDAR, timeZone: '+01:00' } }),
      ),
      'spec.timeWindow.0.calendar.timeZone: must be the IANA name of a time zone',
    ],
    [
      'a date that does not exist',
      sloDocument(
        window({
          duration: '1M',
          isRolling: false,
          calendar: { ...CALENDAR, startTime: '2026-02-30 00:00:00' },
        }),
      ),
      'spec.timeWindow.0.calendar.startTime: must be a date and time such as 2026-01-01 00:00:00, by the clocks of timeZone, and is "2026-02-30 00:00:00"',
    ],
    [
      'a date without time',
      sloDocument(
        window({ duration: '1M', isRolling: false, calendar: { ...CALENDAR, startTime: '2026-02-01' } }),
      ),
      'and is "2026-02-01"',
    ],
    [
      'a calendar window of seconds',
      sloDocument(window({ duration: '90s', isRolling: false, calendar: CALENDAR })),
      'spec.timeWindow.0.duration: must be a whole number and one of m (minutes), h, d, w, M (months), Q, Y, such as 1M, and is "90s"',
    ],
    [
      'a window of a century',
      sloDocument(window({ duration: '100Y', isRolling: false, calendar: CALENDAR })),
      'spec.timeWindow.0.duration: must be at most 10 years, and is "100Y"',
    ],
  ])('%s', (_name, document, expected) => {
    expect(issuesOf(document)).toContainEqual(expect.stringContaining(expected));
  });
});
