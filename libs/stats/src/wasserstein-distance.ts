import { orderedPool } from './ordered-pool.js';
import { pairedCounts } from './shares.js';

/**
 * The first Wasserstein distance `integral |F - G|`: by how much values must move on average to turn one sample into the
 * other, in the unit of the values. Equal to `scipy.stats.wasserstein_distance`. O(N log N).
 *
 * @throws AppError `stats.empty-sample`, `stats.not-finite`
 */
export function wassersteinDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { values, first, second, n, m } = orderedPool(a, b);
  let sum = 0;
  for (let i = 0; i + 1 < values.length; i += 1) {
    sum += Math.abs(first[i]! / n - second[i]! / m) * (values[i + 1]! - values[i]!);
  }
  return sum;
}

/**
 * The same from counts over neighbouring cells, with the values of a cell spread evenly between its bounds.
 *
 * @param bounds ascending finite bounds; cell i lies between bounds[i] and bounds[i + 1]
 * @param a counts of the first sample, one fewer than bounds
 * @param b counts of the second
 */
export function wassersteinFromCounts(
  bounds: ArrayLike<number>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  const { n, m } = pairedCounts(a, b);
  if (n === 0 || m === 0) {
    return 0;
  }
  let [sum, before, x, y] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    x += a[i]!;
    y += b[i]!;
    const after = x / n - y / m;
    const width = bounds[i + 1]! - bounds[i]!;
    // The difference runs straight from one end of the cell to the other; where it changes sign, two triangles.
    const [start, end] = [Math.abs(before), Math.abs(after)];
    sum +=
      before * after >= 0
        ? (width * (start + end)) / 2
        : (width * (start * start + end * end)) / (2 * (start + end));
    before = after;
  }
  return sum;
}
