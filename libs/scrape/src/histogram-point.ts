import type { Sample, ScrapedExemplar } from './exposition.js';
import { parseValue, wholeCount } from './number-text.js';
import { labelOf, type GroupConversion } from './sample-group.js';

interface Bucket {
  readonly bound: number;
  /** Observations up to and including the bound. */
  readonly upTo: bigint;
}

/**
 * Puts a histogram together from its cumulative `_bucket` samples, `_count` and `_sum`.
 *
 * The count is that of the bucket up to infinity; only without one is it `_count`, and the buckets then need not be
 * complete. Targets that do not read their counters at one moment expose a `_count` that is a few observations off, and
 * in OTLP the buckets must add up to the count.
 */
export const histogramPoint: GroupConversion = (family, group, base) => {
  const buckets: Bucket[] = [];
  const exemplars: ScrapedExemplar[] = [];
  let total: bigint | undefined;
  let sum: number | null = null;
  for (const sample of group.samples) {
    if (sample.name === `${family}_sum`) {
      sum = sample.value.number;
      continue;
    }
    const count = wholeCount(sample.value);
    if (count === undefined) {
      return `the count ${sample.value.number} is not a whole number from 0`;
    }
    if (sample.name === `${family}_count`) {
      total = count;
      continue;
    }
    const bound = sample.name === `${family}_bucket` ? boundOf(sample) : undefined;
    if (bound === undefined) {
      return `a sample ${sample.name} has no label le with a number`;
    }
    buckets.push({ bound, upTo: count });
    if (sample.exemplar !== null) {
      exemplars.push(sample.exemplar);
    }
  }
  const counts = differences(buckets, total);
  return typeof counts === 'string' ? counts : { kind: 'histogram', ...base, ...counts, sum, exemplars };
};

function boundOf(sample: Sample): number | undefined {
  const bound = parseValue(labelOf(sample, 'le') ?? '')?.number;
  return bound === undefined || Number.isNaN(bound) || bound === -Infinity ? undefined : bound;
}

function differences(
  buckets: Bucket[],
  total: bigint | undefined,
): { count: bigint; bounds: number[]; bucketCounts: bigint[] } | string {
  buckets.sort((a, b) => a.bound - b.bound);
  const finite = buckets.filter(({ bound }) => bound !== Infinity);
  const count = buckets.find(({ bound }) => bound === Infinity)?.upTo ?? total;
  if (count === undefined) {
    return 'there is neither a bucket up to +Inf nor a count';
  }
  if (new Set(buckets.map(({ bound }) => bound)).size < buckets.length) {
    return 'two buckets have the same bound';
  }
  if (buckets.length === 0) {
    return { count, bounds: [], bucketCounts: [] };
  }
  const upTo = [0n, ...finite.map((bucket) => bucket.upTo), count];
  const bucketCounts = upTo.slice(1).map((value, index) => value - (upTo[index] ?? 0n));
  return bucketCounts.some((value) => value < 0n)
    ? 'the buckets are not cumulative: one holds less than the one before it'
    : { count, bounds: finite.map(({ bound }) => bound), bucketCounts };
}
