import { totalVariation } from '@tidewatch/stats';
import { comparedValues, pooled } from './compared.js';
import { CONFIDENCE, type DriftMetric } from './drift-metric.js';
import { homogeneity } from './homogeneity.js';

/**
 * The total variation distance over pooled cells: the share of samples that would have to move to another cell.
 *
 * The p-value is that of the test of homogeneity; the interval holds for any distribution: an empirical one over k cells
 * is farther than `sqrt((k ln 2 + ln(1/a)) / (2 n))` from its own with probability at most a (Bretagnolle & Huber 1979).
 */
export const tv: DriftMetric = {
  name: 'tv',
  effectName: 'the total variation distance',
  appliesTo: ['numeric', 'categorical'],
  byDefault: false,
  largestEffect: 1,
  defaultMinimumEffect: 0.05,
  measure: (counts) => {
    const values = comparedValues(counts);
    if (values === null) {
      return null;
    }
    const { n, m, effectiveN, effectiveM } = values;
    const cells = pooled(counts.grid, values);
    const statistic = totalVariation(cells.current, cells.reference);
    const { pValue, law } = homogeneity(cells, values);
    const exponent = cells.current.length * Math.LN2 - Math.log((1 - CONFIDENCE) / 2);
    const half = Math.sqrt(exponent / 2) * (1 / Math.sqrt(effectiveN) + 1 / Math.sqrt(effectiveM));
    return {
      statistic,
      low: Math.max(0, statistic - half),
      high: Math.min(1, statistic + half),
      pValue,
      method: `tv/${law}`,
      location: null,
      n,
      m,
    };
  },
};
