import { jensenShannonDivergence, jensenShannonPValue } from '@tidewatch/stats';
import { divergenceMetric } from './divergence.js';

/** The Jensen-Shannon divergence in bits, less what chance alone makes it. */
export const js = divergenceMetric({
  name: 'js',
  effectName: 'the Jensen-Shannon divergence',
  largestEffect: 1,
  // A distance (its square root) of 0.1, the limit that dashboards commonly use.
  defaultMinimumEffect: 0.01,
  scale: 1 / (8 * Math.LN2),
  compute: jensenShannonDivergence,
  pValue: jensenShannonPValue,
});
