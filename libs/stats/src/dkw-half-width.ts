import { AppError } from '@tidewatch/core';

/**
 * Half width of a confidence interval for the Kolmogorov-Smirnov distance between two distributions, given samples of
 * `n` and `m` values: with probability at least `confidence`, the true distance lies within `D` plus or minus this.
 *
 * Each empirical distribution function stays within `sqrt(ln(2 / alpha) / (2 n))` of its own distribution with
 * probability `1 - alpha` (Dvoretzky, Kiefer & Wolfowitz 1956, with the constant of Massart 1990). Each sample gets half
 * of the error, confidence `(1 + c) / 2` (Bonferroni), and the two widths add up by the triangle inequality:
 *
 *     sqrt(ln(4 / (1 - c)) / 2) (1/sqrt(n) + 1/sqrt(m))
 *
 * This holds for every pair of sizes and distributions, ties included, and is on the wide side. A direct two-sample
 * inequality (Wei & Dudley 2012) is narrower, but bounds the distance only where both distributions are equal: it
 * gives a test, not an interval around an effect.
 *
 * @param n size of the first sample, at least 1
 * @param m size of the second sample, at least 1
 * @param confidence in (0, 1), such as 0.95
 * @returns at most 1, since no distance is larger
 * @throws AppError `stats.domain` for anything else
 */
export function dkwHalfWidth(n: number, m: number, confidence: number): number {
  if (!(n >= 1 && m >= 1 && confidence > 0 && confidence < 1)) {
    throw new AppError({
      code: 'stats.domain',
      message: `A confidence band needs sizes of at least 1 and a confidence between 0 and 1, and got n = ${n}, m = ${m}, confidence ${confidence}.`,
    });
  }
  return Math.min(1, Math.sqrt(Math.log(4 / (1 - confidence)) / 2) * (1 / Math.sqrt(n) + 1 / Math.sqrt(m)));
}
