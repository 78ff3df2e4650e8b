import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { prometheusQuantile } from '../../../../test/harness/prometheus-quantile.js';
import { mergeExplicit } from './explicit-histogram.js';
import type { ExplicitHistogram } from './explicit-histogram.js';
import { explicitQuantile } from './explicit-quantile.js';

function histogram(
  bounds: readonly number[],
  counts: readonly number[],
  rest: Partial<ExplicitHistogram> = {},
): ExplicitHistogram {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    bounds,
    counts: counts.map(BigInt),
    count: BigInt(total),
    sum: null,
    min: null,
    max: null,
    ...rest,
  };
}

describe('quantiles of explicit histograms', () => {
  // The series and expected values of promql/promqltest/testdata/histograms.test (testhistogram at 50 m).
  const positive = histogram([0.1, 0.2, 1], [50, 20, 40, 10]);
  const negative = histogram([-0.2, -0.1, 0.3], [10, 10, 0, 10]);
  test.each([
    ['below 0 it is minus infinity', -0.1, -Infinity, -Infinity],
    ['above 1 it is infinity', 1.01, Infinity, Infinity],
    ['0 is where the first bucket begins, or its bound where that is negative', 0, 0, -0.2],
    ['1 is the highest finite bound', 1, 1, 0.3],
    ['linear inside the first bucket, which begins at 0', 0.2, 0.048, -0.2],
    ['linear inside a bucket between two bounds', 0.5, 0.15, -0.15],
    ['in the bucket without upper bound the highest finite bound', 0.8, 0.72, 0.3],
  ])('published example: %s', (_name, quantile, ofPositive, ofNegative) => {
    expect(explicitQuantile(positive, quantile)).toBeCloseTo(ofPositive, 14);
    expect(explicitQuantile(negative, quantile)).toBeCloseTo(ofNegative, 14);
  });

  test.each([
    ['no observations', histogram([1, 2], [0, 0, 0]), 0.5, NaN],
    ['no bounds', histogram([], [5]), 0.5, NaN],
    ['count and sum only', histogram([], [], { count: 7n, sum: 3 }), 0.5, NaN],
    ['not a quantile', histogram([1], [1, 1]), NaN, NaN],
    ['a bucket that fell counts as unchanged', histogram([1, 2, 4], [4, -2, 2, 0]), 0.75, 0.75],
    ['never above the largest observation', histogram([1, 10], [0, 4, 0], { min: 2, max: 3 }), 0.99, 3],
    ['never below the smallest observation', histogram([1, 10], [4, 0, 0], { min: 0.9, max: 1 }), 0.01, 0.9],
    ['beyond the highest bound up to the largest', histogram([1], [0, 4], { min: 5, max: 6 }), 0.5, 5],
  ])('%s', (_name, given, quantile, expected) => {
    expect(explicitQuantile(given, quantile)).toBe(expected);
  });

  test('agree with the rules of Prometheus on any histogram', () => {
    const bounds = fc
      .uniqueArray(fc.integer({ min: -40, max: 400 }), { minLength: 1, maxLength: 12 })
      .map((values) => values.sort((a, b) => a - b).map((value) => value / 8));
    const cases = bounds.chain((edges) =>
      fc.tuple(
        fc.constant(edges),
        fc.array(fc.nat(50), { minLength: edges.length + 1, maxLength: edges.length + 1 }),
        fc.oneof(fc.constantFrom(0, 0.5, 1, -0.1, 1.1), fc.double({ min: 0, max: 1, noNaN: true })),
      ),
    );
    fc.assert(
      fc.property(cases, ([edges, counts, quantile]) => {
        let sum = 0;
        const buckets = counts.map((count, index) => ({
          le: edges[index] ?? Infinity,
          count: (sum += count),
        }));
        expect(explicitQuantile(histogram(edges, counts), quantile)).toEqual(
          prometheusQuantile(quantile, buckets),
        );
      }),
      { numRuns: 5_000, seed: 20_261 },
    );
  });
});

describe('merging explicit histograms', () => {
  test('equal bounds add up, bucket by bucket', () => {
    const merged = mergeExplicit([
      histogram([1, 2], [1, 2, 3], { sum: 4, min: 0.5, max: 9 }),
      histogram([1, 2], [10, 20, 30], { sum: 40, min: 0.25, max: 8 }),
    ]);
    expect(merged).toEqual({
      histogram: histogram([1, 2], [11, 22, 33], { sum: 44, min: 0.25, max: 9 }),
      mapped: false,
    });
  });

  test('different bounds are brought to those in common, and that is said', () => {
    const merged = mergeExplicit([histogram([1, 2, 4], [1, 2, 3, 4]), histogram([0.5, 2, 3], [1, 1, 1, 1])]);
    expect(merged).toEqual({ histogram: histogram([2], [5, 9]), mapped: true });
  });

  test('without a bound in common one bucket is left, of which no quantile can be told', () => {
    const { histogram: merged, mapped } = mergeExplicit([histogram([1], [1, 2]), histogram([2], [3, 4])]);
    expect(merged).toEqual(histogram([], [10]));
    expect(mapped).toBe(true);
    expect(explicitQuantile(merged, 0.5)).toBeNaN();
  });

  test('a sum, min or max that one of them lacks is absent, unless it observed nothing', () => {
    const known = { sum: 1, min: 1, max: 1 };
    const { histogram: merged } = mergeExplicit([histogram([1], [1, 0], known), histogram([1], [0, 0])]);
    expect(merged).toMatchObject(known);
    const { histogram: unknown } = mergeExplicit([histogram([1], [1, 0], known), histogram([1], [1, 0])]);
    expect(unknown).toMatchObject({ sum: null, min: null, max: null });
  });

  test('one without buckets adds to the count only', () => {
    const merged = mergeExplicit([histogram([1], [1, 2]), histogram([], [], { count: 4n })]);
    expect(merged).toEqual({ histogram: histogram([1], [1, 2], { count: 7n }), mapped: false });
  });
});
