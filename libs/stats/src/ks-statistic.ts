import { AppError } from '@tidewatch/core';

/** The two-sample Kolmogorov-Smirnov distance and where it comes from. */
export interface KsStatistic {
  /** `D`, the largest vertical distance between the two empirical distribution functions, in [0, 1]. */
  readonly statistic: number;
  /** `D n m` as an integer: the largest `|i m - j n|`, where `i` and `j` count values at or below a point. */
  readonly numerator: number;
  /** Size of the first sample. */
  readonly n: number;
  /** Size of the second sample. */
  readonly m: number;
  /** The smallest value at which the distance is reached. */
  readonly location: number;
}

/**
 * The two-sample Kolmogorov-Smirnov statistic `D = sup |F(x) - G(x)|` of right-continuous empirical distribution
 * functions.
 *
 * Counts are compared as integers, `|i m - j n|`, and divided once at the end, so `D` is the double closest to the true
 * rational and equal values are ties at any scale. (An absolute tolerance, as some implementations use, calls every
 * pair of probabilities near 1e-8 a tie.) O(n + m).
 *
 * @param sortedA first sample, ascending, finite, not empty
 * @param sortedB second sample, likewise
 * @throws AppError `stats.empty-sample`, `stats.not-finite` for NaN or an infinity, `stats.too-large` when `n m`
 *   exceeds 2^53
 *
 * @example ksStatistic(Float64Array.of(1, 2, 3), Float64Array.of(1.5, 2.5)).statistic // 1/3
 */
export function ksStatistic(sortedA: Float64Array, sortedB: Float64Array): KsStatistic {
  const n = sortedA.length;
  const m = sortedB.length;
  requireSample(sortedA, 'first');
  requireSample(sortedB, 'second');
  if (n * m > Number.MAX_SAFE_INTEGER) {
    throw new AppError({
      code: 'stats.too-large',
      message: `Samples of ${n} and ${m} values are too large to compare exactly: their product exceeds 2^53.`,
      hint: 'Compare a random subset of each.',
    });
  }
  let i = 0;
  let j = 0;
  let numerator = 0;
  let location = Math.min(sortedA[0]!, sortedB[0]!);
  // Once one sample is used up the distance only falls, so the rest of the other one needs no visit.
  while (i < n && j < m) {
    const x = Math.min(sortedA[i]!, sortedB[j]!);
    // Passing all values equal to x before comparing is what makes the distribution functions right-continuous.
    while (i < n && sortedA[i]! === x) {
      i += 1;
    }
    while (j < m && sortedB[j]! === x) {
      j += 1;
    }
    const distance = Math.abs(i * m - j * n);
    if (distance > numerator) {
      numerator = distance;
      location = x;
    }
  }
  return { statistic: numerator / (n * m), numerator, n, m, location };
}

/** Sorting puts -Infinity first and +Infinity and NaN last, so the two ends tell about all values. */
function requireSample(sorted: Float64Array, which: string): void {
  if (sorted.length === 0) {
    throw new AppError({
      code: 'stats.empty-sample',
      message: `The ${which} sample is empty, so it has no distribution to compare.`,
    });
  }
  if (!Number.isFinite(sorted[0]) || !Number.isFinite(sorted.at(-1))) {
    throw new AppError({
      code: 'stats.not-finite',
      message: `The ${which} sample holds NaN or an infinite value.`,
      hint: 'Remove values that are not finite, and count them, before comparing distributions.',
    });
  }
}
