import { domainError } from './domain-error.js';
import { regularizedBetaOf } from './regularized-beta.js';

/**
 * `P(T > t)` of Student's law with `df` degrees of freedom: `I_x(df/2, 1/2) / 2` with `x = df / (df + t^2)` for t >= 0
 * (DLMF 8.17, Abramowitz & Stegun 26.7.1). Small tails keep their digits.
 *
 * @throws AppError `stats.domain` unless df > 0
 */
export function studentSurvival(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t)) {
    throw domainError("Student's law", 'df > 0 and a number', { df, t });
  }
  if (t < 0) {
    return 1 - studentSurvival(-t, df);
  }
  if (t === Infinity) {
    return 0;
  }
  const square = t * t;
  return t === 0 ? 0.5 : regularizedBetaOf(df / 2, 0.5, df / (df + square), square / (df + square)) / 2;
}

/**
 * The value `t` with `P(T <= t) = p`, by bisection.
 *
 * @throws AppError `stats.domain` unless df > 0 and p in (0, 1)
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) {
    throw domainError("A quantile of Student's law", 'a probability between 0 and 1', { p });
  }
  if (p < 0.5) {
    return -studentQuantile(1 - p, df);
  }
  let low = 0;
  let high = 1;
  while (studentSurvival(high, df) > 1 - p) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200 && high - low > high * 1e-15; step += 1) {
    const middle = (low + high) / 2;
    if (studentSurvival(middle, df) > 1 - p) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return p === 0.5 ? 0 : (low + high) / 2;
}
