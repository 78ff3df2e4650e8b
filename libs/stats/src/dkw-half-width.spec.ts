import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { dkwBand, dkwHalfWidth, rayleighSumSurvival } from './dkw-half-width.js';
import { ksStatistic } from './ks-statistic.js';

describe('dkwHalfWidth', () => {
  // Simpson's rule on the convolution integral itself.
  test.each([
    [1, 1, 2],
    [1, 0.5, 1.7],
    [0.3, 2, 4],
    [0.01, 1, 2.5],
  ])('the survival of a sum of Rayleigh variables of scales %d and %d at %d is its integral', (a, b, t) => {
    const steps = 200_000;
    const density = (x: number) => (x / (a * a)) * Math.exp((-x * x) / (2 * a * a));
    const value = (x: number) => density(x) * Math.exp(-((t - x) ** 2) / (2 * b * b));
    let sum = value(0) + value(t);
    for (let i = 1; i < steps; i += 1) {
      sum += value((i * t) / steps) * (i % 2 === 1 ? 4 : 2);
    }
    const expected = Math.exp((-t * t) / (2 * a * a)) + (sum * t) / (3 * steps);
    expect(rayleighSumSurvival(a, b, t) / expected).toBeCloseTo(1, 9);
  });

  test('is symmetric, falls with size, and is narrower than two bands that share the error', () => {
    const size = fc.integer({ min: 20, max: 1_000_000 });
    fc.assert(
      fc.property(size, size, (n, m) => {
        const width = dkwHalfWidth(n, m, 0.95);
        expect(width).toBeCloseTo(dkwHalfWidth(m, n, 0.95), 12);
        expect(dkwHalfWidth(2 * n, m, 0.95)).toBeLessThan(Math.min(1, width) + 1e-12);
        const halves = dkwBand(n, 0.975) + dkwBand(m, 0.975);
        expect(width).toBeLessThanOrEqual(halves);
        // Never below what one sample alone would leave open.
        expect(width).toBeGreaterThanOrEqual(
          Math.min(1, Math.sqrt(Math.log(40) / 2 / Math.min(n, m))) - 1e-12,
        );
      }),
    );
  });

  test('covers the true distance at least as often as it promises, at any distance', () => {
    const random = seededRandom(7);
    const draw = (size: number, shift: number) =>
      Float64Array.from({ length: size }, () => random() + shift).sort();
    for (const shift of [0, 0.1, 0.4]) {
      let covered = 0;
      const runs = 1_000;
      for (let run = 0; run < runs; run += 1) {
        const { statistic } = ksStatistic(draw(300, shift), draw(150, 0));
        // Two uniform laws that are shifted against each other are as far apart as they are shifted.
        covered += Math.abs(statistic - shift) <= dkwHalfWidth(300, 150, 0.8) ? 1 : 0;
      }
      expect(covered / runs).toBeGreaterThan(0.8);
    }
  });

  test.each([
    [0, 5, 0.95],
    [5, 0.5, 0.95],
    [5, 5, 0],
    [5, 5, 1],
    [Number.NaN, 5, 0.9],
  ])('refuses n = %d, m = %d, confidence %d', (n, m, confidence) => {
    expect(() => dkwHalfWidth(n, m, confidence)).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });

  test('is at most 1', () => {
    expect(dkwHalfWidth(1, 1, 0.99)).toBe(1);
    expect(dkwBand(1, 0.99999)).toBe(1);
  });
});
