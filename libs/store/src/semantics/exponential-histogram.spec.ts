import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import {
  bucketsFrom,
  lowerBound,
  mergeExponential,
  relativeError,
  subtractExponential,
} from './exponential-histogram.js';
import type { ExponentialBuckets, ExponentialHistogram } from './exponential-histogram.js';
import { exponentialQuantile } from './exponential-quantile.js';

const EMPTY: ExponentialHistogram = {
  scale: 0,
  zeroCount: 0n,
  zeroThreshold: 0,
  positive: [],
  negative: [],
  count: 0n,
  sum: null,
  min: null,
  max: null,
};

function histogram(partial: Partial<ExponentialHistogram>): ExponentialHistogram {
  const { positive = [], negative = [], zeroCount = 0n } = partial;
  const count = [...positive, ...negative].reduce((sum, [, each]) => sum + each, zeroCount);
  return { ...EMPTY, count, ...partial };
}

/** Division that rounds down, also for negative integers, on integers of any size. */
function floorDivide(value: bigint, divisor: bigint): bigint {
  return (value - (((value % divisor) + divisor) % divisor)) / divisor;
}

/** The bucket of `index` at `from` as seen at the coarser scale `to`, from the definition: base^i, base = 2^(2^-scale). */
const coarser = (index: number, from: number, to: number): number =>
  Number(floorDivide(BigInt(index), 2n ** BigInt(from - to)));

const integerIn = (random: () => number, min: number, max: number): number =>
  min + Math.floor(random() * (max - min + 1));

function randomBuckets(random: () => number): ExponentialBuckets {
  const offset = integerIn(random, -300, 300);
  return bucketsFrom(
    offset,
    Array.from({ length: integerIn(random, 0, 12) }, () => BigInt(integerIn(random, 0, 4))),
  );
}

/** Counts by place, `+3`, `-7` or `zero`. */
type Places = Record<string, bigint>;

function placesOf({ positive, negative, zeroCount }: ExponentialHistogram): Places {
  return Object.fromEntries([
    ...positive.map(([index, count]) => [`+${index}`, count] as const),
    ...negative.map(([index, count]) => [`-${index}`, count] as const),
    ...(zeroCount === 0n ? [] : [['zero', zeroCount] as const]),
  ]);
}

/** The bucket that holds 2^k or 1.5 * 2^k at `scale` 0 to 5, or below, in integers: 2^(i / 2^s) < t <= 2^((i+1) / 2^s). */
function bucketOfThreshold(k: number, isHalfMore: boolean, scale: number): number {
  if (scale < 0) {
    const width = 2n ** BigInt(-scale);
    return Number(isHalfMore ? floorDivide(BigInt(k), width) : floorDivide(BigInt(k) - 1n, width));
  }
  const power = 2 ** scale;
  // 3^n is no power of two: floor(log2(3^n)) from the length of its binary digits.
  return isHalfMore ? (3n ** BigInt(power)).toString(2).length - 1 + (k - 1) * power : k * power - 1;
}

/** Slow and exact: every count put where its bucket lies at the least scale, then the zero bucket's rule in words. */
function referenceMerge(
  parts: readonly ExponentialHistogram[],
  threshold: { k: number; isHalfMore: boolean } | null,
): Places {
  const scale = Math.min(...parts.map((part) => part.scale));
  const places: Places = {};
  const add = (place: string, count: bigint): void => {
    places[place] = (places[place] ?? 0n) + count;
  };
  for (const part of parts) {
    part.positive.forEach(([index, count]) => add(`+${coarser(index, part.scale, scale)}`, count));
    part.negative.forEach(([index, count]) => add(`-${coarser(index, part.scale, scale)}`, count));
    add('zero', part.zeroCount);
  }
  if (threshold !== null) {
    const holding = bucketOfThreshold(threshold.k, threshold.isHalfMore, scale);
    // A bucket that only begins below the threshold is swallowed whole.
    for (const place of Object.keys(places).filter(
      (each) => each !== 'zero' && Number(each.slice(1)) <= holding,
    )) {
      add('zero', places[place]!);
      delete places[place];
    }
  }
  return Object.fromEntries(Object.entries(places).filter(([, count]) => count !== 0n));
}

