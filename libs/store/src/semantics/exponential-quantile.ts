import { clamp } from './explicit-histogram.js';
import { lowerBound } from './exponential-histogram.js';
import type { ExponentialHistogram } from './exponential-histogram.js';

/**
 * What stands for an observation of which only the bucket is known.
 *
 * - `bounded`: 2lu / (l + u) of the bucket's bounds, the only value whose relative error is at most
 *   (base - 1) / (base + 1) wherever in the bucket the observation lies.
 * - `interpolated`: as Prometheus does for native histograms, exponentially by rank inside the bucket: closer on
 *   average for smooth data, but off by up to base - 1 in the worst case.
 */
export type QuantileEstimate = 'bounded' | 'interpolated';

/** One bucket, in order of value: `lower` < `upper`. */
interface ValueBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly isZero: boolean;
}

/**
 * The quantile: the value of the observation of rank ceil(quantile * n), as the estimate has it, brought between min
 * and max where they are known. Inside the zero bucket linear by rank, and from or to 0 when no observation lies on
 * the other side of it.
 *
 * @param quantile 0 to 1. Below 0 the answer is -Infinity, above 1 Infinity, for NaN NaN.
 * @returns NaN without observations.
 */
export function exponentialQuantile(
  histogram: ExponentialHistogram,
  quantile: number,
  estimate: QuantileEstimate = 'bounded',
): number {
  if (Number.isNaN(quantile)) {
    return NaN;
  }
  if (quantile < 0 || quantile > 1) {
    return quantile < 0 ? -Infinity : Infinity;
  }
  const buckets = bucketsInOrder(histogram);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  // Prometheus looks for the upper half from above: between two buckets the answer is then the beginning of the upper.
  const found =
    estimate === 'interpolated' && quantile >= 0.5
      ? rankFromAbove(buckets, (1 - quantile) * total)
      : rankFromBelow(buckets, quantile * total);
  return found === null ? NaN : clamp(valueIn(found.bucket, found.fraction, estimate), histogram);
}

/** The bucket that holds a rank, and how far up it the rank is, 0 to 1. */
interface RankPlace {
  readonly bucket: ValueBucket;
  readonly fraction: number;
}

function rankFromBelow(buckets: readonly ValueBucket[], rank: number): RankPlace | null {
  let before = 0;
  for (const bucket of buckets) {
    if (before + bucket.count >= rank) {
      return { bucket, fraction: (rank - before) / bucket.count };
    }
    before += bucket.count;
  }
  return null;
}

function rankFromAbove(buckets: readonly ValueBucket[], rank: number): RankPlace | null {
  const place = rankFromBelow(buckets.toReversed(), rank);
  return place === null ? null : { ...place, fraction: 1 - place.fraction };
}

function bucketsInOrder(histogram: ExponentialHistogram): ValueBucket[] {
  const { scale, zeroCount, zeroThreshold, positive, negative } = histogram;
  // A negative count can only come from a reset that nobody saw: it holds no observation.
  const populated = (side: typeof positive): typeof positive => side.filter(([, count]) => count > 0n);
  const below = populated(negative);
  const above = populated(positive);
  const bounds = (index: number): [number, number] => [
    lowerBound(index, scale),
    // The last bucket of the doubles ends with them.
    Math.min(lowerBound(index + 1, scale), Number.MAX_VALUE),
  ];
  const buckets = below.toReversed().map(([index, count]): ValueBucket => {
    const [near, far] = bounds(index);
    return { lower: -far, upper: -near, count: Number(count), isZero: false };
  });
  if (zeroCount > 0n) {
    const lower = below.length === 0 && above.length > 0 ? 0 : -zeroThreshold;
    const upper = above.length === 0 && below.length > 0 ? 0 : zeroThreshold;
    buckets.push({ lower, upper, count: Number(zeroCount), isZero: true });
  }
  for (const [index, count] of above) {
    const [lower, upper] = bounds(index);
    buckets.push({ lower, upper, count: Number(count), isZero: false });
  }
  return buckets;
}

function valueIn(
  { lower, upper, isZero }: ValueBucket,
  fraction: number,
  estimate: QuantileEstimate,
): number {
  if (isZero) {
    return lower + (upper - lower) * fraction;
  }
  if (estimate === 'bounded') {
    // = 2lu / (l + u), without overflow in between.
    return lower * (2 / (1 + lower / upper));
  }
  const sign = Math.sign(upper === 0 ? lower : upper);
  // A bound may have fallen below the smallest double.
  const from = Math.log2(Math.max(Math.abs(lower), Number.MIN_VALUE));
  const to = Math.log2(Math.max(Math.abs(upper), Number.MIN_VALUE));
  return sign * 2 ** (from + (to - from) * fraction);
}
