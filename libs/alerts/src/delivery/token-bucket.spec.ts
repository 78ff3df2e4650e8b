import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  test('gives the burst at once, then one token per interval', () => {
    const bucket = new TokenBucket(2, 3);
    expect([1, 2, 3, 4, 5, 6].map(() => bucket.reserve(1_000) - 1_000)).toEqual([0, 0, 0, 500, 1_000, 1_500]);
  });

  test('saves up no more than the burst', () => {
    const bucket = new TokenBucket(1, 2);
    bucket.reserve(0);
    expect([1, 2, 3].map(() => bucket.reserve(3_600_000) - 3_600_000)).toEqual([0, 0, 1_000]);
  });

  test('a burst of less than one is one', () => {
    const bucket = new TokenBucket(1, 0);
    expect([bucket.reserve(0), bucket.reserve(0)]).toEqual([0, 1_000]);
  });

  test('gives nothing out while a receiver wants to be left alone, and then no burst', () => {
    const bucket = new TokenBucket(10, 5);
    bucket.reserve(0);
    bucket.pause(60_000);
    expect(bucket.isReady(59_999)).toBe(false);
    expect([bucket.readyAt(30_000), bucket.readyAt(70_000)]).toEqual([60_000, 70_000]);
    expect([bucket.reserve(30_000), bucket.reserve(30_000)]).toEqual([60_000, 60_100]);
  });

  test('a pause that is over before the next token is due changes nothing', () => {
    const bucket = new TokenBucket(1, 1);
    [0, 0, 0].forEach((at) => bucket.reserve(at));
    bucket.pause(1_000);
    expect(bucket.reserve(0)).toBe(3_000);
  });

  test('never gives more than burst + rate x time in any stretch, and never a time in the past', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 2, maxLength: 60 });
    const rates = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 10 }), waits, (perSecond, burst, pauses) => {
        const bucket = new TokenBucket(perSecond, burst);
        let now = 0;
        const given = pauses.map((pause) => {
          now += pause;
          const at = bucket.reserve(now);
          expect(at).toBeGreaterThanOrEqual(now);
          return at;
        });
        for (const [index, from] of given.entries()) {
          for (const [further, to] of given.slice(index).entries()) {
            expect(further + 1).toBeLessThanOrEqual(burst + ((to - from) / 1_000) * perSecond + 1e-6);
          }
        }
      }),
      { numRuns: 300, seed: 20_261_128 },
    );
  });
});
