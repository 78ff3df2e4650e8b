import { dkwHalfWidth, ksTwoSample } from '@tidewatch/stats';
import { shortNumber } from '../../wording.js';
import type { EmbeddingTest } from './embedding-test.js';

/** Below so many scores on either side a class is not tested. */
const FEWEST = 20;

/**
 * Black-box shift detection (Lipton, Wang & Smola 2018): the scores that the served model itself gives its classes are a
 * reduction of the input that knows what matters to the model. One two-sample Kolmogorov-Smirnov test a class with Bonferroni's
 * correction is what Rabanser, Günnemann & Lipton 2019 found to detect most with the fewest samples.
 */
export const scores: EmbeddingTest<'scores'> = {
  name: 'scores',
  label: 'class scores',
  effectName: 'the largest KS distance D',
  byDefault: false,
  defaultMinimumEffect: 0.05,
  largestEffect: 1,
  measure: (comparison) => {
    const { current, reference } = comparison;
    const tested = [...current.scores.keys()].sort().flatMap((name) => {
      const [values, before] = [finite(current.scores.get(name)), finite(reference.scores.get(name))];
      return values.length < FEWEST || before.length < FEWEST
        ? []
        : [{ name, ...ksTwoSample(values, before) }];
    });
    const [strongest] = [...tested].sort((a, b) => a.pValue - b.pValue || b.statistic - a.statistic);
    if (strongest === undefined) {
      return Promise.resolve({ missing: 'the model gives too few scores to its classes' });
    }
    const { name, statistic, n, m } = strongest;
    const half = dkwHalfWidth(n, m, 1 - 0.05 / tested.length);
    const [low, high] = [Math.max(0, statistic - half), Math.min(1, statistic + half)];
    return Promise.resolve({
      ...{ statistic, low, high, n, m },
      pValue: Math.min(1, strongest.pValue * tested.length),
      method: `ks/${strongest.method}`,
      finding: `the scores of class ${name} differ most of ${tested.length}, by D = ${shortNumber(statistic)} (95 % interval ${shortNumber(low)} to ${shortNumber(high)})`,
      examples: [],
    });
  },
};

function finite(values: Float64Array | undefined): Float64Array {
  return (values ?? new Float64Array(0)).filter((value) => Number.isFinite(value));
}
