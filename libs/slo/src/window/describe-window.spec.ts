import { expect, test } from '@jest/globals';
import { describeWindow } from './describe-window.js';
import type { CalendarUnit } from './slo-window.js';

test.each([
  [2_592_000_000, '30d'],
  [5_400_000, '1h30m'],
])('a rolling window of %d ms is %s', (periodMs, text) => {
  expect(describeWindow({ kind: 'rolling', periodMs })).toBe(text);
});

test.each<[number, CalendarUnit, string, string]>([
  [1, 'M', '2026-01-01 00:00:00', '1 month from the 1st, Europe/Berlin'],
  [1, 'M', '2026-01-22 06:00:00', '1 month from the 22nd 06:00, Europe/Berlin'],
  [1, 'M', '2026-01-13 00:00:00', '1 month from the 13th, Europe/Berlin'],
  [2, 'M', '2026-01-31 00:00:00', '2 months from 31 January, Europe/Berlin'],
  [5, 'M', '2026-01-31 00:00:00', '5 months from 2026-01-31, Europe/Berlin'],
  [1, 'w', '2026-01-05 00:00:00', '1 week from Monday, Europe/Berlin'],
  [2, 'w', '2026-01-05 09:00:00', '2 weeks from 2026-01-05 09:00, Europe/Berlin'],
  [1, 'd', '2026-01-05 00:00:00', '1 day from 00:00, Europe/Berlin'],
  [1, 'd', '2026-01-05 04:00:30', '1 day from 04:00:30, Europe/Berlin'],
  [10, 'd', '2026-01-05 00:00:00', '10 days from 2026-01-05, Europe/Berlin'],
  [1, 'Q', '2026-04-01 00:00:00', '1 quarter from 1 April, Europe/Berlin'],
  [1, 'Y', '2026-04-06 00:00:00', '1 year from 6 April, Europe/Berlin'],
  [2, 'Y', '2026-04-06 00:00:00', '2 years from 2026-04-06, Europe/Berlin'],
  [6, 'h', '2026-01-01 00:00:00', '6 hours from 2026-01-01 00:00, Europe/Berlin'],
])('%d %s from %s is "%s"', (amount, unit, startTime, text) => {
  expect(describeWindow({ kind: 'calendar', amount, unit, startTime, timeZone: 'Europe/Berlin' })).toBe(text);
});
