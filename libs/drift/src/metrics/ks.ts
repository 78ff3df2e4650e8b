import { dkwHalfWidth, ksTwoSample } from '@tidewatch/stats';
import type { DriftMetric } from './drift-metric.js';

const CONFIDENCE = 0.95;

/**
 * The two-sample Kolmogorov-Smirnov distance: the largest difference, over all thresholds, between the share of the
 * baseline and the share of the window at or below it.
 *
 * The p-value is that of `ksTwoSample`, the interval is `D` plus or minus `dkwHalfWidth` at 95 %.
 */
export const ks: DriftMetric = {
  name: 'ks',
  effectName: 'the KS distance D',
  largestEffect: 1,
  // Far below what a person sees in a histogram, far above the floating-point and rounding noise of a pipeline.
  defaultMinimumEffect: 0.03,
  measure: (reference, current) => {
    const { statistic, pValue, method, n, m } = ksTwoSample(current, reference);
    const halfWidth = dkwHalfWidth(n, m, CONFIDENCE);
    return {
      statistic,
      low: Math.max(0, statistic - halfWidth),
      high: Math.min(1, statistic + halfWidth),
      pValue,
      method: `ks/${method}`,
    };
  },
};
