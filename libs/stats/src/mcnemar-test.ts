import { domainError } from './domain-error.js';
import { regularizedBeta } from './regularized-beta.js';

/**
 * McNemar's test in its exact form (Q. McNemar, Psychometrika 12, 1947): two classifiers answer the same questions, `b` of
 * them only the first answers right, `c` only the second. If neither is better, b is binomial with b + c trials and
 * probability 1/2; two-sided, the smaller tail counted twice.
 *
 * @param b at least 0, whole, as is `c`
 * @throws AppError `stats.domain`
 */
export function mcnemarTest(b: number, c: number): number {
  for (const count of [b, c]) {
    if (!Number.isInteger(count) || count < 0) {
      throw domainError("McNemar's test", 'whole counts of at least 0', { b, c });
    }
  }
  const n = b + c;
  const k = Math.min(b, c);
  if (2 * k >= n) {
    return 1;
  }
  // P(X <= k) for n trials of probability 1/2 is the regularised incomplete beta function at 1/2.
  return Math.min(1, 2 * regularizedBeta(n - k, k + 1, 0.5));
}
