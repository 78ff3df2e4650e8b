import { seededRandom } from '@tidewatch/core';
import { describe, expect, test } from '@jest/globals';
import { dkwHalfWidth } from './dkw-half-width.js';
import { ksTwoSample } from './ks-two-sample.js';

describe('dkwHalfWidth', () => {
  test('is the sum of two one-sample widths, each at confidence (1 + c) / 2', () => {
    const oneSample = (n: number, confidence: number) => Math.sqrt(Math.log(2 / (1 - confidence)) / (2 * n));
    expect(dkwHalfWidth(400, 10_000, 0.95)).toBeCloseTo(oneSample(400, 0.975) + oneSample(10_000, 0.975), 14);
  });

  test('covers the true distance at least as often as it says', () => {
    // Uniform on [0, 1] against uniform on [0.2, 1.2]: the true distance is 0.2.
    const random = seededRandom(3);
    const [n, m, runs] = [150, 80, 2_000];
    let covered = 0;
    for (let run = 0; run < runs; run += 1) {
      const a = Float64Array.from({ length: n }, random);
      const b = Float64Array.from({ length: m }, () => random() + 0.2);
      const { statistic } = ksTwoSample(a, b, { method: 'finite-n' });
      covered += Math.abs(statistic - 0.2) <= dkwHalfWidth(n, m, 0.9) ? 1 : 0;
    }
    expect(covered / runs).toBeGreaterThanOrEqual(0.9);
  });

  test('shrinks with either size, grows with confidence, and is never above 1', () => {
    const width = dkwHalfWidth(1_000, 1_000, 0.95);
    expect(dkwHalfWidth(2_000, 1_000, 0.95)).toBeLessThan(width);
    expect(dkwHalfWidth(1_000, 2_000, 0.95)).toBeLessThan(width);
    expect(dkwHalfWidth(1_000, 1_000, 0.99)).toBeGreaterThan(width);
    expect(dkwHalfWidth(1, 1, 0.95)).toBe(1);
  });

  test.each([
    [0, 10, 0.95],
    [10, NaN, 0.95],
    [10, 10, 0],
    [10, 10, 1],
    [10, 10, NaN],
  ])('refuses n = %d, m = %d, confidence %d', (n, m, confidence) => {
    expect(() => dkwHalfWidth(n, m, confidence)).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});
