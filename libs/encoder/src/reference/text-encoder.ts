import { seededRandom } from '@tidewatch/core';
import type { TextPreprocess } from '../inputs/preprocess.js';
import { ModelBuilder } from '../onnx/model-builder.js';
import { encoderMetadata } from './encoder-metadata.js';

/** Length of the vector. */
export const TEXT_DIMENSION = 96;

const NGRAMS = 4_096;

/** What the text encoder takes: how often each three characters in a row occur, hashed to 4,096 places, of length 1. */
export const TEXT_PREPROCESS: TextPreprocess = { kind: 'text', as: 'ngrams', size: NGRAMS, n: 3 };

/**
 * A sparse random projection of hashed character n-grams: each weight is +1 or -1 with chance 1/6 each and else 0, times
 * `sqrt(3 / 96)`. That keeps distances between texts to within some 10 % (Achlioptas 2003, Database-friendly random projections,
 * Theorem 1.1), and one byte holds a weight.
 */
export function buildTextEncoder(seed: number): Uint8Array {
  const random = seededRandom(seed);
  const model = new ModelBuilder({
    name: 'tidewatch-text',
    opset: 17,
    inputs: [{ name: 'ngrams', element: 'float32', shape: ['batch', NGRAMS] }],
    outputs: [{ name: 'embedding', element: 'float32', shape: ['batch', TEXT_DIMENSION] }],
    metadata: encoderMetadata('text', seed, TEXT_PREPROCESS),
  });
  const signs = model.initializer('signs', {
    dims: [NGRAMS, TEXT_DIMENSION],
    data: Int8Array.from({ length: NGRAMS * TEXT_DIMENSION }, () => sign(random())),
  });
  const scale = model.initializer('scale', {
    dims: [],
    data: Float32Array.of(Math.sqrt(3 / TEXT_DIMENSION)),
  });
  // A runtime computes the cast once, when it loads the model.
  const weights = model.node('Cast', [signs], 'weights', { to: 1 });
  const summed = model.node('MatMul', ['ngrams', weights], 'summed');
  model.node('Mul', [summed, scale], 'embedding');
  return model.build();
}

function sign(uniform: number): number {
  return uniform < 1 / 6 ? -1 : uniform < 2 / 6 ? 1 : 0;
}
