import { momentsOf } from '@tidewatch/stats';

/**
 * Variance over mean of counts, at least 1: how many events come together. 1 for Poisson's law, and where there are too few
 * counts to tell.
 */
export function poissonDispersion(counts: readonly number[]): number {
  const { count, mean, m2 } = momentsOf(counts);
  return count < 2 || mean === 0 ? 1 : Math.max(1, m2 / (count - 1) / mean);
}
