import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { groupJackknife } from './group-jackknife.js';
import { isotonicRegression } from './isotonic-regression.js';
import { mcnemarTest } from './mcnemar-test.js';

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/performance.json', import.meta.url), 'utf8'),
) as {
  mcnemar: [number, number, number][];
  isotonic: [number[], number[], number[]][];
};

describe("McNemar's exact test", () => {
  test.each(fixture.mcnemar)('%d against %d, as scipy has it', (b, c, p) => {
    expect(Math.abs(mcnemarTest(b, c) - p)).toBeLessThanOrEqual(1e-10 * p);
    expect(mcnemarTest(c, b)).toBe(mcnemarTest(b, c));
  });

  test('refuses what is no count', () => {
    expect(() => mcnemarTest(1.5, 2)).toThrow("McNemar's test");
    expect(() => mcnemarTest(-1, 2)).toThrow("McNemar's test");
  });
});

describe('isotonic regression', () => {
  test.each(fixture.isotonic)('%#, as scikit-learn has it', (values, weights, expected) => {
    const fitted = isotonicRegression(values, weights);
    fitted.forEach((value, index) => expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-10));
  });

  test('never decreases, keeps the weighted mean, and leaves what is sorted alone', () => {
    const random = seededRandom(3);
    for (let run = 0; run < 50; run += 1) {
      const values = Array.from({ length: 30 }, () => random());
      const weights = values.map(() => 1 + Math.floor(random() * 9));
      const fitted = isotonicRegression(values, weights);
      const mean = (of: ArrayLike<number>): number =>
        weights.reduce((sum, weight, i) => sum + weight * of[i]!, 0);
      fitted.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(fitted[i]!));
      expect(mean(fitted)).toBeCloseTo(mean(values), 10);
      const sorted = values.toSorted((a, b) => a - b);
      expect([...isotonicRegression(sorted, weights)]).toEqual(sorted);
    }
    expect(isotonicRegression([], [])).toHaveLength(0);
    expect(() => isotonicRegression([1], [0])).toThrow('Isotonic regression');
  });
});

describe('the jackknife', () => {
  test('of a mean is the standard error of the mean of the groups', () => {
    const random = seededRandom(8);
    const values = Array.from({ length: 20 }, () => seededNormal(random));
    const total = values.reduce((sum, value) => sum + value, 0);
    const mean = total / 20;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19;
    expect(groupJackknife(values.map((value) => (total - value) / 19))).toBeCloseTo(
      Math.sqrt(variance / 20),
      12,
    );
  });

  test('needs two groups', () => {
    expect(() => groupJackknife([1])).toThrow('The jackknife');
  });
});
