import { domainError } from './domain-error.js';
import { normalQuantile } from './normal.js';

/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval of a proportion (Journal of the American Statistical Association 22 (1927), 209-212): all `p`
 * that a two-sided score test would not reject. Never empty and never outside [0, 1], also for no or all successes.
 *
 * Equal to `statsmodels.stats.proportion.proportion_confint(method='wilson')` and scipy's `binomtest(...).proportion_ci`.
 *
 * @param k successes, 0 to n; counts need not be whole (effective sizes)
 * @param n trials, above 0
 * @param confidence in (0, 1)
 * @throws AppError `stats.domain`
 */
export function wilsonInterval(k: number, n: number, confidence: number): Interval {
  if (!(n > 0 && k >= 0 && k <= n && confidence > 0 && confidence < 1)) {
    throw domainError("Wilson's interval", '0 <= k <= n, n > 0 and a confidence between 0 and 1', {
      k,
      n,
      confidence,
    });
  }
  const z = normalQuantile((1 + confidence) / 2);
  const p = k / n;
  const square = (z * z) / n;
  const middle = p + square / 2;
  const half = z * Math.sqrt((p * (1 - p)) / n + square / (4 * n));
  // At the ends both terms are equal, but for rounding.
  return {
    low: k === 0 ? 0 : Math.max(0, (middle - half) / (1 + square)),
    high: k === n ? 1 : Math.min(1, (middle + half) / (1 + square)),
  };
}
