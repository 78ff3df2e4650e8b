import { deviance, productMinus } from './deviance.js';
import { domainError } from './domain-error.js';
import { lnGamma, stirlingSeries } from './ln-gamma.js';

const LONGEST = 1_000_000;

/** The logarithm of the beta function, `ln Gamma(a) + ln Gamma(b) - ln Gamma(a + b)`, for a, b > 0. */
export function lnBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < 12) {
    return lnGamma(a) + lnGamma(b) - lnGamma(a + b);
  }
  // ln Gamma(large) - ln Gamma(large + small) without their leading terms, which cancel.
  const total = large + small;
  const ratio =
    stirlingSeries(large) -
    stirlingSeries(total) -
    (large - 0.5) * Math.log1p(small / large) -
    small * (Math.log(total) - 1);
  return lnGamma(small) + ratio;
}

/**
 * The regularised incomplete beta function `I_x(a, b)`: the distribution function of a beta variable.
 *
 * Continued fraction on the side where it converges fast, with the power terms in Loader's saddle-point form for large
 * parameters. Within 1e-13 relative of mpmath; the complement is `regularizedBeta(b, a, 1 - x)`.
 *
 * @throws AppError `stats.domain` unless a, b > 0 and x in [0, 1]
 */
export function regularizedBeta(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) {
    throw domainError('The incomplete beta function', 'a, b > 0 and x in [0, 1]', { a, b, x });
  }
  if (x === 0 || x === 1) {
    return x;
  }
  return x <= (a + 1) / (a + b + 2) ? fraction(a, b, x, 1 - x) : 1 - fraction(b, a, 1 - x, x);
}

/**
 * `I_x(a, b)` with both `x` and `y = 1 - x` given: for an `x` so close to 1 that `1 - x` has lost its digits.
 */
export function regularizedBetaOf(a: number, b: number, x: number, y: number): number {
  return x <= (a + 1) / (a + b + 2) ? fraction(a, b, x, y) : 1 - fraction(b, a, y, x);
}

/** `x^a y^b / B(a, b)`. */
function powerTerm(a: number, b: number, x: number, y: number): number {
  if (Math.min(a, b) < 12) {
    const lnX = y < 0.5 ? Math.log1p(-y) : Math.log(x);
    const lnY = x < 0.5 ? Math.log1p(-x) : Math.log(y);
    return Math.exp(a * lnX + b * lnY - lnBeta(a, b));
  }
  const n = a + b;
  const difference = distanceFromMean(a, b, x, y);
  const exponent =
    stirlingSeries(n) -
    stirlingSeries(a) -
    stirlingSeries(b) -
    deviance(a, n * x, difference) -
    deviance(b, n * y, -difference);
  return Math.exp(exponent) * Math.sqrt((a * b) / (2 * Math.PI * n));
}

/** `a - (a + b) x`, by the smaller of `x` and `y`, which has lost nothing. */
function distanceFromMean(a: number, b: number, x: number, y: number): number {
  return x < y ? -productMinus(a + b, x, a) : productMinus(a + b, y, b);
}

/**
 * The even part of the continued fraction, in the arrangement of A. R. DiDonato & A. H. Morris (ACM Transactions on
 * Mathematical Software 18 (1992), 360-373, equation 9): it takes the distance from the mean, `a - (a + b) x`, as a number
 * of its own, where the usual one subtracts numbers near 1 at every step.
 */
function fraction(a: number, b: number, x: number, y: number): number {
  const c = 1 + distanceFromMean(a, b, x, y);
  const c0 = b / a;
  const c1 = 1 + 1 / a;
  let [p, s] = [1, a + 1];
  let [above, below] = [0, 1];
  let [nextAbove, nextBelow] = [1, c / c1];
  let ratio = c1 / c;
  for (let n = 1; n < LONGEST; n += 1) {
    const t = n / a;
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + c0) * e * e * (w * x);
    const beta = n + w / s + ((1 + t) / (c1 + 2 * t)) * (c + n * (y + 1));
    p = 1 + t;
    s += 2;
    [above, nextAbove] = [nextAbove, alpha * above + beta * nextAbove];
    [below, nextBelow] = [nextBelow, alpha * below + beta * nextBelow];
    const before = ratio;
    ratio = nextAbove / nextBelow;
    if (Math.abs(ratio - before) <= 1e-16 * ratio) {
      break;
    }
    // Only ratios count, and the terms grow without bound.
    above /= nextBelow;
    below /= nextBelow;
    nextAbove = ratio;
    nextBelow = 1;
  }
  return Math.min(1, powerTerm(a, b, x, y) * ratio);
}

/**
 * The `x` with `I_x(a, b) = p`, by bisection on the distribution function: some 60 evaluations.
 *
 * @throws AppError `stats.domain` unless a, b > 0 and p in [0, 1]
 */
export function inverseRegularizedBeta(a: number, b: number, p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw domainError('A quantile of the beta law', 'a probability in [0, 1]', { p });
  }
  let low = 0;
  let high = 1;
  for (let step = 0; step < 1100 && high - low > high * 1e-15; step += 1) {
    // Towards 0 by orders of magnitude: a quantile may be 1e-200.
    const middle = low === 0 && high < 0.1 ? high * high * (high < 1e-100 ? 1e10 : 1) : (low + high) / 2;
    if (middle <= low || middle >= high) {
      break;
    }
    if (regularizedBeta(a, b, middle) < p) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return p === 0 ? 0 : high;
}
