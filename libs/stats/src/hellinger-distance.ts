import { chiSquareSurvival } from './chi-square.js';
import { pairedCounts } from './shares.js';

/** The Hellinger distance `sqrt(sum (sqrt p - sqrt q)^2 / 2)`, in [0, 1]. */
export function hellingerDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, m } = pairedCounts(a, b);
  if (n === 0 || m === 0) {
    return 0;
  }
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) {
    sum += (Math.sqrt(a[i]! / n) - Math.sqrt(b[i]! / m)) ** 2;
  }
  return Math.min(1, Math.sqrt(sum / 2));
}

/** `P(distance >= value)` without drift: its square is about `(1/n + 1/m) chi-square(k - 1) / 8`. */
export function hellingerPValue(value: number, cells: number, n: number, m: number): number {
  return cells < 2 ? 1 : chiSquareSurvival((8 * value * value) / (1 / n + 1 / m), cells - 1);
}
