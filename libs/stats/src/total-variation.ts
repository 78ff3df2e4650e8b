import { pairedCounts } from './shares.js';

/** The total variation distance `sum |p - q| / 2`: the largest difference in probability of any set of cells; in [0, 1]. */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, m } = pairedCounts(a, b);
  if (n === 0 || m === 0) {
    return 0;
  }
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) {
    sum += Math.abs(a[i]! / n - b[i]! / m);
  }
  return Math.min(1, sum / 2);
}
