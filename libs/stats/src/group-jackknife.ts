import { domainError } from './domain-error.js';

/**
 * The standard error of a statistic from its values with one of G random groups left out,
 * `se^2 = (G - 1) / G sum (theta_g - mean)^2` (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, ch. 11).
 * Together with Student's law of G - 1 degrees of freedom it gives an interval for any smooth statistic of sums.
 *
 * @param leftOut the statistic without group g, for each of at least two groups
 * @throws AppError `stats.domain`
 */
export function groupJackknife(leftOut: readonly number[]): number {
  const groups = leftOut.length;
  if (groups < 2) {
    throw domainError('The jackknife', 'at least two groups', { groups });
  }
  const mean = leftOut.reduce((sum, value) => sum + value, 0) / groups;
  const squares = leftOut.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(((groups - 1) / groups) * squares);
}