describe('merging exponential histograms', () => {
  test('is exact: 10,000 random cases of any scales, odd and negative offsets, both signs', () => {
    const random = seededRandom(1);
    for (let run = 0; run < 10_000; run++) {
      const k = integerIn(random, -12, 12);
      const isHalfMore = random() < 0.5;
      const widest = random() < 0.5 ? null : { k, isHalfMore };
      const parts = Array.from({ length: integerIn(random, 1, 4) }, (_each, index) =>
        histogram({
          scale: integerIn(random, -3, 5),
          positive: randomBuckets(random),
          negative: random() < 0.5 ? [] : randomBuckets(random),
          zeroCount: BigInt(integerIn(random, 0, 3)),
          zeroThreshold: widest === null || index > 0 ? 0 : 2 ** k * (isHalfMore ? 1.5 : 1),
        }),
      );
      const merged = mergeExponential(parts);
      expect(placesOf(merged)).toEqual(referenceMerge(parts, widest));
      expect(merged.count).toBe(parts.reduce((sum, { count }) => sum + count, 0n));
    }
  });

  test('in any grouping gives the same counts', () => {
    const random = seededRandom(2);
    for (let run = 0; run < 1_000; run++) {
      const [a, b, c] = Array.from({ length: 3 }, () =>
        histogram({
          scale: integerIn(random, -4, 20),
          positive: randomBuckets(random),
          negative: randomBuckets(random),
        }),
      ) as [ExponentialHistogram, ExponentialHistogram, ExponentialHistogram];
      const whole = mergeExponential([a, b, c]);
      expect(mergeExponential([mergeExponential([a, b]), c])).toEqual(whole);
      expect(mergeExponential([mergeExponential([c, b]), a])).toEqual(whole);
    }
  });

  test('the widest zero bucket swallows smaller buckets of both signs', () => {
    const merged = mergeExponential([
      histogram({
        positive: [
          [-4, 1n],
          [-3, 2n],
          [5, 3n],
        ],
        negative: [
          [-9, 4n],
          [2, 5n],
        ],
      }),
      histogram({ zeroThreshold: 0.25, zeroCount: 10n }),
    ]);
    expect(merged).toEqual(
      histogram({ zeroThreshold: 0.25, zeroCount: 17n, positive: [[5, 3n]], negative: [[2, 5n]] }),
    );
  });

  test('a threshold inside a populated bucket rises to its upper edge; inside an empty one it stays', () => {
    const wide = histogram({ zeroThreshold: 3, zeroCount: 1n });
    expect(
      mergeExponential([
        histogram({
          positive: [
            [1, 2n],
            [2, 7n],
          ],
        }),
        wide,
      ]),
    ).toEqual(histogram({ zeroThreshold: 4, zeroCount: 3n, positive: [[2, 7n]] }));
    expect(
      mergeExponential([
        histogram({
          negative: [
            [1, 2n],
            [2, 7n],
          ],
        }),
        wide,
      ]),
    ).toEqual(histogram({ zeroThreshold: 4, zeroCount: 3n, negative: [[2, 7n]] }));
    expect(mergeExponential([histogram({ positive: [[2, 7n]] }), wide])).toEqual(
      histogram({ zeroThreshold: 3, zeroCount: 1n, positive: [[2, 7n]] }),
    );
  });

  test('sum, min and max add up, and are absent where one of them lacks them', () => {
    const known = histogram({ positive: [[0, 1n]], sum: 1.5, min: 1.5, max: 1.5 });
    const other = histogram({ positive: [[3, 1n]], sum: 9, min: 9, max: 9 });
    expect(mergeExponential([known, other])).toMatchObject({ sum: 10.5, min: 1.5, max: 9 });
    expect(mergeExponential([known, histogram({ positive: [[3, 1n]] })])).toMatchObject({
      sum: null,
      min: null,
      max: null,
    });
  });

  test('nothing merged is an empty histogram', () => {
    expect(mergeExponential([])).toEqual(histogram({}));
  });
});

describe('the increase of a cumulative exponential histogram', () => {
  test('is what was observed in between, also where the scale fell: 2,000 random cases', () => {
    const random = seededRandom(3);
    for (let run = 0; run < 2_000; run++) {
      const earlier = histogram({
        scale: integerIn(random, -2, 8),
        positive: randomBuckets(random),
        negative: randomBuckets(random),
      });
      const between = histogram({
        scale: integerIn(random, -2, 8),
        positive: randomBuckets(random),
        negative: randomBuckets(random),
        zeroCount: BigInt(integerIn(random, 0, 5)),
      });
      const later = mergeExponential([earlier, between]);
      expect(subtractExponential(later, earlier)).toEqual({
        ...mergeExponential([between, histogram({ scale: later.scale })]),
      });
    }
  });

  test('is none where a bucket fell: the stream began anew', () => {
    const earlier = histogram({
      scale: 1,
      positive: [
        [0, 3n],
        [1, 3n],
      ],
    });
    expect(
      subtractExponential(
        histogram({
          scale: 1,
          positive: [
            [0, 9n],
            [1, 2n],
          ],
        }),
        earlier,
      ),
    ).toBeNull();
    expect(
      subtractExponential(
        histogram({
          scale: 0,
          positive: [
            [0, 5n],
            [3, 9n],
          ],
        }),
        earlier,
      ),
    ).toBeNull();
  });
});

/** A histogram of `values`, by the definition of the buckets. */
function observe(values: readonly number[], scale: number): ExponentialHistogram {
  const indexOf = (value: number): number => Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1;
  const side = (chosen: readonly number[]): ExponentialBuckets =>
    mergeExponential(chosen.map((value) => histogram({ scale, positive: [[indexOf(value), 1n]] }))).positive;
  return histogram({
    scale,
    positive: side(values.filter((value) => value > 0)),
    negative: side(values.filter((value) => value < 0)),
    zeroCount: BigInt(values.filter((value) => value === 0).length),
  });
}

