import type { PredictionTest } from '@tidewatch/stats';
import type { Measurement } from '../verdict/judge-findings.js';

/** The size of a change relative to what was expected, whichever way it goes. */
export function relativeChange(
  { expected, difference, low, high, pValue }: PredictionTest,
  minimumEffect: number,
): Measurement {
  const more = difference >= 0;
  return {
    statistic: Math.abs(difference) / expected,
    low: Math.max(0, (more ? low : -high) / expected),
    high: (more ? high : -low) / expected,
    pValue,
    method: 'prediction',
    minimumEffect,
  };
}
