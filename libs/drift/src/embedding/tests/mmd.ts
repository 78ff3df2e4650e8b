import {
  covarianceSpectrum,
  fourierMmd,
  weightedChiSquareSurvival,
  type Matrix,
  type MeanEmbeddingTest,
} from '@tidewatch/stats';
import type { EmbeddingComparison } from '../embedding-comparison.js';
import type { EmbeddingTest } from './embedding-test.js';
import { permuted } from './mean-embedding.js';

/** Rows of each side that the law beyond the relabellings is computed from: its eigenvalues take a tenth of a second. */
const LAW_ROWS = 256;

/**
 * Has anything about the distribution of the vectors changed? Maximum mean discrepancy with random Fourier features: beyond the
 * centre it sees spread, shape and new groups.
 *
 * p is that of a permutation test. Where no relabelling reaches the observed distance, p is at most `1 / (N + 1)`, which may be far
 * above what a budget of false alarms asks for. The squared distance of two mean features is a squared distance of means like any
 * other, so its own law, a weighted sum of chi-squares, tells how much smaller p is.
 */
export const mmd: EmbeddingTest<'mmd'> = {
  name: 'mmd',
  label: 'MMD',
  effectName: 'the distance of the mean embeddings (random Fourier features)',
  byDefault: true,
  defaultMinimumEffect: 0.1,
  largestEffect: Infinity,
  measure: (comparison) =>
    permuted(comparison, 'embedding by random Fourier features', async (current, reference) => {
      const [x, y] = await comparison.fourierFeatures(current.vectors, reference.vectors);
      const found = await fourierMmd(x, y, comparison.kernels, comparison.permutation());
      return found.reached > 0
        ? found
        : { ...found, pValue: await beyondRelabellings(comparison, found, [x, y]) };
    }),
};

async function beyondRelabellings(
  { kernels }: EmbeddingComparison,
  { observed, nullMean, pValue }: MeanEmbeddingTest,
  sides: readonly Matrix[],
): Promise<number> {
  const { terms, trace } = await covarianceSpectrum(sides.map(firstRows), kernels);
  const law = terms.map(({ weight, degrees }) => ({ weight: weight / trace, degrees }));
  return law.length === 0 || !(nullMean > 0)
    ? pValue
    : Math.min(pValue, weightedChiSquareSurvival(law, observed / nullMean));
}

function firstRows({ rows, columns, data }: Matrix): Matrix {
  const kept = Math.min(rows, LAW_ROWS);
  return { rows: kept, columns, data: data.subarray(0, kept * columns) };
}
