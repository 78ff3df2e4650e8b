import { domainError } from './domain-error.js';
import { normalCdf } from './normal.js';

/**
 * Half width of a confidence interval for the Kolmogorov-Smirnov distance between two distributions, given samples of
 * `n` and `m` values: with probability at least `confidence`, the true distance lies within `D` plus or minus this.
 *
 * How far an empirical distribution function of n values rises above its own distribution exceeds `x` with probability at
 * most `exp(-2 n x^2)` (Dvoretzky, Kiefer & Wolfowitz 1956, with the constant of Massart 1990), and likewise how far it
 * falls below. Where D is reached, the true distance is at least D minus what one sample may be above and the other below.
 * These two excesses are independent, and each is stochastically at most a Rayleigh variable of scale 1/(2 sqrt n): their
 * sum exceeds the (1 + c)/2 quantile of the sum of two Rayleigh variables with probability at most (1 - c)/2. The upper
 * end follows by the same argument, mirrored.
 *
 * This holds for every pair of sizes and distributions, ties included. It is a fifth narrower than two bands that share
 * the error in halves. A direct two-sample inequality (Wei & Dudley 2012) is narrower still, but bounds the distance only
 * where both distributions are equal: it gives a test, not an interval around an effect.
 *
 * @param n size of the first sample, at least 1; an effective size need not be whole
 * @param m size of the second sample, likewise
 * @param confidence in (0, 1), such as 0.95
 * @returns at most 1, since no distance is larger
 * @throws AppError `stats.domain` for anything else
 */
export function dkwHalfWidth(n: number, m: number, confidence: number): number {
  if (!(n >= 1 && m >= 1 && confidence > 0 && confidence < 1)) {
    throw domainError('A confidence band', 'sizes of at least 1 and a confidence between 0 and 1', {
      n,
      m,
      confidence,
    });
  }
  const [a, b] = [0.5 / Math.sqrt(n), 0.5 / Math.sqrt(m)];
  const tail = (1 - confidence) / 2;
  // Between the quantile of one of the variables and the sum of both at half the error.
  let low = Math.max(a, b) * Math.sqrt(-2 * Math.log(tail));
  let high = (a + b) * Math.sqrt(-2 * Math.log(tail / 2));
  // Illinois' variant of regula falsi on the logarithm, which is nearly a parabola: some 8 steps where bisection takes 45.
  const target = Math.log(tail);
  let [atLow, atHigh] = [logSurvival(a, b, low) - target, logSurvival(a, b, high) - target];
  for (let step = 0; step < 60 && high - low > high * 1e-13; step += 1) {
    const middle = (low * atHigh - high * atLow) / (atHigh - atLow);
    const atMiddle = logSurvival(a, b, middle) - target;
    if (atMiddle > 0) {
      [low, atLow] = [middle, atMiddle];
      atHigh /= 2;
    } else {
      [high, atHigh] = [middle, atMiddle];
      atLow /= 2;
    }
    if (atMiddle === 0 || Math.abs(atMiddle) < 1e-12) {
      return Math.min(1, middle);
    }
  }
  return Math.min(1, high);
}

/**
 * Half width of a band that holds the whole distribution function of `n` values with probability at least `confidence`:
 * `sqrt(ln(2 / (1 - c)) / (2 n))` (Massart 1990), at most 1.
 */
export function dkwBand(n: number, confidence: number): number {
  if (!(n >= 1 && confidence > 0 && confidence < 1)) {
    throw domainError('A confidence band', 'a size of at least 1 and a confidence between 0 and 1', {
      n,
      confidence,
    });
  }
  return Math.min(1, Math.sqrt(Math.log(2 / (1 - confidence)) / (2 * n)));
}

/**
 * `P(X + Y > t)` for independent Rayleigh variables of scales `a` and `b`. With s^2 = a^2 + b^2, by completing the square,
 *
 *     e^(-t^2/2a^2) + integral over x in [0, t] of x/a^2 e^(-x^2/2a^2) e^(-(t-x)^2/2b^2)
 *       = (a^2 e^(-t^2/2a^2) + b^2 e^(-t^2/2b^2)) / s^2
 *         + sqrt(2 pi) (a b t / s^3) e^(-t^2/2s^2) [Phi(b t / (a s)) - Phi(-a t / (b s))]
 */
export function rayleighSumSurvival(a: number, b: number, t: number): number {
  const square = a * a + b * b;
  const s = Math.sqrt(square);
  const ends = (a * a * Math.exp((-t * t) / (2 * a * a)) + b * b * Math.exp((-t * t) / (2 * b * b))) / square;
  const middle = normalCdf((b * t) / (a * s)) - normalCdf((-a * t) / (b * s));
  return (
    ends + ((Math.sqrt(2 * Math.PI) * a * b * t) / (square * s)) * Math.exp((-t * t) / (2 * square)) * middle
  );
}

function logSurvival(a: number, b: number, t: number): number {
  return Math.log(rayleighSumSurvival(a, b, t));
}
