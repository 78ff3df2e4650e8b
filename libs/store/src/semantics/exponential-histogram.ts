import { combine } from './explicit-histogram.js';

/** Populated buckets by index, ascending; none has a count of 0. */
export type ExponentialBuckets = readonly (readonly [index: number, count: bigint])[];

/**
 * A histogram with exponential buckets: base = 2^(2^-scale), positive bucket i is (base^i, base^(i+1)], negative bucket
 * i is [-base^(i+1), -base^i).
 *
 * Differences of histograms are histograms too: every operation here is linear in the counts, which may be negative
 * on the way.
 */
export interface ExponentialHistogram {
  /** Integer; 20 is the finest that SDKs make, -10 covers all doubles with four buckets. */
  readonly scale: number;
  /** Observations whose magnitude is at most `zeroThreshold`. */
  readonly zeroCount: bigint;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
  readonly count: bigint;
  /** `null` when it was not recorded for every observation; likewise `min` and `max`. */
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Buckets from the wire's form: counts of consecutive buckets from `offset` on. */
export function bucketsFrom(offset: number, counts: ArrayLike<bigint>): ExponentialBuckets {
  return Array.from(counts, (count, position) => [offset + position, count] as const).filter(
    ([, count]) => count !== 0n,
  );
}

/** Relative error of the bounded quantile estimate at `scale`: (base - 1) / (base + 1). */
export function relativeError(scale: number): number {
  // = tanh(ln(base) / 2), which keeps its digits for bases next to 1.
  return Math.tanh(Math.LN2 * 2 ** (-scale - 1));
}

/**
 * The lower bound of bucket `index`: base^index. 0 or Infinity beyond the range of doubles.
 *
 * For scale <= 0 it is exact; above, Math.pow's last digit.
 */
export function lowerBound(index: number, scale: number): number {
  return 2 ** (index * 2 ** -scale);
}

/**
 * The histograms added up. Exact: every count ends in the bucket that its observations belong to.
 *
 * All are brought to the coarsest of their scales (bucket i at scale s is part of bucket i >> d at scale s - d, also for
 * negative i) and to the widest of their zero buckets. Where that would cut a populated bucket, the zero threshold
 * rises to the bucket's far edge, because how its observations lie inside is unknown.
 */
export function mergeExponential(histograms: readonly ExponentialHistogram[]): ExponentialHistogram {
  const scale = histograms.reduce((least, each) => Math.min(least, each.scale), Infinity);
  const positive = addBuckets(histograms.map((each) => downscale(each.positive, each.scale - scale)));
  const negative = addBuckets(histograms.map((each) => downscale(each.negative, each.scale - scale)));
  const threshold = histograms.reduce((widest, each) => Math.max(widest, each.zeroThreshold), 0);
  const zero = widenZero(threshold, scale, [positive, negative]);
  const folded = (buckets: ExponentialBuckets): bigint =>
    buckets.reduce((sum, [index, count]) => (index < zero.firstIndex ? sum + count : sum), 0n);
  return {
    scale: Number.isFinite(scale) ? scale : 0,
    zeroCount:
      histograms.reduce((sum, { zeroCount }) => sum + zeroCount, 0n) + folded(positive) + folded(negative),
    zeroThreshold: zero.threshold,
    positive: positive.filter(([index]) => index >= zero.firstIndex),
    negative: negative.filter(([index]) => index >= zero.firstIndex),
    count: histograms.reduce((sum, { count }) => sum + count, 0n),
    sum: combine(histograms, 'sum', (a, b) => a + b),
    min: combine(histograms, 'min', Math.min),
    max: combine(histograms, 'max', Math.max),
  };
}

/**
 * What a cumulative histogram grew by from `earlier` to `later`, both brought to one scale and zero bucket first: a
 * scale that fell between them is no reset.
 *
 * @returns `null` when some count fell, hence the stream began anew in between. Min and max of an increase are unknown.
 */
export function subtractExponential(
  later: ExponentialHistogram,
  earlier: ExponentialHistogram,
): ExponentialHistogram | null {
  const minus = (buckets: ExponentialBuckets): ExponentialBuckets =>
    buckets.map(([index, count]) => [index, -count] as const);
  const difference = mergeExponential([
    { ...later, min: null, max: null },
    {
      ...earlier,
      zeroCount: -earlier.zeroCount,
      positive: minus(earlier.positive),
      negative: minus(earlier.negative),
      count: -earlier.count,
      sum: earlier.sum === null ? null : -earlier.sum,
      min: null,
      max: null,
    },
  ]);
  const counts = [...difference.positive, ...difference.negative].map(([, count]) => count);
  return [...counts, difference.zeroCount, difference.count].some((count) => count < 0n) ? null : difference;
}

/** The buckets at a scale that is lower by `by`. */
function downscale(buckets: ExponentialBuckets, by: number): ExponentialBuckets {
  // Floor division, not `>>`: that takes its distance modulo 32. Exact for 32-bit indices.
  return by === 0 ? buckets : buckets.map(([index, count]) => [Math.floor(index / 2 ** by), count] as const);
}

function addBuckets(parts: readonly ExponentialBuckets[]): ExponentialBuckets {
  const sums = new Map<number, bigint>();
  for (const [index, count] of parts.flat()) {
    sums.set(index, (sums.get(index) ?? 0n) + count);
  }
  return [...sums].filter(([, count]) => count !== 0n).sort(([a], [b]) => a - b);
}

/** The zero bucket that holds `threshold` and cuts no populated bucket, and the first bucket that lies outside it. */
function widenZero(
  threshold: number,
  scale: number,
  sides: readonly ExponentialBuckets[],
): { threshold: number; firstIndex: number } {
  if (!(threshold > 0) || threshold === Infinity) {
    return { threshold, firstIndex: threshold > 0 ? Infinity : -Infinity };
  }
  const index = bucketOf(threshold, scale);
  const upper = lowerBound(index + 1, scale);
  const populated = sides.some((buckets) => buckets.some(([each]) => each === index));
  if (threshold === upper || populated) {
    return { threshold: upper, firstIndex: index + 1 };
  }
  return { threshold, firstIndex: index };
}

/** The index of the bucket that holds `value` > 0. */
export function bucketOf(value: number, scale: number): number {
  // The logarithm may be off by its last digit next to a bound: the bounds themselves decide.
  let index = Math.ceil(Math.log2(value) * 2 ** scale) - 1;
  while (lowerBound(index, scale) >= value) {
    index--;
  }
  while (lowerBound(index + 1, scale) < value) {
    index++;
  }
  return index;
}
