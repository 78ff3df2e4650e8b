import { orderedPool } from './ordered-pool.js';

/**
 * The energy distance `sqrt(2 integral (F - G)^2)` of two samples (G. Székely), which is
 * `sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|)`. Equal to `scipy.stats.energy_distance`. O(N log N).
 *
 * @throws AppError `stats.empty-sample`, `stats.not-finite`
 */
export function energyDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { values, first, second, n, m } = orderedPool(a, b);
  let sum = 0;
  for (let i = 0; i + 1 < values.length; i += 1) {
    sum += (first[i]! / n - second[i]! / m) ** 2 * (values[i + 1]! - values[i]!);
  }
  return Math.sqrt(2 * sum);
}
