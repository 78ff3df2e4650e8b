import { chiSquareHomogeneity } from '@tidewatch/stats';
import type { ComparedValues, PooledCounts } from './compared.js';

/**
 * The p-value of Pearson's test of homogeneity over pooled cells. Where values depend on each other the counts shrink to
 * what they are worth, which divides the statistic by the inflation (the first-order correction of Rao & Scott 1981).
 */
export function homogeneity(
  { current, reference }: PooledCounts,
  { n, m, effectiveN, effectiveM }: ComparedValues,
): { readonly pValue: number; readonly law: string } {
  if (effectiveN >= n && effectiveM >= m) {
    const { pValue, method } = chiSquareHomogeneity(current, reference);
    return { pValue, law: method };
  }
  const scaled = (counts: readonly number[], factor: number): number[] =>
    counts.map((count) => count * factor);
  const { pValue } = chiSquareHomogeneity(scaled(current, effectiveN / n), scaled(reference, effectiveM / m));
  return { pValue, law: 'chi-square' };
}
