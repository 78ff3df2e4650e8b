import { differenceOfProportionsInterval, twoProportionExact } from '@tidewatch/stats';
import { rowsOf, sum } from '../grid/count-values.js';
import { CELL } from '../grid/grid.js';
import { CONFIDENCE, type DriftMetric } from './drift-metric.js';

/**
 * The change in the share of samples without a usable value: null or absent, NaN, infinite, or of the wrong type. Tested
 * first and on its own, so that a surge of nulls cannot hide behind the values that are left.
 */
export const missing: DriftMetric = {
  name: 'missing',
  effectName: 'the change in the share without a usable value',
  appliesTo: ['numeric', 'categorical'],
  byDefault: true,
  largestEffect: 1,
  // One sample in a hundred: below it a join that fails now and then would fill the inbox.
  defaultMinimumEffect: 0.01,
  measure: ({ reference, current, inflation }) => {
    const [n, m] = [rowsOf(current), rowsOf(reference)];
    if (n === 0 || m === 0) {
      return null;
    }
    const [k, l] = [unusable(current.counts), unusable(reference.counts)];
    const [effectiveN, effectiveM] = [n / inflation.current, m / inflation.reference].map((size) =>
      Math.max(1, Math.round(size)),
    ) as [number, number];
    const [p, q] = [k / n, l / m];
    const worth = [Math.round(p * effectiveN), effectiveN, Math.round(q * effectiveM), effectiveM] as const;
    const { pValue, method } = twoProportionExact(...worth);
    const { low, high } = differenceOfProportionsInterval(
      p * effectiveN,
      effectiveN,
      q * effectiveM,
      effectiveM,
      CONFIDENCE,
    );
    const more = p > q;
    return {
      statistic: Math.abs(p - q),
      low: Math.max(0, more ? low : -high),
      high: Math.min(1, more ? high : -low),
      pValue,
      method: `missing/${method}`,
      location: p === q ? null : { kind: 'missing', more },
      n,
      m,
    };
  },
};

function unusable(counts: Float64Array): number {
  return sum(counts, 0, CELL.unseen);
}
