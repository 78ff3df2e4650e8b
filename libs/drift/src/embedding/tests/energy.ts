import { kernelTwoSample } from '@tidewatch/stats';
import { permuted } from './mean-embedding.js';
import type { EmbeddingTest } from './embedding-test.js';

/** Energy distance: like MMD, without a kernel width to choose; quadratic in the vectors. */
export const energy: EmbeddingTest<'energy'> = {
  name: 'energy',
  label: 'energy distance',
  effectName: 'the energy distance',
  byDefault: false,
  defaultMinimumEffect: 0.1,
  largestEffect: Infinity,
  measure: (comparison) =>
    permuted(comparison, 'energy potential', (current, reference) =>
      kernelTwoSample(
        current.vectors,
        reference.vectors,
        { kind: 'energy' },
        comparison.kernels,
        comparison.permutation(),
      ),
    ),
};
