import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { durbinMatrixCdf } from './durbin-matrix.js';
import { kolmogorovSurvival } from './kolmogorov-survival.js';
import { pelzGoodCdf } from './pelz-good.js';
import { smirnovSurvival } from './smirnov-survival.js';

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/kolmogorov-survival.json', import.meta.url), 'utf8'),
) as { rows: [n: number, d: number, p: number][] };

const relativeError = (actual: number, expected: number) => Math.abs(actual - expected) / expected;

describe('kolmogorovSurvival', () => {
  test('equals scipy.stats.kstwo.sf within 1e-10 for sizes 1 to 1,000,000, down to p = 1e-300', () => {
    const errors = reference.rows.map(([n, d, p]) => relativeError(kolmogorovSurvival(n, d), p));
    expect(errors.length).toBeGreaterThan(700);
    expect(Math.max(...errors)).toBeLessThan(1e-10);
  });

  // P(D < d) = n! / n^n (2 n d - 1)^n for d <= 1/n, and P(D >= d) = 2 (1 - d)^n for d >= 1 - 1/n: exact by hand.
  test.each([
    { n: 1, d: 0.75, p: 0.5 },
    { n: 2, d: 0.375, p: 1 - 0.5 * 0.25 },
    { n: 2, d: 0.75, p: 0.125 },
    { n: 3, d: 0.8, p: 2 * 0.2 ** 3 },
    { n: 10, d: 0.05, p: 1 },
    { n: 10, d: 0, p: 1 },
    { n: 10, d: -1, p: 1 },
    { n: 10, d: 1, p: 0 },
    { n: 10, d: 2, p: 0 },
  ])('P(D >= $d) for $n observations is $p', ({ n, d, p }) => {
    expect(kolmogorovSurvival(n, d)).toBeCloseTo(p, 14);
  });

  test.each([1, 2, 17, 140, 141, 5_000, 2_000_000])('falls as d grows, within [0, 1]: n = %d', (n) => {
    let before = 1;
    for (let step = 0; step <= 400; step += 1) {
      const p = kolmogorovSurvival(n, (step / 400) * Math.min(1, 8 / Math.sqrt(n)));
      // Borders between approximations may step by their error: 3e-6 for n = 141, less elsewhere.
      expect(p).toBeLessThanOrEqual(before * (1 + 3e-6));
      expect(p).toBeGreaterThanOrEqual(0);
      before = p;
    }
  });

  test('the asymptotic form beyond 1,000,000 observations continues the sum', () => {
    const at = (n: number, effect: number) => kolmogorovSurvival(n, Math.sqrt(effect / n));
    expect(relativeError(at(1_000_001, 2.3), at(1_000_000, 2.3))).toBeLessThan(2e-6);
    expect(relativeError(at(1_000_001, 50), at(1_000_000, 50))).toBeLessThan(2e-3);
    expect(relativeError(at(1_000_001, 340), at(1_000_000, 340))).toBeLessThan(0.06);
  });

  test.each([
    [0, 0.5],
    [-3, 0.5],
    [2.5, 0.5],
    [NaN, 0.5],
    [10, NaN],
  ])('refuses n = %d with d = %d', (n, d) => {
    expect(() => kolmogorovSurvival(n, d)).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});

describe('the formulas behind it agree where they overlap', () => {
  test.each([10, 50, 140, 1_000])('Durbin matrix and twice the one-sided sum, n d^2 = 5, n = %d', (n) => {
    const d = Math.sqrt(5 / n);
    expect(relativeError(2 * smirnovSurvival(n, d), 1 - durbinMatrixCdf(n, d))).toBeLessThan(1e-9);
  });

  test.each([
    [141, 3e-5],
    [1_000, 5e-7],
    [5_000, 5e-8],
  ])('Durbin matrix and Pelz-Good, n = %d, within %d', (n, bound) => {
    for (const effect of [0.3, 1, 2.1]) {
      const d = Math.sqrt(effect / n);
      expect(relativeError(1 - pelzGoodCdf(n, d), 1 - durbinMatrixCdf(n, d))).toBeLessThan(bound);
    }
  });

  test('the one-sided sum of three observations is the polynomial of its definition', () => {
    // n = 3, d in (1/3, 2/3): terms v = 0, 1 of Birnbaum & Tingey.
    const d = 0.4;
    const expected = (1 - d) ** 3 + 3 * d * (1 - d - 1 / 3) ** 2;
    expect(relativeError(smirnovSurvival(3, d), expected)).toBeLessThan(1e-14);
  });
});
