import { wassersteinFromCounts } from '@tidewatch/stats';
import type { MomentSums } from '../grid/counted.js';
import { comparedValues, ksTested, type ComparedValues } from './compared.js';
import type { DriftMetric } from './drift-metric.js';

/**
 * The first Wasserstein distance in standard deviations of the baseline: how far values moved on average.
 *
 * The interval integrates what is left of |F - G| within the DKW band of D over the range of the data. The p-value is that
 * of D: both ask whether the distributions are equal, and the law of D needs no assumption about tails.
 */
export const wasserstein: DriftMetric = {
  name: 'wasserstein',
  effectName: 'the Wasserstein distance in standard deviations',
  appliesTo: ['numeric'],
  byDefault: false,
  largestEffect: Infinity,
  // A tenth of a standard deviation: the limit in common use, here for the lower bound.
  defaultMinimumEffect: 0.1,
  measure: (counts) => {
    const values = comparedValues(counts);
    const { grid, reference, current } = counts;
    const [r, c] = [reference.moments, current.moments];
    if (values === null || grid.type !== 'numeric' || r === null || c === null) {
      return null;
    }
    const { n, m } = values;
    const sd = Math.sqrt(r.count > 1 ? r.m2 / (r.count - 1) : 0);
    if (sd === 0) {
      return null;
    }
    const bounds = boundsOf(grid.edges, r, c);
    const { pValue, method, halfWidth } = ksTested(counts, values);
    const { low, high } = integrals(bounds, values, halfWidth);
    return {
      statistic: wassersteinFromCounts(bounds, values.current, values.reference) / sd,
      low: low / sd,
      high: high / sd,
      pValue,
      method: `wasserstein/ks-${method}`,
      location: null,
      n,
      m,
    };
  },
};

/** The edges, with the outermost values of both sides where the open cells end. */
function boundsOf(edges: Float64Array, r: MomentSums, c: MomentSums): Float64Array {
  const first = Math.min(edges[0]!, r.min, c.min);
  const last = Math.max(edges.at(-1)!, r.max, c.max);
  const bounds = new Float64Array(edges.length + 2);
  bounds[0] = first;
  bounds.set(edges, 1);
  bounds[edges.length + 1] = last;
  return bounds;
}

/** `integral of max(0, |F - G| - half)` and of `min(1, |F - G| + half)`, with |F - G| at its smaller or larger end. */
function integrals(
  bounds: Float64Array,
  { current: a, reference: b, n, m }: ComparedValues,
  half: number,
): { readonly low: number; readonly high: number } {
  let [low, high, x, y, before] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    x += a[i]! / n;
    y += b[i]! / m;
    const after = x - y;
    const width = bounds[i + 1]! - bounds[i]!;
    const smaller = before * after <= 0 ? 0 : Math.min(Math.abs(before), Math.abs(after));
    low += width * Math.max(0, smaller - half);
    high += width * Math.min(1, Math.max(Math.abs(before), Math.abs(after)) + half);
    before = after;
  }
  return { low, high };
}
