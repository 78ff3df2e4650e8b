import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { deadlineMs, nextDelay } from './retry.js';

const almostOne = (): number => 1 - 2 ** -32;

describe('nextDelay', () => {
  test.each<[attempt: number, ceilingMs: number]>([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [9, 256_000],
    [10, 300_000],
    [100, 300_000],
  ])('after attempt %i it is spread over 0 to %i ms', (attempt, ceilingMs) => {
    expect(nextDelay(attempt, null, () => 0)).toBe(0);
    expect(nextDelay(attempt, null, almostOne)).toBe(ceilingMs - 1);
  });

  test('the mean over many draws is half the ceiling', () => {
    const random = seededRandom(7);
    const draws = Array.from({ length: 20_000 }, () => nextDelay(6, null, random));
    // Standard error of the mean is 32000 / sqrt(12 * 20000) = 65 ms; four of them.
    expect(Math.abs(draws.reduce((sum, draw) => sum + draw, 0) / draws.length - 16_000)).toBeLessThan(260);
  });

  test.each<[name: string, retryAfterMs: number, least: number]>([
    ['is obeyed', 30_000, 30_000],
    ['is obeyed beyond the longest backoff', 900_000, 900_000],
    ['is cut at one hour', 86_400_000, 3_600_000],
    ['in the past means now', -5, 0],
  ])('what the receiver asks for %s', (_name, retryAfterMs, least) => {
    expect(nextDelay(1, retryAfterMs, () => 0)).toBe(least);
    expect(nextDelay(1, retryAfterMs, almostOne)).toBe(least + 999);
  });

  test.each<[name: string, retryAfterMs: number]>([
    ['zero', 0],
    ['a date in the past', -60_000],
    ['a second', 1_000],
  ])('asked for %s, the back-off of the attempt goes on', (_name, retryAfterMs) => {
    expect(nextDelay(9, retryAfterMs, almostOne)).toBe(255_999);
    expect(nextDelay(10_000, retryAfterMs, () => 0.5)).toBe(150_000);
  });

  test('is a whole number of milliseconds, never negative, never above one hour and a second', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.option(fc.integer()),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, after, draw) => {
          const delay = nextDelay(attempt, after, () => draw);
          expect(Number.isInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThan(3_601_000);
        },
      ),
      { numRuns: 300, seed: 20_261_122 },
    );
  });
});

test('a page is tried for one hour, a ticket and every end for three days', () => {
  const hours = (['trigger', 'update', 'acknowledge', 'resolve'] as const).map((action) =>
    (['page', 'ticket'] as const).map((severity) => deadlineMs({ severity, action }) / 3_600_000),
  );
  expect(hours).toEqual([
    [1, 72],
    [1, 72],
    [1, 72],
    [72, 72],
  ]);
});
