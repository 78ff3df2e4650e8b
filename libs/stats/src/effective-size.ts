import { domainError } from './domain-error.js';

/**
 * Kish's effective size of a weighted sample, `(sum w)^2 / sum w^2` (L. Kish, Survey Sampling, 1965): how many equally
 * weighted values would tell as much.
 *
 * @param weights at least 0, not all 0
 * @throws AppError `stats.domain`
 */
export function kishEffectiveSize(weights: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    if (!(weight >= 0)) {
      throw domainError("Kish's effective size", 'weights of at least 0', { weight });
    }
    sum += weight;
    squares += weight * weight;
  }
  if (sum === 0) {
    throw domainError("Kish's effective size", 'a weight above 0', { sum });
  }
  return (sum * sum) / squares;
}

/** What consecutive values of a two-state sequence tell of its memory. */
export interface StatePairs {
  /** Pairs of consecutive values. */
  readonly pairs: number;
  /** Pairs whose values were in the same state. */
  readonly sameSide: number;
  /** Share of values in the first state. */
  readonly share: number;
}

/**
 * The lag-1 autocorrelation of a two-state sequence from how often neighbours agree: with shares p and q = 1 - p,
 * `P(same) = p^2 + q^2 + 2 p q r`, hence `r = (P(same) - p^2 - q^2) / (2 p q)`, within [-1, 1].
 *
 * 0 where nothing can be told: without pairs, or when all values are in one state.
 */
export function indicatorAutocorrelation({ pairs, sameSide, share }: StatePairs): number {
  const both = 2 * share * (1 - share);
  if (!(pairs > 0) || !(both > 0)) {
    return 0;
  }
  return Math.max(-1, Math.min(1, (sameSide / pairs - (1 - both)) / both));
}

/** Beyond this a window is one value repeated: whatever it shows is no evidence. */
export const LARGEST_INFLATION = 10_000;

/**
 * By how much the variance of a share exceeds that of independent values, for a sequence that follows a first-order
 * autoregression of normal scores and whose indicator has the lag-1 autocorrelation `r`.
 *
 * An indicator at the median of two normal variables of correlation rho has correlation `(2/pi) asin(rho)` (Sheppard
 * 1899). So `rho = sin(pi r / 2)`, and with lags that decay as rho^k
 *
 *     inflation = 1 + 2 sum over k >= 1 of (2/pi) asin(rho^k)
 *
 * Smaller than `(1 + rho) / (1 - rho)`, the inflation of a mean, because an indicator forgets faster: 2.98 and not 4 at
 * rho = 0.6. Away from the median an indicator forgets faster still, so that for a distance of distribution functions
 * this is on the safe side.
 *
 * @param r in [-1, 1]
 * @returns 1 for r <= 0 (what alternates is taken as independent), at most {@link LARGEST_INFLATION}
 */
export function autocorrelationInflation(r: number): number {
  if (!(r > 0)) {
    return 1;
  }
  const rho = Math.sin((Math.PI * Math.min(1, r)) / 2);
  let power = rho;
  let sum = 0;
  while (power > 1e-12 && sum < LARGEST_INFLATION) {
    sum += Math.asin(power);
    power *= rho;
  }
  return Math.min(LARGEST_INFLATION, 1 + (4 / Math.PI) * sum);
}
