import { distanceRatio } from '@tidewatch/stats';
import { shortNumber } from '../../wording.js';
import type { VectorSums } from '../vector-sums.js';
import type { EmbeddingTest } from './embedding-test.js';

/**
 * The mean distance of the vectors from the baseline's centre against that of the baseline itself: what teams that know `> 1.5x for
 * 30 minutes` from their own scripts ask for. From sums alone. It does not see vectors that move within the same distance.
 */
export const distance: EmbeddingTest<'distance'> = {
  name: 'distance',
  label: 'distance',
  effectName: "the growth of the mean distance from the baseline's centre",
  byDefault: true,
  // Half as far again.
  defaultMinimumEffect: 0.5,
  largestEffect: Infinity,
  measure: ({ current, reference, inflation }) => {
    const sides = [sidesOf(current.sums, inflation), sidesOf(reference.sums, inflation)] as const;
    const { ratio, low, high, pValue } = distanceRatio(...sides, { confidence: 0.95, ownCentre: false });
    if (ratio === null || low === null || high === null || pValue === null) {
      return Promise.resolve({ missing: 'the distances do not vary, so that a change of them has no law' });
    }
    return Promise.resolve({
      statistic: ratio - 1,
      low: low - 1,
      high: high - 1,
      pValue,
      method: 'welch',
      n: current.sums.count,
      m: reference.sums.count,
      finding: `the vectors lie ${shortNumber(ratio)} times as far from the baseline's centre as the baseline does (95 % interval ${shortNumber(low)} to ${shortNumber(high)})`,
      examples: [],
    });
  },
};

/** Fewer independent vectors with the same mean and spread. */
function sidesOf({ clusters, distance: sum, distanceSquares }: VectorSums, inflation: number) {
  const count = clusters.reduce((total, own) => total + own, 0);
  return { count: count / inflation, sum: sum / inflation, sumOfSquares: distanceSquares / inflation };
}
