import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { benjaminiHochberg } from './benjamini-hochberg.js';
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { differenceOfProportionsInterval } from './difference-of-proportions.js';
import { autocorrelationInflation, indicatorAutocorrelation, kishEffectiveSize } from './effective-size.js';
import { describeMoments, mergeMoments, momentsOf } from './moments.js';
import { binomialDensity, twoProportionExact } from './two-proportion-exact.js';
import { wilsonInterval } from './wilson-interval.js';

const tables = JSON.parse(readFileSync(new URL('../fixtures/table-tests.json', import.meta.url), 'utf8')) as {
  fisher: [number, number, number, number, number][];
  homogeneity: [number[], number[], number, number, number][];
  wilson: [number, number, number, number, number][];
  newcombe: [number, number, number, number, number, number, number][];
  benjaminiHochberg: [number[], number[]][];
  moments: {
    values: number[];
    mean: number;
    meanInterval: [number, number];
    variance: number;
    varianceInterval: [number, number];
    skewness: number;
    kurtosis: number;
  }[];
};

/** Equal within 1e-10, relative to the expected value. */
function expectClose(actual: number | null, expected: number): void {
  expect(actual).not.toBeNull();
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-10 * Math.abs(expected) + 1e-300);
}

describe('twoProportionExact', () => {
  test.each(tables.fisher)('%d of %d against %d of %d, as scipy has it', (k1, n1, k2, n2, p) => {
    expectClose(twoProportionExact(k1, n1, k2, n2).pValue, p);
  });

  test('is symmetric in its samples and in success and failure', () => {
    const sizes = fc.record({ n1: fc.integer({ min: 1, max: 500 }), n2: fc.integer({ min: 1, max: 500 }) });
    const cases = sizes.chain(({ n1, n2 }) =>
      fc.tuple(
        fc.constant(n1),
        fc.constant(n2),
        fc.integer({ min: 0, max: n1 }),
        fc.integer({ min: 0, max: n2 }),
      ),
    );
    fc.assert(
      fc.property(cases, ([n1, n2, k1, k2]) => {
        const { pValue } = twoProportionExact(k1, n1, k2, n2);
        expect(pValue).toBeGreaterThan(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(twoProportionExact(k2, n2, k1, n1).pValue / pValue).toBeCloseTo(1, 8);
        expect(twoProportionExact(n1 - k1, n1, n2 - k2, n2).pValue / pValue).toBeCloseTo(1, 8);
      }),
    );
  });

  test('says when the sizes are too large for an exact sum', () => {
    const { pValue, method } = twoProportionExact(5e9, 1e10, 5.0001e9, 1e10);
    expect(method).toBe('chi-square');
    // A difference of 1e-5 is the square root of 2 standard errors: erfc(1).
    expect(pValue).toBeCloseTo(0.15729920705028513, 4);
    expect(twoProportionExact(50, 1e9, 90, 1e9).method).toBe('exact');
  });

  test('binomial probabilities add up to one', () => {
    for (const [n, p] of [
      [7, 0.3],
      [500, 0.01],
      [10_000, 0.5],
    ] as const) {
      let sum = 0;
      for (let k = 0; k <= n; k += 1) {
        sum += binomialDensity(k, n, p);
      }
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  test.each([
    [3, 2, 1, 2],
    [-1, 2, 1, 2],
    [0.5, 2, 1, 2],
    [0, 0, 1, 2],
  ])('refuses %d of %d against %d of %d', (...args) => {
    expect(() => twoProportionExact(...args)).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});

describe('chiSquareHomogeneity', () => {
  test.each(tables.homogeneity)('%j against %j, as scipy has it', (a, b, statistic, df, p) => {
    const result = chiSquareHomogeneity(a, b, { method: 'chi-square' });
    expectClose(result.statistic, statistic);
    expect(result.df).toBe(df);
    expectClose(result.pValue, p);
  });

  test('chooses by expected counts', () => {
    expect(chiSquareHomogeneity([30, 40], [40, 50]).method).toBe('chi-square');
    expect(chiSquareHomogeneity([3, 40], [1, 50])).toMatchObject({
      method: 'exact',
      pValue: twoProportionExact(3, 43, 1, 51).pValue,
    });
    expect(chiSquareHomogeneity([3, 4, 5], [4, 5, 0]).method).toBe('monte-carlo');
  });

  test('one category, or an empty sample, differs in nothing', () => {
    expect(chiSquareHomogeneity([5, 0], [7, 0])).toEqual({
      statistic: 0,
      df: 0,
      pValue: 1,
      method: 'chi-square',
    });
    expect(chiSquareHomogeneity([0, 0], [7, 3]).pValue).toBe(1);
    expect(chiSquareHomogeneity([], []).pValue).toBe(1);
  });

  test('a random p-value is never 0, the same for the same seed, and near the exact one', () => {
    const draw = (seed: number) =>
      chiSquareHomogeneity([9, 1], [1, 9], { method: 'monte-carlo', seed }).pValue;
    expect(draw(3)).toBe(draw(3));
    const exact = twoProportionExact(9, 10, 1, 10).pValue;
    expect(Math.abs(draw(3) - exact)).toBeLessThan(4 * Math.sqrt(exact / 9_999));
    const apart = chiSquareHomogeneity([100, 0, 0], [0, 3, 3], { method: 'monte-carlo' });
    expect(apart.pValue).toBe(1 / 10_000);
  });

  test('small tables are rejected at most as often as they should be', () => {
    const random = seededRandom(11);
    const draw = (size: number): number[] => {
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < size; i += 1) {
        counts[Math.floor(random() ** 2 * 4)]! += 1;
      }
      return counts;
    };
    const runs = 600;
    let rejected = 0;
    for (let run = 0; run < runs; run += 1) {
      const { pValue } = chiSquareHomogeneity(draw(12), draw(20), { draws: 199, seed: run });
      rejected += pValue <= 0.1 ? 1 : 0;
    }
    expect(rejected / runs).toBeLessThan(0.1 + 4 * Math.sqrt(0.09 / runs));
    expect(rejected / runs).toBeGreaterThan(0.04);
  });
});

test.each(tables.wilson)("Wilson's interval of %d of %d at %d", (k, n, confidence, low, high) => {
  const interval = wilsonInterval(k, n, confidence);
  expect(interval.low).toBeCloseTo(low, 12);
  expect(interval.high).toBeCloseTo(high, 12);
});

test.each(tables.newcombe)("Newcombe's interval of %d of %d less %d of %d at %d", (...row) => {
  const [k1, n1, k2, n2, confidence, low, high] = row;
  const interval = differenceOfProportionsInterval(k1, n1, k2, n2, confidence);
  expect(interval.difference).toBe(k1 / n1 - k2 / n2);
  expect(interval.low).toBeCloseTo(low, 10);
  expect(interval.high).toBeCloseTo(high, 10);
});

test.each(tables.benjaminiHochberg)('Benjamini-Hochberg of %j', (pValues, expected) => {
  const adjusted = benjaminiHochberg(Object.freeze(pValues));
  adjusted.forEach((value, index) => expectClose(value, expected[index]!));
});

describe('moments', () => {
  test.each(tables.moments)('as numpy and scipy have them (%#)', (expected) => {
    const described = describeMoments(momentsOf(expected.values), 0.95);
    expectClose(described.mean, expected.mean);
    expectClose(described.meanInterval!.low, expected.meanInterval[0]);
    expectClose(described.meanInterval!.high, expected.meanInterval[1]);
    // numpy takes the deviations of values near 1e9 from a rounded mean.
    expect(described.variance! / expected.variance).toBeCloseTo(1, 8);
    expect(described.varianceInterval!.low / expected.varianceInterval[0]).toBeCloseTo(1, 8);
    expect(described.varianceInterval!.high / expected.varianceInterval[1]).toBeCloseTo(1, 8);
    expect(described.skewness).toBeCloseTo(expected.skewness, 6);
    expect(described.kurtosis).toBeCloseTo(expected.kurtosis, 6);
  });

  test('of parts put together are those of the whole', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const whole = momentsOf([...a, ...b]);
        const merged = mergeMoments(momentsOf(a), momentsOf(b));
        const scale = Math.max(1, whole.max - whole.min);
        expect(merged.count).toBe(whole.count);
        expect([merged.min, merged.max]).toEqual([whole.min, whole.max]);
        expect(Math.abs(merged.mean - whole.mean)).toBeLessThan(1e-9 * scale);
        expect(Math.abs(merged.m2 - whole.m2)).toBeLessThan(1e-9 * scale ** 2 * (whole.count + 1));
        expect(Math.abs(merged.m3 - whole.m3)).toBeLessThan(1e-9 * scale ** 3 * (whole.count + 1));
        expect(Math.abs(merged.m4 - whole.m4)).toBeLessThan(1e-9 * scale ** 4 * (whole.count + 1));
      }),
    );
  });

  test('of no, one, or equal values leave undefined what is undefined', () => {
    expect(describeMoments(momentsOf([]), 0.95)).toMatchObject({
      count: 0,
      mean: null,
      variance: null,
      min: null,
    });
    expect(describeMoments(momentsOf([5]), 0.95)).toMatchObject({
      mean: 5,
      variance: null,
      meanInterval: null,
    });
    expect(describeMoments(momentsOf([5, 5, 5]), 0.95)).toMatchObject({
      variance: 0,
      varianceInterval: null,
      skewness: null,
      meanInterval: { low: 5, high: 5 },
    });
  });
});

describe('effective sizes', () => {
  test('of equal weights is their number; one heavy weight counts as one', () => {
    expect(kishEffectiveSize([2, 2, 2])).toBe(3);
    expect(kishEffectiveSize([1, 0, 0])).toBe(1);
    expect(() => kishEffectiveSize([0])).toThrow(expect.objectContaining({ code: 'stats.domain' }));
    expect(() => kishEffectiveSize([1, -1])).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });

  test('an indicator that always, never, or half the time repeats itself', () => {
    expect(indicatorAutocorrelation({ pairs: 10, sameSide: 10, share: 0.5 })).toBe(1);
    expect(indicatorAutocorrelation({ pairs: 10, sameSide: 0, share: 0.5 })).toBe(-1);
    expect(indicatorAutocorrelation({ pairs: 10, sameSide: 5, share: 0.5 })).toBe(0);
    expect(indicatorAutocorrelation({ pairs: 0, sameSide: 0, share: 0.5 })).toBe(0);
    expect(indicatorAutocorrelation({ pairs: 5, sameSide: 5, share: 1 })).toBe(0);
  });

  test('the inflation is 1 without memory, 2.98 at rho = 0.6, and grows with it', () => {
    const ofRho = (rho: number) => autocorrelationInflation((2 / Math.PI) * Math.asin(rho));
    expect(ofRho(0)).toBe(1);
    expect(ofRho(-0.5)).toBe(1);
    expect(ofRho(0.6)).toBeCloseTo(2.98, 2);
    expect(ofRho(0.9)).toBeGreaterThan(10);
    expect(autocorrelationInflation(1)).toBe(10_000);
  });

  test('the inflation is that of the median share of an autoregression', () => {
    const random = seededRandom(5);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const rho = 0.6;
    const [runs, length] = [3_000, 400];
    let squares = 0;
    let pairs = 0;
    let sameSide = 0;
    for (let run = 0; run < runs; run += 1) {
      let x = normal();
      let below = 0;
      let before: boolean | null = null;
      for (let i = 0; i < length; i += 1) {
        const side = x < 0;
        below += side ? 1 : 0;
        if (before !== null) {
          pairs += 1;
          sameSide += side === before ? 1 : 0;
        }
        before = side;
        x = rho * x + Math.sqrt(1 - rho * rho) * normal();
      }
      squares += (below / length - 0.5) ** 2;
    }
    const observed = squares / runs / (0.25 / length);
    const inflation = autocorrelationInflation(indicatorAutocorrelation({ pairs, sameSide, share: 0.5 }));
    expect(observed / inflation).toBeCloseTo(1, 1);
  });
});
