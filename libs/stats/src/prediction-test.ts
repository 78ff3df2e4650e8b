import { domainError } from './domain-error.js';
import { momentsOf } from './moments.js';
import { studentQuantile, studentSurvival } from './student.js';

/** Outcome of a comparison of one value with earlier ones. */
export interface PredictionTest {
  /** Mean of the earlier values. */
  readonly expected: number;
  /** The value less the mean, with its confidence interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Whether a new value is like `k` earlier ones: `t = (x - mean) / (s sqrt(1 + 1/k))` follows Student's law with `k - 1`
 * degrees of freedom when all `k + 1` are independent, normal and alike (R. A. Fisher 1935, the prediction interval). With
 * few earlier values the tails are long: five of them know little of what is rare.
 *
 * @param history earlier values, at least two
 * @param leastVariance what the variance is at least known to be: the mean, for counts of events (Poisson's law)
 * @throws AppError `stats.domain` for fewer than two earlier values or anything that is not finite
 */
export function predictionTest(
  value: number,
  history: ArrayLike<number>,
  confidence: number,
  leastVariance = 0,
): PredictionTest {
  const k = history.length;
  if (k < 2 || !Number.isFinite(value) || !(confidence > 0 && confidence < 1)) {
    throw domainError('A prediction test', 'two earlier values or more, a finite value, 0 < confidence < 1', {
      value,
      k,
      confidence,
    });
  }
  const { mean, m2 } = momentsOf(history);
  const scale = Math.sqrt(Math.max(leastVariance, m2 / (k - 1)) * (1 + 1 / k));
  const difference = value - mean;
  const half = studentQuantile((1 + confidence) / 2, k - 1) * scale;
  return {
    expected: mean,
    difference,
    low: difference - half,
    high: difference + half,
    pValue: difference === 0 ? 1 : 2 * studentSurvival(Math.abs(difference) / scale, k - 1),
  };
}
