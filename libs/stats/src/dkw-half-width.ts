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
  // Newton on the logarithm, which is nearly a parabola, kept between the bounds: four steps where bisection takes 45.
  const target = Math.log(tail);
  let t = (low + high) / 2;
  for (let step = 0; step < 60; step += 1) {
    const { survival, density } = rayleighSum(a, b, t);
    const off = Math.log(survival) - target;
    [low, high] = off > 0 ? [t, high] : [low, t];
    const next = t + (off * survival) / density;
    const inside = next > low && next < high ? next : (low + high) / 2;
    const settled = Math.abs(inside - t) <= t * 1e-14;
    t = inside;
    if (settled) {
      break;
    }
  }
  return Math.min(1, t);
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
  return rayleighSum(a, b, t).survival;
}

/**
 * With the density: the integral over x in [0, t] of `x/a^2 e^(-x^2/2a^2) (t-x)/b^2 e^(-(t-x)^2/2b^2)`, which is minus the
 * derivative of the survival above.
 */
function rayleighSum(
  a: number,
  b: number,
  t: number,
): { readonly survival: number; readonly density: number } {
  const [aa, bb, tt] = [a * a, b * b, t * t];
  const square = aa + bb;
  const s = Math.sqrt(square);
  const [ofA, ofB, ofBoth] = [
    Math.exp(-tt / (2 * aa)),
    Math.exp(-tt / (2 * bb)),
    Math.exp(-tt / (2 * square)),
  ];
  const middle = normalCdf((b * t) / (a * s)) - normalCdf((-a * t) / (b * s));
  const bell = ((Math.sqrt(2 * Math.PI) * a * b) / (square * s)) * ofBoth * middle;
  return {
    survival: (aa * ofA + bb * ofB) / square + t * bell,
    // Of the ends, of the bell by t and by its exponent, and of the two normal laws.
    density:
      (t * (ofA + ofB)) / square -
      bell * (1 - tt / square) -
      ((t * a * b) / (square * s)) *
        ofBoth *
        ((b / (a * s)) * Math.exp(-(bb * tt) / (2 * aa * square)) +
          (a / (b * s)) * Math.exp(-(aa * tt) / (2 * bb * square))),
  };
}
