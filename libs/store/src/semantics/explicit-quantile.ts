import { clamp } from './explicit-histogram.js';
import type { ExplicitHistogram } from './explicit-histogram.js';

/**
 * The quantile of a histogram by the rules of Prometheus' `histogram_quantile`
 * (promql/quantile.go, `BucketQuantile`), so that dashboards and alerts agree with what people compute elsewhere.
 *
 * Observations are taken to lie evenly between the bounds of a bucket. The first bucket begins at 0 if its upper bound
 * is positive, else its upper bound is the answer; in the last one, which has no upper bound, the highest finite bound
 * is. Quantile 0 is NaN where the first bucket is empty, as it is there. Beyond Prometheus: where min and max are known (delta temporality), the answer is brought between them.
 *
 * @param quantile 0 to 1. Below 0 the answer is -Infinity, above 1 Infinity, for NaN NaN.
 * @returns NaN without observations, or without any finite bound.
 */
export function explicitQuantile(histogram: ExplicitHistogram, quantile: number): number {
  if (Number.isNaN(quantile)) {
    return NaN;
  }
  if (quantile < 0 || quantile > 1) {
    return quantile < 0 ? -Infinity : Infinity;
  }
  const { bounds } = histogram;
  const highest = bounds.at(-1);
  const cumulative = cumulativeCounts(histogram.counts);
  const total = cumulative.at(-1) ?? 0;
  if (highest === undefined || total === 0) {
    return NaN;
  }
  const rank = quantile * total;
  const bucket = cumulative.findIndex((count) => count >= rank);
  return clamp(bucket >= bounds.length ? highest : within(bounds, cumulative, bucket, rank), histogram);
}

/** Linear interpolation of `rank` inside `bucket`, which has an upper bound. */
function within(
  bounds: readonly number[],
  cumulative: readonly number[],
  bucket: number,
  rank: number,
): number {
  const end = bounds[bucket]!;
  if (bucket === 0 && end <= 0) {
    return end;
  }
  const start = bucket === 0 ? 0 : bounds[bucket - 1]!;
  const before = bucket === 0 ? 0 : cumulative[bucket - 1]!;
  return start + (end - start) * ((rank - before) / (cumulative[bucket]! - before));
}

/** Never falling, whatever the counts are: a counter that was reset unseen can make a bucket's increase negative. */
function cumulativeCounts(counts: readonly bigint[]): number[] {
  let sum = 0n;
  let highest = 0n;
  return counts.map((count) => {
    sum += count;
    highest = sum > highest ? sum : highest;
    return Number(highest);
  });
}
