import { classifierAuc } from '@tidewatch/stats';
import { shortNumber } from '../../wording.js';
import { EXAMPLES } from '../examples.js';
import type { EmbeddingTest } from './embedding-test.js';
import { NO_SAMPLES } from './mean-embedding.js';

/** Half of a side is held out, and the law of the AUC needs some dozens of vectors there. */
const FEWEST = 100;

/**
 * Can a classifier tell the window from the baseline? Logistic regression learns on one half of both samples and is tried on the
 * other. It needs more vectors than other tests and is best at showing which ones moved.
 */
export const classifier: EmbeddingTest<'classifier'> = {
  name: 'classifier',
  label: 'domain classifier',
  effectName: 'the AUC of telling the window from the baseline',
  byDefault: false,
  defaultMinimumEffect: 0.55,
  largestEffect: 1,
  measure: (comparison) => {
    const samples = comparison.samples();
    if (samples === null) {
      return Promise.resolve(NO_SAMPLES);
    }
    const { current, reference } = samples;
    const fewest = Math.min(current.vectors.rows, reference.vectors.rows);
    if (fewest < FEWEST) {
      return Promise.resolve({ missing: `it needs ${FEWEST} vectors on both sides, and one has ${fewest}` });
    }
    const found = classifierAuc(current.vectors, reference.vectors, {
      random: comparison.random(),
      most: EXAMPLES,
    });
    const { auc, low, high, pValue, n, m } = found;
    return Promise.resolve({
      ...{ statistic: auc, low, high, pValue, n, m },
      method: 'mann-whitney',
      finding: `a classifier tells vectors of the window from those of the baseline with an AUC of ${shortNumber(auc)} (95 % interval ${shortNumber(low)} to ${shortNumber(high)}; 0.5 is chance)`,
      examples: found.mostDifferent.map((row) => current.ids[row]!),
    });
  },
};