describe('quantiles of exponential histograms', () => {
  test('are off by at most (base - 1) / (base + 1): 10,000 random cases', () => {
    const random = seededRandom(4);
    for (let run = 0; run < 10_000; run++) {
      const scale = integerIn(random, -1, 8);
      const spread = random() * 6;
      const values = Array.from({ length: integerIn(random, 1, 30) }, () => {
        const magnitude = Math.exp(seededNormal(random) * spread);
        return random() < 0.05 ? 0 : random() < 0.3 ? -magnitude : magnitude;
      }).sort((a, b) => a - b);
      const quantile = random() < 0.1 ? Math.round(random()) : random();
      const exact = values[Math.max(0, Math.ceil(quantile * values.length) - 1)]!;
      const estimate = exponentialQuantile(observe(values, scale), quantile);
      // 1e-9: the logarithm behind a bucket's bounds, not the estimate.
      expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(
        relativeError(scale) * Math.abs(exact) * (1 + 1e-9),
      );
    }
  });

  test.each([
    [2, 0.0864],
    [3, 0.0433],
    [4, 0.0217],
    [5, 0.0108],
    [6, 0.0054],
  ])('the error at scale %d is %d', (scale, expected) => {
    expect(relativeError(scale)).toBeCloseTo(expected, 4);
    const base = 2 ** (2 ** -scale);
    expect(relativeError(scale)).toBeCloseTo((base - 1) / (base + 1), 14);
  });

  // promql/promqltest/testdata/native_histograms.test; bucket i there is bucket i - 1 here.
  const withZero = { zeroCount: 2n, zeroThreshold: 0.001 };
  const five = bucketsFrom(-1, [2n, 3n, 0n, 1n, 4n]);
  const three = bucketsFrom(-1, [1n, 2n, 1n]);
  test.each([
    ['single_histogram', histogram({ positive: three }), 0.5, 1.414213562373095],
    ['negative_histogram', histogram({ negative: three }), 0.5, -1.414213562373095],
    ['single_zero_histogram', histogram({ zeroCount: 1n, zeroThreshold: 0.5 }), 0.5, 0],
    ['balanced_histogram', histogram({ positive: three, negative: three }), 0.5, 0.5],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 1.001, Infinity],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 1, 16],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 0.99, 15.67072476139083],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 0.9, 12.99603834169977],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 0.6, 4.594793419988138],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 0.5, 1.5874010519681994],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 0.1, 0.0006],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), 0, 0],
    ['histogram_quantile_1', histogram({ ...withZero, positive: five }), -1, -Infinity],
    ['histogram_quantile_2', histogram({ ...withZero, negative: five }), 1, 0],
    ['histogram_quantile_2', histogram({ ...withZero, negative: five }), 0.99, -0.00006],
    ['histogram_quantile_2', histogram({ ...withZero, negative: five }), 0.9, -0.0006],
    ['histogram_quantile_2', histogram({ ...withZero, negative: five }), 0.5, -1.5874010519681996],
    ['histogram_quantile_2', histogram({ ...withZero, negative: five }), 0.1, -12.996038341699768],
  ])('interpolated as Prometheus publishes it: %s at %d', (_name, given, quantile, expected) => {
    expect(exponentialQuantile(given, quantile, 'interpolated')).toBeCloseTo(expected, 12);
  });

  test('interpolated lies in the right bucket, so that its error is below base - 1: 2,000 random cases', () => {
    const random = seededRandom(5);
    for (let run = 0; run < 2_000; run++) {
      const scale = integerIn(random, 0, 6);
      const values = Array.from({ length: 25 }, () => Math.exp(seededNormal(random))).sort((a, b) => a - b);
      const quantile = random();
      const exact = values[Math.max(0, Math.ceil(quantile * values.length) - 1)]!;
      const estimate = exponentialQuantile(observe(values, scale), quantile, 'interpolated');
      expect(Math.abs(estimate - exact) / exact).toBeLessThanOrEqual((lowerBound(1, scale) - 1) * (1 + 1e-9));
    }
  });

  test.each([
    ['no observations', histogram({}), 0.5, NaN],
    ['not a quantile', histogram({ positive: three }), NaN, NaN],
    [
      'between the smallest and the largest observation',
      histogram({ positive: [[3, 1n]], min: 9, max: 9 }),
      0.5,
      9,
    ],
  ])('%s', (_name, given, quantile, expected) => {
    expect(exponentialQuantile(given, quantile)).toBe(expected);
  });

  test('the last bucket of the doubles ends with them', () => {
    const estimate = exponentialQuantile(histogram({ positive: [[1023, 1n]] }), 1);
    expect(estimate / 2 ** 1023).toBeCloseTo(4 / 3, 12);
  });
});
