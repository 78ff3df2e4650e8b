import type { BucketCounts } from './distribution.js';
import { lowerBound, type ExponentialBuckets, type ExponentialHistogram } from './exponential-histogram.js';

/**
 * An exponential histogram as counts between bounds: both edges of every populated bucket. Between two bounds without a
 * populated bucket the count is 0.
 *
 * Negative buckets hold their lower edge and not their upper one; here they are taken as if it were the other way round.
 */
export function boundedBuckets({
  scale,
  zeroCount,
  zeroThreshold,
  positive,
  negative,
}: ExponentialHistogram): BucketCounts {
  const bounds: number[] = [];
  const counts: number[] = [];
  const add = (from: number, to: number, count: bigint): void => {
    if (count <= 0n || from >= to) {
      return;
    }
    if (bounds.length === 0 || bounds.at(-1)! < from) {
      bounds.push(from);
      counts.push(0);
    }
    bounds.push(to);
    counts.push(Number(count));
  };
  const below: ExponentialBuckets = [...negative].reverse();
  below.forEach(([index, count]) => add(-lowerBound(index + 1, scale), -lowerBound(index, scale), count));
  // Zeros alone are a single value: the smallest step below it is its lower edge.
  add(zeroThreshold > 0 ? -zeroThreshold : -Number.MIN_VALUE, zeroThreshold, zeroCount);
  positive.forEach(([index, count]) => add(lowerBound(index, scale), lowerBound(index + 1, scale), count));
  return { bounds, counts: [...counts, 0] };
}
