import { seededRandom } from '@tidewatch/core';
import { ModelBuilder } from '../onnx/model-builder.js';
import { encoderMetadata } from './encoder-metadata.js';
import { orthonormalRows } from './random-rows.js';
import { onGrid } from './weight-grid.js';

/** Features that the tabular encoder takes; fewer are filled up with zeros. */
export const TABULAR_FEATURES = 64;
/** Length of the vector. */
export const TABULAR_DIMENSION = 64;

const HIDDEN = 192;
/** A value further from its mean than this many standard deviations counts as this far: one outlier must not be all. */
const FURTHEST = 10;

/**
 * An untrained encoder of standardised features: a random projection of the features themselves and of one hidden layer.
 *
 * The hidden layer takes `|w x|` along 192 random directions. The mean of the features moves with their means alone; that of
 * `|w x|` follows the variance `w'Cw` along a direction, so that a change of one feature's spread, or of how features hang
 * together, moves the centre of the vectors too. Absolute values need no bandwidth, unlike random Fourier features: they work
 * the same for three features as for sixty.
 */
export function buildTabularEncoder(seed: number): Uint8Array {
  const random = seededRandom(seed);
  const model = new ModelBuilder({
    name: 'tidewatch-tabular',
    opset: 17,
    inputs: [{ name: 'features', element: 'float32', shape: ['batch', TABULAR_FEATURES] }],
    outputs: [{ name: 'embedding', element: 'float32', shape: ['batch', TABULAR_DIMENSION] }],
    // Names, means and standard deviations of the features are the rule's.
    metadata: encoderMetadata('tabular', seed, null),
  });
  const low = model.initializer('lowest', { dims: [], data: Float32Array.of(-FURTHEST) });
  const high = model.initializer('highest', { dims: [], data: Float32Array.of(FURTHEST) });
  const features = model.node('Clip', ['features', low, high], 'bounded');
  const directions = model.initializer('directions', {
    dims: [HIDDEN, TABULAR_FEATURES],
    data: onGrid(orthonormalRows(HIDDEN, TABULAR_FEATURES, random)),
  });
  const along = model.node('Gemm', [features, directions], 'along', { transB: 1 });
  const hidden = model.node('Abs', [along], 'hidden');
  const all = model.node('Concat', [features, hidden], 'all', { axis: 1 });
  const projection = model.initializer('projection', {
    dims: [TABULAR_DIMENSION, TABULAR_FEATURES + HIDDEN],
    data: onGrid(orthonormalRows(TABULAR_DIMENSION, TABULAR_FEATURES + HIDDEN, random)),
  });
  model.node('Gemm', [all, projection], 'embedding', { transB: 1 });
  return model.build();
}
