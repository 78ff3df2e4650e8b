import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, MINUTE, rollUp, TEN_SECONDS } from './slice-rollup.js';
import type { Slice } from './slice-rollup.js';
import { windowParts } from './window-parts.js';

const DAY = 24 * HOUR;
const NOW = 20_000 * DAY + 13 * HOUR + 37 * MINUTE + 20_000;

describe('rolling slices up', () => {
  test('every slice of the range is there, also empty ones, and each sum is that of its parts', () => {
    const counts = new Map([
      [HOUR, { good: 1, total: 2 }],
      [HOUR + MINUTE, { good: 3, total: 4 }],
    ]);
    const slices = rollUp(counts, { from: HOUR, to: HOUR + 2 * MINUTE }, []);
    expect(slices.filter(({ resolution }) => resolution === TEN_SECONDS)).toHaveLength(12);
    expect(slices.filter(({ resolution }) => resolution !== TEN_SECONDS)).toEqual([
      { resolution: MINUTE, start: HOUR, good: 1, total: 2 },
      { resolution: MINUTE, start: HOUR + MINUTE, good: 3, total: 4 },
      { resolution: HOUR, start: HOUR, good: 4, total: 6 },
    ]);
  });

  test('the rest of a minute and of an hour come from what is stored, and what is computed is never added to it', () => {
    const one = { good: 1, total: 1 };
    const stored: Slice[] = [
      { resolution: TEN_SECONDS, start: HOUR + MINUTE + 10_000, ...one },
      { resolution: TEN_SECONDS, start: HOUR + MINUTE, good: 900, total: 900 },
      { resolution: MINUTE, start: HOUR + MINUTE, good: 900, total: 900 },
      { resolution: MINUTE, start: HOUR, good: 10, total: 20 },
      { resolution: MINUTE, start: HOUR + 30 * MINUTE, good: 100, total: 200 },
      { resolution: MINUTE, start: 2 * HOUR, good: 900, total: 900 },
    ];
    const slices = rollUp(
      new Map([[HOUR + MINUTE, one]]),
      { from: HOUR + MINUTE, to: HOUR + MINUTE + 10_000 },
      stored,
    );
    expect(slices).toEqual([
      { resolution: TEN_SECONDS, start: HOUR + MINUTE, ...one },
      { resolution: MINUTE, start: HOUR + MINUTE, good: 2, total: 2 },
      { resolution: HOUR, start: HOUR, good: 112, total: 222 },
    ]);
  });

  test('events that come in any pieces make the same minutes and hours as all at once', () => {
    const event = fc.record({ slice: fc.nat(719), good: fc.nat(9), bad: fc.nat(9) });
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 119 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), cuts, (events, minutes) => {
        const counts = new Map(
          events.map(({ slice, good, bad }) => [slice * TEN_SECONDS, { good, total: good + bad }]),
        );
        const whole = rollUp(counts, { from: 0, to: 2 * HOUR }, []);
        const stored = new Map<string, Slice>();
        const edges = [0, ...minutes.sort((a, b) => a - b), 120];
        edges.slice(1).forEach((to, index) => {
          const range = { from: (edges[index] ?? 0) * MINUTE, to: to * MINUTE };
          rollUp(counts, range, [...stored.values()]).forEach((each) =>
            stored.set(`${each.resolution}:${each.start}`, each),
          );
        });
        const order = (a: Slice, b: Slice): number => a.resolution - b.resolution || a.start - b.start;
        expect([...stored.values()].sort(order)).toEqual(whole.sort(order));
      }),
    );
  });
});

describe('the parts of a window', () => {
  test.each([
    ['5 minutes: 10-second slices', NOW, 5 * MINUTE, [[TEN_SECONDS, NOW - 5 * MINUTE, NOW]]],
    ['6 hours: 10-second slices', NOW, 6 * HOUR, [[TEN_SECONDS, NOW - 6 * HOUR, NOW]]],
    [
      '1 day: minutes, then the tail in 10-second slices',
      NOW,
      DAY,
      [
        [MINUTE, NOW - 20_000 - DAY, NOW - 20_000],
        [TEN_SECONDS, NOW - 20_000, NOW],
      ],
    ],
    [
      '30 days: hours, minutes, 10-second slices',
      NOW,
      30 * DAY,
      [
        [HOUR, NOW - 20_000 - 37 * MINUTE - 30 * DAY, NOW - 20_000 - 37 * MINUTE],
        [MINUTE, NOW - 20_000 - 37 * MINUTE, NOW - 20_000],
        [TEN_SECONDS, NOW - 20_000, NOW],
      ],
    ],
    [
      'an old window of 5 minutes: minutes, because finer slices are gone',
      NOW - DAY,
      5 * MINUTE,
      [[MINUTE, NOW - 20_000 - DAY - 5 * MINUTE, NOW - 20_000 - DAY]],
    ],
    [
      'a window of a month ago: hours',
      NOW - 30 * DAY,
      DAY,
      [[HOUR, NOW - 20_000 - 37 * MINUTE - 31 * DAY, NOW - 20_000 - 37 * MINUTE - 30 * DAY]],
    ],
  ])('%s', (_name, end, length, expected) => {
    expect(windowParts(end, length, NOW).map(({ resolution, from, to }) => [resolution, from, to])).toEqual(
      expected,
    );
  });

  test('follow each other without gap or overlap, aligned, and cover at least the window', () => {
    const end = fc.integer({ min: 0, max: 10 * 360 }).map((steps) => NOW - steps * TEN_SECONDS);
    // An hour at least: a shorter window that is long past may lie inside one minute, of which nothing finer is left.
    const length = fc.integer({ min: 360, max: 30 * 24 * 360 }).map((steps) => steps * TEN_SECONDS);
    fc.assert(
      fc.property(end, length, (windowEnd, windowMs) => {
        const parts = windowParts(windowEnd, windowMs, NOW + 5_000);
        parts.forEach(({ resolution, from, to }, index) => {
          expect([from % resolution, to % resolution]).toEqual([0, 0]);
          expect(from).toBe(index === 0 ? from : parts[index - 1]?.to);
        });
        const from = parts[0]?.from ?? Infinity;
        expect(from).toBeLessThanOrEqual(windowEnd - windowMs);
        expect(windowEnd - windowMs - from).toBeLessThan(parts[0]?.resolution ?? 0);
      }),
    );
  });
});
