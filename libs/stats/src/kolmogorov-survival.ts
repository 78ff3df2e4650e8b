import { AppError } from '@tidewatch/core';
import { durbinMatrixCdf } from './durbin-matrix.js';
import { pelzGoodCdf } from './pelz-good.js';
import { smirnovSurvival } from './smirnov-survival.js';

/** Up to this size the exact matrix is cheap everywhere it is needed; beyond, approximations begin to be good. */
const SMALL = 140;

/** The matrix grows with `n d`; beyond this size its use would take 60 ms and more. */
const LARGEST_MATRIX = 100_000;

/** The one-sided sum takes about 60 ns a term; beyond this size its asymptotic form takes over, as in scipy. */
const LARGEST_SUM = 1_000_000;

/**
 * `P(D >= d)` for the two-sided one-sample Kolmogorov-Smirnov statistic `D` of `n` observations from a continuous
 * law. This is the law at the given `n`, not the Kolmogorov limit, which is off by a quarter at `n = 25` and by
 * powers of ten in the far tail.
 *
 * No single formula is accurate everywhere. The choice follows R. Simard & P. L'Ecuyer, "Computing the Two-Sided
 * Kolmogorov-Smirnov Distribution", Journal of Statistical Software 39(11) (2011), with the borders that
 * `scipy.stats.kstwo.sf` uses, so that values agree with scipy where both approximate:
 *
 * | region | formula | relative error |
 * | --- | --- | --- |
 * | `n d <= 1` | Ruben & Gambino (1982) | exact |
 * | `d >= 1 - 1/n` | `2 (1 - d)^n`, Ruben & Gambino | exact |
 * | `d >= 1/2` | twice the one-sided law | exact |
 * | `n d^2` above 4 (`n <= 140`) or 2.2 | twice the one-sided law, Miller (1956) | 2e-6 off at 2.2, 2e-11 at 4, exact beyond |
 * | rest, `n <= 140` or `n d^(3/2) <= 1.4` | Durbin's matrix | exact |
 * | rest | Pelz & Good | 3e-5 off at n = 141, 5e-7 at 1000 |
 *
 * Small tails are summed, never taken as `1 - P(D < d)`, and so keep their digits down to 1e-300. Against scipy 1.17 the
 * largest relative difference is 2e-11, just below the border at `n d^2 = 4`, where both subtract and each is 1e-11 off
 * (`fixtures/kolmogorov-survival.json`).
 *
 * @param n sample size, an integer of at least 1
 * @param d the distance; 1 is returned at or below `1/(2n)`, 0 at or above 1
 * @throws AppError `stats.domain` for any other `n`, or `d` not a number
 */
export function kolmogorovSurvival(n: number, d: number): number {
  if (!Number.isSafeInteger(n) || n < 1 || Number.isNaN(d)) {
    throw new AppError({
      code: 'stats.domain',
      message: `The Kolmogorov law needs an integer n of at least 1 and a distance, and got n = ${n}, d = ${d}.`,
    });
  }
  const t = n * d;
  if (t <= 0.5) {
    return 1;
  }
  if (d >= 1) {
    return 0;
  }
  if (t <= 1) {
    return 1 - smallestDistancesCdf(n, t);
  }
  if (t >= n - 1) {
    return 2 * (1 - d) ** n;
  }
  return d >= 0.5 ? 2 * oneSided(n, d) : middle(n, d);
}

/** `1/n < d < min(1/2, 1 - 1/n)`. */
function middle(n: number, d: number): number {
  const effect = n * d * d;
  if (effect > (n <= SMALL ? 4 : 2.2)) {
    return 2 * oneSided(n, d);
  }
  if (n <= SMALL) {
    return 1 - durbinMatrixCdf(n, d);
  }
  // The limit law gives P(D < d) < 1e-18 here: 1 is the closest double, and the matrix would be at its largest.
  if (effect < 0.028) {
    return 1;
  }
  const cdf = n <= LARGEST_MATRIX && n * d ** 1.5 <= 1.4 ? durbinMatrixCdf(n, d) : pelzGoodCdf(n, d);
  return Math.min(1, Math.max(0, 1 - cdf));
}

/** `P(D+ >= d)`. */
function oneSided(n: number, d: number): number {
  // P <= exp(-2 n d^2) (Massart 1990), which is below the smallest double.
  if (2 * n * d * d > 746) {
    return 0;
  }
  // Maag & Dicaire, Biometrika 58 (1971), 653-656: at most 2e-6 off at n d^2 = 2.2, and 5 % at p = 1e-295.
  return n > LARGEST_SUM ? Math.exp(-((6 * n * d + 1) ** 2) / (18 * n)) : smirnovSurvival(n, d);
}

/** `P(D < t/n)` for `1/2 < t <= 1`: `n! ((2t - 1) / n)^n`. Factors fall short of 1, so underflow means 0. */
function smallestDistancesCdf(n: number, t: number): number {
  let probability = 1;
  for (let i = 1; i <= n && probability > 0; i += 1) {
    probability *= (i / n) * (2 * t - 1);
  }
  return probability;
}
