import { chiSquareSurvival } from './chi-square.js';
import { deviance } from './deviance.js';
import { domainError } from './domain-error.js';
import { stirlingError } from './stirling-error.js';

/** Outcome of a test of two proportions, and which law gave its p-value. */
export interface TwoProportionResult {
  readonly pValue: number;
  readonly method: 'exact' | 'chi-square';
}

/** Terms of the hypergeometric law that are worth summing: 2 million take about 0.1 s. */
const LONGEST_SUM = 2_000_000;
/** Probabilities this close count as equal, as in R and scipy: rounding must not drop a table as likely as the one seen. */
const TIE = 1 + 1e-7;

/**
 * Fisher's exact test, two-sided: the probability of all 2 x 2 tables with these margins that are no likelier than the one
 * seen (R. A. Fisher 1934; two-sided as in R and `scipy.stats.fisher_exact`).
 *
 * Only terms within reach of a double are summed, from the mode outwards, so that a million rows cost some thousand steps.
 * Where even these would be too many the chi-square law with one degree of freedom answers, and `method` says so.
 *
 * @param k1 successes of the first sample, whole, 0 to n1
 * @param n1 size of the first sample, whole, at least 1
 * @throws AppError `stats.domain`
 */
export function twoProportionExact(k1: number, n1: number, k2: number, n2: number): TwoProportionResult {
  const valid =
    [k1, n1, k2, n2].every(Number.isSafeInteger) &&
    k1 >= 0 &&
    k1 <= n1 &&
    k2 >= 0 &&
    k2 <= n2 &&
    n1 > 0 &&
    n2 > 0;
  if (!valid) {
    throw domainError('A test of two proportions', 'whole numbers with 0 <= k <= n and n >= 1', {
      k1,
      n1,
      k2,
      n2,
    });
  }
  const successes = k1 + k2;
  const total = n1 + n2;
  const least = Math.max(0, successes - n2);
  const most = Math.min(n1, successes);
  if (least === most) {
    return { pValue: 1, method: 'exact' };
  }
  // Beyond 40 standard deviations a probability is below 1e-300.
  const variance = (((n1 * successes) / total) * ((total - successes) / total) * n2) / Math.max(1, total - 1);
  if (80 * Math.sqrt(variance) > LONGEST_SUM) {
    return { pValue: chiSquareLaw(k1, n1, k2, n2), method: 'chi-square' };
  }
  const law = { n1, n2, successes, least, most };
  return { pValue: Math.min(1, twoTails(law, k1)), method: 'exact' };
}

interface Law {
  readonly n1: number;
  readonly n2: number;
  readonly successes: number;
  readonly least: number;
  readonly most: number;
}

/** Sum of the probabilities not above that of `k`, both tails outwards from where they fall below it. */
function twoTails(law: Law, k: number): number {
  const { n1, n2, successes, least, most } = law;
  const seen = hypergeometric(law, k);
  const limit = seen * TIE;
  const mode = Math.min(most, Math.max(least, Math.floor(((n1 + 1) * (successes + 1)) / (n1 + n2 + 2))));
  const up = (x: number): number => ((n1 - x) * (successes - x)) / ((x + 1) * (n2 - successes + x + 1));
  let sum = 0;
  if (k >= mode) {
    sum += tail(seen, k, most, 1, up);
    const start = firstAtMost(law, limit, least, mode - 1);
    return start < least ? sum : sum + tail(hypergeometric(law, start), start, least, -1, up);
  }
  sum += tail(seen, k, least, -1, up);
  const start = lastAbove(law, limit, mode, most);
  return start > most ? sum : sum + tail(hypergeometric(law, start), start, most, 1, up);
}

/** Sum from `x` to `end` in steps of `step`, by ratios of neighbours. */
function tail(first: number, x: number, end: number, step: 1 | -1, up: (x: number) => number): number {
  let term = first;
  let sum = first;
  while (x !== end && term > sum * 1e-18) {
    term *= step === 1 ? up(x) : 1 / up(x - 1);
    sum += term;
    x += step;
  }
  return sum;
}

/** The largest x in [least, top] whose probability is at most `limit`; below `least` when there is none. */
function firstAtMost(law: Law, limit: number, least: number, top: number): number {
  let low = least - 1;
  let high = top;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (hypergeometric(law, middle) <= limit) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** The smallest x in [bottom, most] whose probability is at most `limit`; above `most` when there is none. */
function lastAbove(law: Law, limit: number, bottom: number, most: number): number {
  let low = bottom;
  let high = most + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (hypergeometric(law, middle) <= limit) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** `C(n1, x) C(n2, s - x) / C(n1 + n2, s)`, from three binomial probabilities at the common share (Loader 2000). */
function hypergeometric({ n1, n2, successes }: Law, x: number): number {
  const total = n1 + n2;
  const share = successes / total;
  return (
    (binomialDensity(x, n1, share) * binomialDensity(successes - x, n2, share)) /
    binomialDensity(successes, total, share)
  );
}

/** `P(X = k)` for `n` trials of probability `p`, in Loader's saddle-point form: accurate to 1e-14 at any size. */
export function binomialDensity(k: number, n: number, p: number): number {
  if (p === 0 || p === 1) {
    return k === n * p ? 1 : 0;
  }
  if (k === 0 || k === n) {
    return Math.exp(n * (k === 0 ? Math.log1p(-p) : Math.log(p)));
  }
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

function chiSquareLaw(k1: number, n1: number, k2: number, n2: number): number {
  const pooled = (k1 + k2) / (n1 + n2);
  const difference = k1 / n1 - k2 / n2;
  return chiSquareSurvival((difference * difference) / (pooled * (1 - pooled) * (1 / n1 + 1 / n2)), 1);
}
