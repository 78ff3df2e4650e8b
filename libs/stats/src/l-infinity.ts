import { pairedCounts } from './shares.js';

/** The cell whose share differs most, and by how much. */
export interface LargestDifference {
  /** `|p - q|`, in [0, 1]. */
  readonly statistic: number;
  /** Its index; -1 where nothing differs. */
  readonly cell: number;
}

/** The L-infinity distance `max |p - q|` of two distributions over cells. */
export function lInfinity(a: ArrayLike<number>, b: ArrayLike<number>): LargestDifference {
  const { n, m } = pairedCounts(a, b);
  let [statistic, cell] = [0, -1];
  if (n > 0 && m > 0) {
    for (let i = 0; i < a.length; i += 1) {
      const difference = Math.abs(a[i]! / n - b[i]! / m);
      if (difference > statistic) {
        [statistic, cell] = [difference, i];
      }
    }
  }
  return { statistic, cell };
}
