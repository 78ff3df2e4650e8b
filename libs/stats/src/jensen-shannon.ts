import { chiSquareSurvival } from './chi-square.js';
import { pairedCounts } from './shares.js';

/**
 * The Jensen-Shannon divergence in bits, `KL(p || (p+q)/2) / 2 + KL(q || (p+q)/2) / 2`, in [0, 1] (J. Lin 1991). Its square
 * root is a metric, see {@link jensenShannonDistance}. Empty cells need no special care: `0 log 0 = 0`.
 */
export function jensenShannonDivergence(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, m } = pairedCounts(a, b);
  if (n === 0 || m === 0) {
    return 0;
  }
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) {
    const [p, q] = [a[i]! / n, b[i]! / m];
    const middle = (p + q) / 2;
    sum += (p > 0 ? p * Math.log(p / middle) : 0) + (q > 0 ? q * Math.log(q / middle) : 0);
  }
  return Math.min(1, Math.max(0, sum / 2 / Math.LN2));
}

/** The square root of the divergence, as `scipy.spatial.distance.jensenshannon(base=2)`. */
export function jensenShannonDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.sqrt(jensenShannonDivergence(a, b));
}

/** `P(divergence >= bits)` without drift: in nats the divergence is about `(1/n + 1/m) chi-square(k - 1) / 8`. */
export function jensenShannonPValue(bits: number, cells: number, n: number, m: number): number {
  return cells < 2 ? 1 : chiSquareSurvival((8 * bits * Math.LN2) / (1 / n + 1 / m), cells - 1);
}
