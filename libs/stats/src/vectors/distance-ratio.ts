import { domainError } from '../domain-error.js';
import { studentQuantile, studentSurvival } from '../student.js';

/** Sums over the distances of vectors to one point; sums of several stretches of time add up. */
export interface DistanceSums {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** How {@link distanceRatio} compares. */
export interface DistanceRatioOptions {
  /** In (0, 1). */
  readonly confidence: number;
  /**
   * Whether the centre is the mean of the very vectors of the baseline. It then lies nearer to them than to new vectors by
   * `(n - 1) / n`, and their distances are taken without their own part in it, times `n / (n - 1)`, which is exact.
   */
  readonly ownCentre: boolean;
}

/** Mean distance in a window over mean distance in the baseline. */
export interface DistanceRatio {
  /** `null` when a side has no vectors or all vectors of the baseline lie in the centre. */
  readonly ratio: number | null;
  /** `null` where spread cannot be told: fewer than two vectors on a side, a mean of 0, or distances that are all equal. */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided, for a larger mean distance in the window; `null` where spread cannot be told. */
  readonly pValue: number | null;
}

interface Side {
  readonly count: number;
  readonly mean: number;
  /** Of the mean. */
  readonly squaredError: number;
}

/** A variance below so many rounding steps of the squares is rounding alone. */
const ROUNDING = 16 * Number.EPSILON;

/**
 * The mean distance of a window's vectors to the centre of a baseline, as a multiple of what it is in the baseline.
 *
 * The interval is that of the logarithm by the delta method, whose squared error is the sum of the squared relative errors of
 * both means (Casella & Berger, Statistical Inference, 5.5.4), with Student's law; the p-value is Welch's test of the means
 * (B. L. Welch, Biometrika 34 (1947), 28-35), as `scipy.stats.ttest_ind_from_stats(equal_var=False, alternative='greater')`.
 *
 * The ratio sees spread and large moves. In d dimensions a move by `s` changes distances of about `sqrt(d)` by `s^2 / (2 d)` of
 * themselves alone: a test of centroids finds far smaller ones.
 *
 * @throws AppError `stats.domain` for sums that no distances have
 */
export function distanceRatio(
  window: DistanceSums,
  baseline: DistanceSums,
  { confidence, ownCentre }: DistanceRatioOptions,
): DistanceRatio {
  if (!(confidence > 0 && confidence < 1)) {
    throw domainError('A ratio of distances', 'a confidence between 0 and 1', { confidence });
  }
  const factor = ownCentre && baseline.count > 1 ? baseline.count / (baseline.count - 1) : 1;
  const [a, b] = [sideOf(window, 1), sideOf(baseline, factor)];
  const ratio = a.count > 0 && b.mean > 0 ? a.mean / b.mean : null;
  if (a.count < 2 || b.count < 2 || a.squaredError + b.squaredError === 0) {
    return { ratio, low: null, high: null, pValue: null };
  }
  const t = (a.mean - b.mean) / Math.sqrt(a.squaredError + b.squaredError);
  const pValue = studentSurvival(t, welchDegrees(a, b));
  if (ratio === null || ratio === 0) {
    return { ratio, low: null, high: null, pValue };
  }
  const [first, second] = [relative(a), relative(b)];
  const half =
    studentQuantile((1 + confidence) / 2, welchDegrees(first, second)) *
    Math.sqrt(first.squaredError + second.squaredError);
  return { ratio, low: ratio * Math.exp(-half), high: ratio * Math.exp(half), pValue };
}

function sideOf({ count, sum, sumOfSquares }: DistanceSums, factor: number): Side {
  const deviations = count === 0 ? 0 : sumOfSquares - (sum * sum) / count;
  const rounding = ROUNDING * sumOfSquares;
  const valid =
    Number.isSafeInteger(count) &&
    count >= 0 &&
    sum >= 0 &&
    sumOfSquares >= 0 &&
    Number.isFinite(sum + sumOfSquares) &&
    // Sums over millions of distances carry more rounding than one step.
    deviations >= -1e-9 * sumOfSquares &&
    (count > 0 || sum + sumOfSquares === 0);
  if (!valid) {
    throw domainError('A ratio of distances', 'sums of distances', { count, sum, sumOfSquares });
  }
  const spread = deviations > rounding ? deviations : 0;
  return {
    count,
    mean: count === 0 ? 0 : (factor * sum) / count,
    squaredError: count < 2 ? 0 : (factor * factor * spread) / (count - 1) / count,
  };
}

/** The side of the logarithm of the mean. */
function relative({ count, mean, squaredError }: Side): Side {
  return { count, mean: Math.log(mean), squaredError: squaredError / (mean * mean) };
}

/** Degrees of freedom of a difference of two means (Satterthwaite 1946; Welch 1947). */
function welchDegrees(a: Side, b: Side): number {
  const both = a.squaredError + b.squaredError;
  return both ** 2 / (a.squaredError ** 2 / (a.count - 1) + b.squaredError ** 2 / (b.count - 1));
}
