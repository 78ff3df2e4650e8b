import { kernelTwoSample } from '@tidewatch/stats';
import { permuted } from './mean-embedding.js';
import type { EmbeddingTest } from './embedding-test.js';

/** Maximum mean discrepancy with the Gaussian kernel itself, without the error of random features; quadratic in the vectors. */
export const exactMmd: EmbeddingTest<'exactMmd'> = {
  name: 'exactMmd',
  label: 'exact MMD',
  effectName: 'the distance of the mean embeddings (Gaussian kernel)',
  byDefault: false,
  defaultMinimumEffect: 0.1,
  largestEffect: Infinity,
  measure: (comparison) =>
    permuted(comparison, 'embedding by the Gaussian kernel', (current, reference) =>
      kernelTwoSample(
        current.vectors,
        reference.vectors,
        { kind: 'gaussian', gamma: comparison.space.gamma > 0 ? comparison.space.gamma : 1 },
        comparison.kernels,
        comparison.permutation(),
      ),
    ),
};
