import { domainError } from './domain-error.js';

/**
 * Half-width of a band around the empirical distribution function of `t` independent values that holds the true one at
 * every value and at every size of the sample at once, with probability at least `1 - alpha`:
 *
 *     0.85 sqrt((ln(1 + ln t) + 0.8 ln(1612 / alpha)) / t)
 *
 * (S. Howard and A. Ramdas, Sequential estimation of quantiles, Bernoulli 28, 2022.) So it may be looked at after every
 * value; the price is a width of 1.6 times the band for one look (Dvoretzky, Kiefer and Wolfowitz).
 *
 * @param t at least 1; for weighted values their effective size
 * @param alpha in (0, 1)
 * @throws AppError `stats.domain`
 */
export function timeUniformCdfHalfWidth(t: number, alpha: number): number {
  if (!(t >= 1) || !(alpha > 0 && alpha < 1)) {
    throw domainError('The time-uniform band', 't of at least 1 and alpha in (0, 1)', { t, alpha });
  }
  return 0.85 * Math.sqrt((Math.log(1 + Math.log(t)) + 0.8 * Math.log(1612 / alpha)) / t);
}
