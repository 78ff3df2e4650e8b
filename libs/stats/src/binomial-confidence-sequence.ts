import { domainError } from './domain-error.js';
import { lnBeta } from './regularized-beta.js';
import type { Interval } from './wilson-interval.js';

/** Halvings of [0, 1] until neighbouring doubles are left. */
const HALVINGS = 60;

/**
 * An interval for the probability of success that holds at every number of trials at once, with probability at least
 * `1 - alpha`, so that it may be looked at after every trial.
 *
 * The likelihood ratio of a mixture over all probabilities, `B(k + 1/2, n - k + 1/2) / B(1/2, 1/2) / (p^k (1 - p)^(n - k))`,
 * is a martingale when p is true, and exceeds `1 / alpha` ever with probability at most alpha (J. Ville 1939; H. Robbins,
 * Annals of Mathematical Statistics 41, 1970). The interval holds the p for which it does not.
 *
 * @param k successes; n trials. Real numbers: weighted trials are put in by their effective size
 * @throws AppError `stats.domain`
 */
export function binomialConfidenceSequence(k: number, n: number, alpha: number): Interval {
  requireTrials(k, n, alpha);
  const estimate = n === 0 ? 0.5 : k / n;
  const mixture = lnMixture(k, n);
  const inside = (p: number): boolean => mixture - lnLikelihood(k, n, p) < -Math.log(alpha);
  return {
    low: k === 0 ? 0 : boundary(inside, estimate, 0),
    high: k === n ? 1 : boundary(inside, estimate, 1),
  };
}

/**
 * Shares of a sample between which the quantile of a level lies, at every size at once: of `n` values, how many lie at or
 * below the true quantile is binomial with that level. The quantile lies between those of the levels `low` and `high` of the
 * sample.
 *
 * @param level in (0, 1)
 * @throws AppError `stats.domain`
 */
export function quantileConfidenceSequence(n: number, level: number, alpha: number): Interval {
  if (!(level > 0 && level < 1)) {
    throw domainError('A quantile', 'a level in (0, 1)', { level });
  }
  requireTrials(level * n, n, alpha);
  const inside = (share: number): boolean =>
    lnMixture(share * n, n) - lnLikelihood(share * n, n, level) < -Math.log(alpha);
  return { low: boundary(inside, level, 0), high: boundary(inside, level, 1) };
}

/** Where between `from`, which is inside, and `to` the inside ends; `to` where all of it is inside. */
function boundary(inside: (x: number) => boolean, from: number, to: number): number {
  if (inside(to)) {
    return to;
  }
  let [within, beyond] = [from, to];
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (within + beyond) / 2;
    if (inside(middle)) {
      within = middle;
    } else {
      beyond = middle;
    }
  }
  return beyond;
}

function lnMixture(k: number, n: number): number {
  return lnBeta(k + 0.5, n - k + 0.5) - lnBeta(0.5, 0.5);
}

function lnLikelihood(k: number, n: number, p: number): number {
  return term(k, p) + term(n - k, 1 - p);
}

/** `count ln p`, 0 for nothing counted. */
function term(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p);
}

function requireTrials(k: number, n: number, alpha: number): void {
  if (!(k >= 0 && k <= n && Number.isFinite(n)) || !(alpha > 0 && alpha < 1)) {
    throw domainError('A confidence sequence', '0 <= k <= n and alpha in (0, 1)', { k, n, alpha });
  }
}
