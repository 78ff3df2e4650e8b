import { comparedValues, ksTested } from './compared.js';
import type { DriftMetric } from './drift-metric.js';

/**
 * The two-sample Kolmogorov-Smirnov distance: the largest difference, over all thresholds, between the share of the
 * baseline and the share of the window below it, from counts and so within one bin's share of the exact one.
 *
 * The p-value is exact given the bins where that is cheap, else by the one-sample law at the effective size; the interval
 * is `D` plus or minus `dkwHalfWidth` at 95 %.
 */
export const ks: DriftMetric = {
  name: 'ks',
  effectName: 'the KS distance D',
  appliesTo: ['numeric'],
  byDefault: true,
  largestEffect: 1,
  // Far below what a person sees in a histogram, far above the floating-point and rounding noise of a pipeline.
  defaultMinimumEffect: 0.03,
  measure: (counts) => {
    const values = comparedValues(counts);
    const { grid } = counts;
    if (values === null || grid.type !== 'numeric') {
      return null;
    }
    const { found, pValue, method, halfWidth } = ksTested(counts, values);
    return {
      statistic: found.statistic,
      low: Math.max(0, found.statistic - halfWidth),
      high: Math.min(1, found.statistic + halfWidth),
      pValue,
      method: `ks/${method}`,
      location:
        found.cell < 0 || found.cell >= grid.edges.length
          ? null
          : { kind: 'value', value: grid.edges[found.cell]!, moreBelow: found.firstBelow },
      n: found.n,
      m: found.m,
    };
  },
};
