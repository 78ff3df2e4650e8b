import { stirlingError } from './stirling-error.js';

// Called for every term: a local name spares the look-up of the global, which sandboxes make slow.
const { exp, log1p, sqrt } = Math;

/** Terms over the whole range: so many, and more the narrower the bell in which they lie. */
const [LEAST_TERMS, TERMS_PER_WIDTH] = [128, 32];

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
 *
 * There the terms are also a smooth function of `v / n` that vanishes at both ends together with its derivatives, so that
 * every h-th term times h is the same sum (the trapezoidal rule, by Poisson's summation formula). With the number of terms
 * chosen here the relative difference over 6,000 random n and d was 1e-13 at most, which is the rounding of the whole sum;
 * half as many gave 1e-11. All terms of 4,000 observations took 130 us. Where p nears the smallest double, terms are
 * denormal and have few digits: there all of them are summed.
 *
 * O(n) below `n d^2 = 2`, else O(1) in n.
 *
 * @param n sample size, integer, at least 1
 * @param d in (1/n, 1)
 */
export function smirnovSurvival(n: number, d: number): number {
  const a = n * d;
  const last = Math.ceil(n - a) - 1;
  const middle = Math.floor(last / 2);
  const mayStopEarly = a * d >= 0.75;
  const stride =
    a * d >= 2 && a * d <= 330
      ? Math.max(1, Math.floor(n / (LEAST_TERMS + TERMS_PER_WIDTH * Math.sqrt(a * d))))
      : 1;
  const normalizer = stirlingError(n) + 0.5 * Math.log(n / (2 * Math.PI));
  let sum = 0;
  for (let v = middle + stride; v <= last; v += stride) {
    const added = term(n, a, v, normalizer);
    sum += added;
    if (mayStopEarly && added * (last - v) < sum * NEGLIGIBLE) {
      break;
    }
  }
  for (let v = middle; v >= 0; v -= stride) {
    const added = term(n, a, v, normalizer);
    sum += added;
    if (mayStopEarly && added * v < sum * NEGLIGIBLE) {
      break;
    }
  }
  return Math.min(1, sum * stride);
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
