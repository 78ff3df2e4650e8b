import { populationStabilityIndex, psiPValue } from '@tidewatch/stats';
import { divergenceMetric } from './divergence.js';

/** The population stability index, less what chance alone makes it. */
export const psi = divergenceMetric({
  name: 'psi',
  effectName: 'the population stability index',
  largestEffect: Infinity,
  // The usual reading: below 0.1 no change worth a look.
  defaultMinimumEffect: 0.1,
  scale: 1,
  compute: populationStabilityIndex,
  pValue: psiPValue,
});
