import { domainError } from './domain-error.js';
import { regularizedGammaP, regularizedGammaQ } from './regularized-gamma.js';

/** `P(X > x)` of the chi-square law with `df` degrees of freedom; small tails keep their digits. */
export function chiSquareSurvival(x: number, df: number): number {
  return regularizedGammaQ(df / 2, Math.max(0, x) / 2);
}

/**
 * The value `x` with `P(X <= x) = p`, by bisection to the last digit.
 *
 * @throws AppError `stats.domain` unless df > 0 and p in (0, 1)
 */
export function chiSquareQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df > 0)) {
    throw domainError('A chi-square quantile', 'a probability between 0 and 1 and df > 0', { p, df });
  }
  // Whichever tail is small decides: it is the one that is accurate.
  const below = (x: number): boolean =>
    p < 0.5 ? regularizedGammaP(df / 2, x / 2) < p : regularizedGammaQ(df / 2, x / 2) > 1 - p;
  let low = 0;
  let high = Math.max(1, df);
  while (below(high)) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 1100 && high - low > high * 1e-15; step += 1) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) {
      break;
    }
    if (below(middle)) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (low + high) / 2;
}
