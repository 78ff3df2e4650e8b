import { seededRandom } from '@tidewatch/core';
import type { ImagePreprocess } from '../inputs/preprocess.js';
import { ModelBuilder } from '../onnx/model-builder.js';
import { convolve, type Filters, type Planes } from './convolution.js';
import { deadLeaves } from './dead-leaves.js';
import { fitHead, type Head } from './decorrelating-head.js';
import { encoderMetadata } from './encoder-metadata.js';
import { normalRow, orthonormalised, orthonormalRows } from './random-rows.js';
import { onGrid } from './weight-grid.js';

/** Length of an image's vector. */
export const IMAGE_DIMENSION = 128;

/** What the image encoder takes: 64 x 64 pixels, all of the image, brightness as it is. */
export const IMAGE_PREPROCESS: ImagePreprocess = {
  kind: 'image',
  width: 64,
  height: 64,
  layout: 'NCHW',
  dataType: 'float32',
  channels: 'RGB',
  resize: 'stretch',
  scale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  // A quarter of the range is about the standard deviation of pixels of photographs.
  std: [0.25, 0.25, 0.25],
};

/** Channels after each of the stages, which halve the sides: 32, 16, 8, 4. */
const STAGES = [16, 32, 64, 96] as const;
/** A quarter: exact in float32. */
const LEAK = 0.25;
const CALIBRATION_IMAGES = 128;

/**
 * An untrained convolutional encoder, the baseline for noticing shift that Rabanser, Günnemann & Lipton (2019, "Failing Loudly")
 * found to be competitive with trained reductions.
 *
 * Four 3x3 convolutions with stride 2 and random filters at right angles, with a gain of `sqrt(2 / (1 + leak^2))` so that
 * activations neither die out nor grow from stage to stage (He et al. 2015). An image becomes the mean and the root mean square
 * of every channel of every stage: the means follow brightness and colour, the root mean squares contrast and, across the
 * stages, texture from fine to coarse; blur takes from the fine ones. Where in the image something is does not matter. A random
 * projection makes 128 numbers of these 416, and a last linear map gives them comparable spread ({@link fitHead}). They are not
 * scaled to length 1, which would hide brightness and contrast.
 */
export function buildImageEncoder(seed: number): Uint8Array {
  const random = seededRandom(seed);
  const stages = imageStages(random);
  const pooled = Array.from({ length: CALIBRATION_IMAGES }, () =>
    pool(stages, standardised(deadLeaves(random))),
  );
  const projection = orthonormalRows(IMAGE_DIMENSION, pooled[0]!.length, random);
  return write(seed, stages, fitHead(pooled, projection));
}

/** The random filters of each stage. */
function imageStages(random: () => number): Filters[] {
  let inputs = 3;
  return STAGES.map((channels, stage) => {
    const rows = stage === 0 ? firstFilters(random) : orthonormalRows(channels, 9 * inputs, random);
    const gain = stage === 0 ? 1 : Math.sqrt(2 / (1 + LEAK ** 2));
    inputs = channels;
    return { channels, leak: LEAK, weights: onGrid(rows.map((row) => row.map((value) => gain * value))) };
  });
}

/**
 * Neighbouring pixels are much alike, so that purely random filters would all answer to brightness and drown contrast. Of the
 * sixteen filters four are free (brightness and colour), four have sum 0 (colour against colour), and eight have sum 0 in each
 * colour (edges and texture).
 */
function firstFilters(random: () => number): Float64Array[] {
  const drawn = Array.from({ length: 16 }, () => normalRow(27, random));
  const free = drawn.slice(0, 4);
  const opponent = drawn.slice(4, 8).map((row) => centred(row));
  const edges = drawn
    .slice(8)
    .map((row) =>
      Float64Array.from([0, 9, 18].flatMap((start) => [...centred(row.slice(start, start + 9))])),
    );
  return [free, opponent, edges].flatMap((group) => orthonormalised(group));
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** What the preprocess makes of pixels. */
function standardised(pixels: Float64Array): Planes {
  return { channels: 3, side: 64, data: pixels.map((value) => (value / 255 - 0.5) / 0.25) };
}

/** Mean and Euclidean norm of every channel of every stage. */
function pool(stages: readonly Filters[], image: Planes): Float64Array {
  const pooled: number[] = [];
  let planes = image;
  for (const stage of stages) {
    planes = convolve(planes, stage);
    const size = planes.side ** 2;
    const channels = Array.from({ length: planes.channels }, (_, channel) =>
      planes.data.subarray(channel * size, (channel + 1) * size),
    );
    pooled.push(...channels.map((plane) => plane.reduce((sum, value) => sum + value, 0) / size));
    pooled.push(...channels.map((plane) => Math.sqrt(plane.reduce((sum, value) => sum + value ** 2, 0))));
  }
  return Float64Array.from(pooled);
}

function write(seed: number, stages: readonly Filters[], head: Head): Uint8Array {
  const model = new ModelBuilder({
    name: 'tidewatch-image',
    opset: 17,
    inputs: [{ name: 'image', element: 'float32', shape: ['batch', 3, 64, 64] }],
    outputs: [{ name: 'embedding', element: 'float32', shape: ['batch', IMAGE_DIMENSION] }],
    metadata: encoderMetadata('image', seed, IMAGE_PREPROCESS),
  });
  const pooled: string[] = [];
  let planes = 'image';
  let inputs = 3;
  stages.forEach(({ channels, weights, leak }, index) => {
    const filters = model.initializer(`filters_${index}`, { dims: [channels, inputs, 3, 3], data: weights });
    const summed = model.node('Conv', [planes, filters], `summed_${index}`, {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    });
    planes = model.node('LeakyRelu', [summed], `stage_${index}`, { alpha: { float: leak } });
    // The norm is the root mean square but for a constant factor, which the head takes care of.
    pooled.push(
      model.node('ReduceMean', [planes], `mean_${index}`, { axes: [2, 3], keepdims: 0 }),
      model.node('ReduceL2', [planes], `norm_${index}`, { axes: [2, 3], keepdims: 0 }),
    );
    inputs = channels;
  });
  const all = model.node('Concat', pooled, 'pooled', { axis: 1 });
  const weights = model.initializer('head_weights', {
    dims: [IMAGE_DIMENSION, head.columns],
    data: head.weights,
  });
  const bias = model.initializer('head_bias', { dims: [IMAGE_DIMENSION], data: head.bias });
  model.node('Gemm', [all, weights, bias], 'embedding', { transB: 1 });
  return model.build();
}
