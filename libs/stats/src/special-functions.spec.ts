import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chiSquareQuantile, chiSquareSurvival } from './chi-square.js';
import { erf, erfc } from './error-function.js';
import { kolmogorovLimitSurvival } from './kolmogorov-limit.js';
import { lnGamma } from './ln-gamma.js';
import { normalCdf, normalQuantile, normalSurvival } from './normal.js';
import { inverseRegularizedBeta, lnBeta, regularizedBeta } from './regularized-beta.js';
import { regularizedGammaP, regularizedGammaQ } from './regularized-gamma.js';
import { studentQuantile, studentSurvival } from './student.js';

const tables = JSON.parse(
  readFileSync(new URL('../fixtures/special-functions.json', import.meta.url), 'utf8'),
) as Record<string, number[][]>;

/** Each function with the table that mpmath made for it, and how many rows that has at least. */
const FUNCTIONS: readonly [name: string, rows: number, compute: (...row: number[]) => number][] = [
  ['lnGamma', 160, (x) => lnGamma(x)],
  ['gammaP', 150, (a, x) => regularizedGammaP(a, x)],
  ['gammaQ', 150, (a, x) => regularizedGammaQ(a, x)],
  ['beta', 100, (a, b, x) => regularizedBeta(a, b, x)],
  ['studentSurvival', 80, (t, df) => studentSurvival(t, df)],
  ['erf', 90, (x) => erf(x)],
  ['erfc', 90, (x) => erfc(x)],
  ['normalQuantile', 60, (p) => normalQuantile(p)],
  ['kolmogorovLimit', 15, (x) => kolmogorovLimitSurvival(x)],
];

describe('special functions equal mpmath within 1e-13', () => {
  test.each(FUNCTIONS)('%s', (name, least, compute) => {
    const rows = tables[name]!;
    expect(rows.length).toBeGreaterThanOrEqual(least);
    const worst = rows
      .map((row) => {
        const expected = row.at(-1)!;
        return { row, error: Math.abs(compute(...row.slice(0, -1)) / expected - 1) / allowance(expected) };
      })
      .sort((a, b) => b.error - a.error)[0]!;
    expect(worst.error < 1e-13 ? 'within 1e-13' : worst).toBe('within 1e-13');
  });
});

/**
 * A tail of 1e-100 and less is the exponential of a number of some hundreds, whose own rounding error the result carries:
 * one unit in the last place of 230 is 3e-14.
 */
function allowance(expected: number): number {
  return Math.max(1, -Math.log(Math.abs(expected)) / 230);
}

describe('inverses', () => {
  const probability = fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true });
  const parameter = fc.double({ min: 0.1, max: 5_000, noNaN: true });

  test('a quantile of the chi-square law has the probability asked for', () => {
    fc.assert(
      fc.property(probability, parameter, (p, df) => {
        expect(chiSquareSurvival(chiSquareQuantile(p, df), df) / (1 - p)).toBeCloseTo(1, 6);
      }),
      { numRuns: 100 },
    );
  });

  test("a quantile of Student's law has the probability asked for", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), parameter, (p, df) => {
        expect(studentSurvival(studentQuantile(p, df), df) / (1 - p)).toBeCloseTo(1, 6);
      }),
      { numRuns: 100 },
    );
  });

  test('a quantile of the beta law has the probability asked for', () => {
    fc.assert(
      fc.property(probability, parameter, parameter, (p, a, b) => {
        // Near 1 the law of a small b is so steep that one unit in the last place of x changes p in the seventh digit.
        const x = inverseRegularizedBeta(a, b, p);
        expect(regularizedBeta(a, b, x * (1 - 1e-14))).toBeLessThanOrEqual(p * (1 + 1e-9));
        expect(regularizedBeta(a, b, Math.min(1, x * (1 + 1e-14)))).toBeGreaterThanOrEqual(p * (1 - 1e-9));
      }),
      { numRuns: 100 },
    );
  });
});

test('a function and its complement add up to one', () => {
  expect(normalCdf(1.3) + normalSurvival(1.3)).toBeCloseTo(1, 15);
  expect(regularizedGammaP(3, 4) + regularizedGammaQ(3, 4)).toBeCloseTo(1, 15);
  expect(erf(0.7) + erfc(0.7)).toBeCloseTo(1, 15);
  expect(erf(-0.7)).toBe(-erf(0.7));
  expect(erfc(-3)).toBeCloseTo(2 - erfc(3), 15);
  expect(studentSurvival(-2, 5) + studentSurvival(2, 5)).toBeCloseTo(1, 15);
});

test.each([
  [1, 1, 0],
  [2, 3, Math.log(1 / 12)],
  [500, 0.5, Math.log(0.0792864)],
])('ln B(%d, %d)', (a, b, expected) => {
  expect(lnBeta(a, b)).toBeCloseTo(expected, 5);
  expect(lnBeta(a, b)).toBe(lnBeta(b, a));
});

test.each<[string, () => number]>([
  ['lnGamma(0)', () => lnGamma(0)],
  ['lnGamma(NaN)', () => lnGamma(Number.NaN)],
  ['regularizedGammaQ(0, 1)', () => regularizedGammaQ(0, 1)],
  ['regularizedBeta(1, 1, 2)', () => regularizedBeta(1, 1, 2)],
  ['normalQuantile(0)', () => normalQuantile(0)],
  ['studentSurvival(1, 0)', () => studentSurvival(1, 0)],
  ['chiSquareQuantile(1, 3)', () => chiSquareQuantile(1, 3)],
])('%s is refused', (_what, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'stats.domain' }));
});
