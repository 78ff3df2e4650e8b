import { domainError } from './domain-error.js';
import { inverseRegularizedBeta, regularizedBeta } from './regularized-beta.js';

/** Outcome of a comparison of two rates. */
export interface RateComparison {
  /** The first rate over the second: events per exposure; Infinity when the second sample has no events. */
  readonly ratio: number;
  /** Ends of the confidence interval of the ratio. */
  readonly low: number;
  readonly high: number;
  /** Twice the smaller tail, at most 1. */
  readonly pValue: number;
}

/**
 * Compares two Poisson rates exactly: given the total, the first count is binomial with the first sample's share of the
 * exposure (J. Przyborowski and H. Wilenski, Biometrika 31 (1940), 313-323). The interval is Clopper and Pearson's of that
 * share, turned into a ratio. Of no events at all the p-value is 1 and the interval unbounded.
 *
 * @param k1 events of the first sample, at least 0; counts need not be whole (effective sizes)
 * @param t1 its exposure, above 0: a time, a number of windows
 * @throws AppError `stats.domain`
 */
export function poissonRateTest(
  k1: number,
  t1: number,
  k2: number,
  t2: number,
  confidence: number,
): RateComparison {
  const counts = Number.isFinite(k1) && Number.isFinite(k2) && k1 >= 0 && k2 >= 0;
  if (!(counts && t1 > 0 && t2 > 0 && confidence > 0 && confidence < 1)) {
    throw domainError('A comparison of rates', 'counts >= 0, exposures > 0, confidence between 0 and 1', {
      k1,
      t1,
      k2,
      t2,
      confidence,
    });
  }
  const share = t1 / (t1 + t2);
  const tail = (1 - confidence) / 2;
  // Odds of the share, per exposure.
  const ratioOf = (theta: number): number => (theta >= 1 ? Infinity : (theta / (1 - theta)) * (t2 / t1));
  return {
    ratio: k1 + k2 === 0 ? Number.NaN : k2 === 0 ? Infinity : k1 / t1 / (k2 / t2),
    low: k1 === 0 ? 0 : ratioOf(inverseRegularizedBeta(k1, k2 + 1, tail)),
    high: k2 === 0 ? Infinity : ratioOf(inverseRegularizedBeta(k1 + 1, k2, 1 - tail)),
    pValue: Math.min(1, 2 * Math.min(upperTail(k1, k2, share), upperTail(k2, k1, 1 - share))),
  };
}

/** `P(X >= k)` of a binomial law with `k + rest` trials: `I_p(k, rest + 1)` (DLMF 8.17.5). */
function upperTail(k: number, rest: number, p: number): number {
  return k === 0 ? 1 : regularizedBeta(k, rest + 1, p);
}
