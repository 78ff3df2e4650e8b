import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, MINUTE, TEN_SECONDS } from './slice-lengths.js';
import { windowParts } from './window-parts.js';

const DAY = 24 * HOUR;
const NOW = 20_000 * DAY + 13 * HOUR + 37 * MINUTE + 20_000;
const LAST_HOUR = NOW - 37 * MINUTE - 20_000;
const AGES = { now: NOW, hoursUntil: LAST_HOUR };

describe('the parts of a window', () => {
  test.each([
    ['30 seconds: 10-second slices', NOW - 30_000, NOW, [[TEN_SECONDS, NOW - 30_000, NOW]]],
    [
      '5 minutes: 10-second slices at both ends, minutes between',
      NOW - 5 * MINUTE,
      NOW,
      [
        [TEN_SECONDS, NOW - 5 * MINUTE, NOW - 5 * MINUTE + 40_000],
        [MINUTE, NOW - 5 * MINUTE + 40_000, NOW - 20_000],
        [TEN_SECONDS, NOW - 20_000, NOW],
      ],
    ],
    [
      '30 days: minutes at both ends, hours between, then 10-second slices',
      NOW - 30 * DAY,
      NOW,
      [
        [MINUTE, NOW - 30 * DAY - 20_000, LAST_HOUR - 30 * DAY + HOUR],
        [HOUR, LAST_HOUR - 30 * DAY + HOUR, LAST_HOUR],
        [MINUTE, LAST_HOUR, NOW - 20_000],
        [TEN_SECONDS, NOW - 20_000, NOW],
      ],
    ],
    [
      'an old window: minutes, because finer slices are gone',
      NOW - DAY - 5 * MINUTE,
      NOW - DAY,
      [[MINUTE, NOW - 20_000 - DAY - 5 * MINUTE, NOW - 20_000 - DAY]],
    ],
    [
      'a window of long ago: hours',
      NOW - 201 * DAY,
      NOW - 200 * DAY,
      [[HOUR, LAST_HOUR - 201 * DAY, LAST_HOUR - 200 * DAY]],
    ],
    [
      'hours that were not made yet are made of minutes',
      NOW - 20_000 - 3 * HOUR,
      NOW - 20_000,
      [[MINUTE, NOW - 20_000 - 3 * HOUR, NOW - 20_000]],
      { now: NOW, hoursUntil: LAST_HOUR - 5 * HOUR },
    ],
  ])('%s', (_name, start, end, expected, ages = AGES) => {
    expect(windowParts(start, end, ages).map(({ resolution, from, to }) => [resolution, from, to])).toEqual(
      expected,
    );
  });

  test('follow each other without gap or overlap, aligned, and cover at least the window', () => {
    const end = fc.integer({ min: 0, max: 10 * 360 }).map((steps) => NOW - steps * TEN_SECONDS);
    // An hour at least: a shorter window that is long past may lie inside one minute, of which nothing finer is left.
    const length = fc.integer({ min: 360, max: 150 * 24 * 360 }).map((steps) => steps * TEN_SECONDS);
    const rolled = fc.integer({ min: 0, max: 48 }).map((hours) => LAST_HOUR - hours * HOUR);
    fc.assert(
      fc.property(end, length, rolled, (windowEnd, windowMs, hoursUntil) => {
        const parts = windowParts(windowEnd - windowMs, windowEnd, { now: NOW + 5_000, hoursUntil });
        parts.forEach(({ resolution, from, to }, index) => {
          expect([from % resolution, to % resolution]).toEqual([0, 0]);
          expect(from).toBe(index === 0 ? from : parts[index - 1]?.to);
          expect(resolution === HOUR && to > hoursUntil).toBe(false);
        });
        const from = parts[0]?.from ?? Infinity;
        expect(from).toBeLessThanOrEqual(windowEnd - windowMs);
        expect(windowEnd - windowMs - from).toBeLessThan(HOUR);
        expect(windowEnd - (parts.at(-1)?.to ?? 0)).toBeLessThan(MINUTE);
      }),
    );
  });
});
