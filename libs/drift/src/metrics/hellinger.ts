import { hellingerDistance, hellingerPValue } from '@tidewatch/stats';
import { divergenceMetric } from './divergence.js';

/** The squared Hellinger distance, less what chance alone makes it. */
export const hellinger = divergenceMetric({
  name: 'hellinger',
  effectName: 'the squared Hellinger distance',
  largestEffect: 1,
  // A distance of 0.1.
  defaultMinimumEffect: 0.01,
  scale: 1 / 8,
  compute: (a, b) => hellingerDistance(a, b) ** 2,
  pValue: (square, cells, n, m) => hellingerPValue(Math.sqrt(square), cells, n, m),
});
