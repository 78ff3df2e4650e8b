import type { MeasuredValue } from './measured-value.js';

/** Measurements between bounds: `counts[i]` lie in (bounds[i-1], bounds[i]], the last of them above all bounds. */
export interface BucketCounts {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Share of measurements at most (or above) `bound`, with what the buckets leave open.
 *
 * Exact where `bound` is a bound of the buckets. Otherwise the measurements of the bucket around it are taken to lie
 * evenly, and the interval says what the share may be at least and at most.
 *
 * @returns `null` without measurements
 */
export function bucketShare(
  { bounds, counts }: BucketCounts,
  bound: number,
  side: 'atMost' | 'above',
): MeasuredValue | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) {
    return null;
  }
  let below = 0;
  let around = 0;
  let part = 0;
  counts.forEach((count, index) => {
    const end = bounds[index] ?? Infinity;
    const start = index === 0 ? Math.min(0, end) : (bounds[index - 1] ?? Infinity);
    if (end <= bound) {
      below += count;
    } else if (start < bound) {
      around = count;
      part = Number.isFinite(end) ? (bound - start) / (end - start) : 0.5;
    }
  });
  const [low, value, high] = [below, below + part * around, below + around].map((each) => each / total) as [
    number,
    number,
    number,
  ];
  return side === 'atMost'
    ? { value, low, high, note: '' }
    : { value: 1 - value, low: 1 - high, high: 1 - low, note: '' };
}

/**
 * The quantile of bucketed measurements by the rules of Prometheus' `histogram_quantile` (promql/quantile.go): even
 * inside a bucket, the first one from 0 if its bound is positive, the highest bound for the last.
 *
 * @param quantile 0 to 1
 * @returns NaN without measurements or bounds
 */
export function bucketQuantile({ bounds, counts }: BucketCounts, quantile: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const highest = bounds.at(-1);
  if (highest === undefined || total <= 0) {
    return Number.NaN;
  }
  const rank = quantile * total;
  let before = 0;
  for (const [index, end] of bounds.entries()) {
    const count = counts[index] ?? 0;
    if (before + count >= rank) {
      if (index === 0 && end <= 0) {
        return end;
      }
      const start = index === 0 ? 0 : (bounds[index - 1] ?? 0);
      return count === 0
        ? index === 0
          ? Number.NaN
          : start
        : start + (end - start) * ((rank - before) / count);
    }
    before += count;
  }
  return highest;
}
