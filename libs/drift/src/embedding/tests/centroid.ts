import { centroidTest, rowOf } from '@tidewatch/stats';
import { countOf, shortNumber } from '../../wording.js';
import type { EmbeddingComparison } from '../embedding-comparison.js';
import { highest } from '../examples.js';
import type { EmbeddingTest } from './embedding-test.js';

/**
 * Has the centre of the vectors moved? From sums alone, so that it judges baselines whose vectors are long gone; its law reaches
 * as far into the tail as a false-alarm budget asks.
 */
export const centroid: EmbeddingTest<'centroid'> = {
  name: 'centroid',
  label: 'centroid',
  effectName: 'the shift of the centre in units of the spread',
  byDefault: true,
  // A tenth of the spread in all dimensions together: far below what a person sees, far above a pipeline's rounding.
  defaultMinimumEffect: 0.1,
  largestEffect: Infinity,
  measure: async (comparison) => {
    const { current, reference, inflation } = comparison;
    if (current.sums.count < 2 || reference.sums.count < 2) {
      return { missing: 'there are no vectors to compare' };
    }
    const spectrum = await comparison.spectrum();
    if (spectrum.terms.length === 0) {
      return {
        missing: 'all vectors of the baseline are equal, so that there is no spread to measure a shift by',
      };
    }
    const found = centroidTest(current.sums, reference.sums, { spectrum, inflation });
    const interval = `95 % interval ${shortNumber(found.low)} to ${shortNumber(found.high)}`;
    return {
      statistic: found.shift,
      low: found.low,
      high: found.high,
      pValue: found.pValue,
      method: 'chi-square mixture',
      n: current.sums.count,
      m: reference.sums.count,
      finding: `the centre of ${countOf(current.sums.count, 'vector')} lies ${shortNumber(found.shift)} times the spread from that of the baseline's ${countOf(reference.sums.count, 'vector')} (${interval}; T = ${shortNumber(found.statistic)}, where chance gives 1)`,
      examples: alongTheShift(comparison),
    };
  },
};

/** Vectors of the window that lie farthest in the direction of the shift. */
function alongTheShift({ current, reference }: EmbeddingComparison): string[] {
  const { sample, sums } = current;
  if (sample === null) {
    return [];
  }
  const direction = sums.sum.map(
    (value, index) => value / sums.count - reference.sums.sum[index]! / reference.sums.count,
  );
  const scores = Float64Array.from({ length: sample.vectors.rows }, (_, row) =>
    rowOf(sample.vectors, row).reduce((sum, value, index) => sum + value * direction[index]!, 0),
  );
  return highest(sample.ids, scores);
}
