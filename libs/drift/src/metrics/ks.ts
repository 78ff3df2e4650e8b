import { dkwHalfWidth, ksFromCounts, ksPValueFromCounts } from '@tidewatch/stats';
import { comparedValues } from './compared.js';
import { CONFIDENCE, type DriftMetric } from './drift-metric.js';

/** Below this the estimate of the dependence is noise, and an exact p-value says more. */
const NEARLY_INDEPENDENT = 1.05;

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
    const { current, reference, effectiveN, effectiveM } = values;
    const found = ksFromCounts(current, reference);
    const dependent = Math.max(counts.inflation.current, counts.inflation.reference) > NEARLY_INDEPENDENT;
    const options = dependent ? { effective: { n: effectiveN, m: effectiveM } } : {};
    const { pValue, method } = ksPValueFromCounts(current, reference, found, options);
    const halfWidth = dkwHalfWidth(effectiveN, effectiveM, CONFIDENCE);
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
