import { stirlingError } from './stirling-error.js';

// Called for every term: a local name spares the look-up of the global, which sandboxes make slow.
const { exp, log1p, sqrt } = Math;

/** Terms that together add less than this share of the sum are left out. */
const NEGLIGIBLE = 2 ** -56;

/**
 * `P(D+ >= d)` for the one-sided one-sample Kolmogorov-Smirnov statistic `D+` of `n` observations.
 *
 * Smirnov (1944), Birnbaum & Tingey, Annals of Mathematical Statistics 22 (1951), 592-596:
 *
 *     P = sum over v from 0 to floor(n (1 - d)) of  C(n, v) d (d + v/n)^(v-1) (1 - d - v/n)^(n-v)
 *
 * Each term is `a / (a + v)` with `a = n d`, times the binomial probability of `v` successes in `n` trials of success
 * probability `(a + v) / n`. That probability is evaluated in Loader's saddle-point form, whose exponent is the small
 * deviance `-v ln(1 + a/v) - (n-v) ln(1 - a/(n-v))` instead of a difference of logarithms as large as `n`. All terms
 * are positive, so nothing cancels: the relative error stays near `n d * 2^-53`.
 *
 * The sum starts in the middle and goes outwards. For `n d^2 >= 3/4`, the only region where the two-sided law asks
 * for it, terms fall towards both ends, so it can stop early; smaller `n d^2` is summed to the ends.
 * O(n), in practice O(sqrt(n)/d).
 *
 * @param n sample size, integer, at least 1
 * @param d in (1/n, 1)
 */
export function smirnovSurvival(n: number, d: number): number {
  const a = n * d;
  const last = Math.ceil(n - a) - 1;
  const middle = Math.floor(last / 2);
  const mayStopEarly = a * d >= 0.75;
  const normalizer = stirlingError(n) + 0.5 * Math.log(n / (2 * Math.PI));
  let sum = 0;
  for (let v = middle + 1; v <= last; v += 1) {
    const added = term(n, a, v, normalizer);
    sum += added;
    if (mayStopEarly && added * (last - v) < sum * NEGLIGIBLE) {
      break;
    }
  }
  for (let v = middle; v >= 0; v -= 1) {
    const added = term(n, a, v, normalizer);
    sum += added;
    if (mayStopEarly && added * v < sum * NEGLIGIBLE) {
      break;
    }
  }
  return Math.min(1, sum);
}

/** Term `v` of the sum; `normalizer` holds the factors that depend on `n` alone, as a logarithm. */
function term(n: number, a: number, v: number, normalizer: number): number {
  if (v === 0) {
    return exp(n * log1p(-a / n));
  }
  const rest = n - v;
  const deviance = -v * log1p(a / v) - rest * log1p(-a / rest);
  const logarithm = normalizer - stirlingError(v) - stirlingError(rest) - deviance;
  return ((a / (a + v)) * exp(logarithm)) / sqrt(v * rest);
}
