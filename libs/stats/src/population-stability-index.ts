import { chiSquareSurvival } from './chi-square.js';
import { pairedCounts } from './shares.js';

/** Added to every cell of both samples, so that an empty one neither divides by zero nor decides alone. */
const PSEUDO_COUNT = 0.5;

/**
 * The population stability index `sum (p - q) ln(p / q)`, the symmetrised Kullback-Leibler divergence in nats (Jeffreys).
 *
 * Conventions differ in how they treat empty cells; here every cell that occurs at all gets half a count in both samples.
 * A fixed limit such as 0.1 says nothing without the sizes: without any drift the index is about
 * `(1/n + 1/m) chi-square(k - 1)`, see {@link psiPValue}.
 *
 * @param a counts of the first sample over k cells
 * @param b counts of the second
 */
export function populationStabilityIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { cells, n, m } = pairedCounts(a, b);
  if (n === 0 || m === 0) {
    return 0;
  }
  const [total, other] = [n + cells * PSEUDO_COUNT, m + cells * PSEUDO_COUNT];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) {
    if (a[i]! + b[i]! > 0) {
      const p = (a[i]! + PSEUDO_COUNT) / total;
      const q = (b[i]! + PSEUDO_COUNT) / other;
      sum += (p - q) * Math.log(p / q);
    }
  }
  return sum;
}

/** The mean of the index without drift: `(k - 1)(1/n + 1/m)`. */
export function psiNullMean(cells: number, n: number, m: number): number {
  return Math.max(0, cells - 1) * (1 / n + 1 / m);
}

/** `P(index >= value)` without drift, by its limit law `(1/n + 1/m) chi-square(k - 1)`. */
export function psiPValue(value: number, cells: number, n: number, m: number): number {
  return cells < 2 ? 1 : chiSquareSurvival(value / (1 / n + 1 / m), cells - 1);
}
