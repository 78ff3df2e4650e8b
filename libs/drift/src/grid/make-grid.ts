import { MAX_CATEGORIES, type CategoricalGrid, type NumericGrid } from './grid.js';
import { nextUp } from './next-up.js';

/**
 * The grid of a numeric variable from quantiles of its baseline.
 *
 * Every quantile begins a bin. A value that fills several levels gets a bin of its own, from itself to the next double, so
 * that a bin holds either one value or at most one level's share of the baseline: distances from counts are within that
 * share of the exact ones.
 *
 * @param quantiles ascending finite values at evenly spaced levels from 0 to 1, each of which occurs in the data
 */
export function gridFromQuantiles(quantiles: ArrayLike<number>): NumericGrid {
  const edges: number[] = [];
  const add = (edge: number): void => {
    // -0 and 0 are one value to every comparison, and to ClickHouse.
    const last = edges.at(-1);
    if (Number.isFinite(edge) && (last === undefined || edge > last)) {
      edges.push(edge === 0 ? 0 : edge);
    }
  };
  for (let i = 0; i < quantiles.length; i += 1) {
    const value = quantiles[i]!;
    add(value);
    if (value === quantiles[i + 1]) {
      add(nextUp(value));
    }
  }
  if (quantiles.length > 0) {
    add(nextUp(quantiles[quantiles.length - 1]!));
  }
  return { type: 'numeric', edges: Float64Array.from(edges) };
}

/** The grid of a categorical variable: the most frequent categories, by code point among equals. */
export function gridFromCategories(
  counts: Iterable<readonly [category: string, count: number]>,
): CategoricalGrid {
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : a > b ? 1 : 0));
  return {
    type: 'categorical',
    categories: sorted.slice(0, MAX_CATEGORIES).map(([category]) => category),
    capped: sorted.length > MAX_CATEGORIES,
  };
}
