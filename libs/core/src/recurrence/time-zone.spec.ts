import { expect, test } from '@jest/globals';
import { isTimeZone, parseTimeIn } from './time-zone.js';

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['+02:00', false],
  ['Europe/Atlantis', false],
  ['', false],
])('whether "%s" is a time zone', (name, is) => {
  expect(isTimeZone(name)).toBe(is);
});

test.each([
  ['2026-07-01T02:00', 'Europe/Berlin', '2026-07-01T00:00:00.000Z'],
  ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  ['2026-07-01T02:00:00+05:30', 'America/New_York', '2026-06-30T20:30:00.000Z'],
  // In the gap of the clocks, and in the first of two equal hours.
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
])('%s by the clocks of %s is %s', (text, timeZone, iso) => {
  expect(new Date(parseTimeIn(text, timeZone) ?? 0).toISOString()).toBe(iso);
});

test.each(['tomorrow', '2026-02-30', '2026-07-01T25:00', '1790000000', '2026-07-01T02'])(
  '"%s" is no time',
  (text) => {
    expect(parseTimeIn(text, 'UTC')).toBeUndefined();
  },
);
