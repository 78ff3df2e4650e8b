import { elementBytes, elementsIn } from '../element-array.js';
import type { Allocate } from '../prepared-batch.js';
import type { ImagePreprocess } from '../preprocess.js';
import type { Pixels } from './pixels.js';

/** Number of channels that a model gets. */
export function channelCount(channels: ImagePreprocess['channels']): 1 | 3 {
  return channels === 'grayscale' ? 1 : 3;
}

/** Sizes of one image as a model gets it, without that of the batch. */
export function modelPixelDims({ width, height, layout, channels }: ImagePreprocess): readonly number[] {
  const count = channelCount(channels);
  return layout === 'NCHW' ? [count, height, width] : [height, width, count];
}

/**
 * Images of the right size as a model gets them, one after another: channels in the model's order and layout, and normalised to
 * `(pixel * scale - mean) / std` when the model takes float32. Grey is luma `0.299 R + 0.587 G + 0.114 B`. For uint8,
 * values that are not whole are rounded to the nearest.
 */
export function modelPixels(
  images: readonly Pixels[],
  preprocess: ImagePreprocess,
  allocate: Allocate,
): Float32Array | Uint8Array {
  const { width, height, layout, channels, dataType } = preprocess;
  const count = channelCount(channels);
  const area = width * height;
  // All in one array: what is made for each image alone would be copied again, and that costs more than the arithmetic.
  const bytes = allocate(images.length * count * area * elementBytes(dataType));
  const output = elementsIn(dataType, bytes) as Float32Array | Uint8Array;
  const [channelStep, pixelStep] = layout === 'NCHW' ? [area, 1] : [1, count];
  const normalisations = [0, 1, 2].map((channel) => normalisation(preprocess, channel));
  for (const [index, image] of images.entries()) {
    const target: Target = { output, first: index * count * area, area, channelStep, pixelStep };
    if (channels === 'grayscale') {
      writeGrey(lumaOf(image), target, normalisations);
    } else {
      writeColours(image.data, channels, target, normalisations);
    }
  }
  return output;
}

/** Where an image's values go. */
interface Target {
  readonly output: Float32Array | Uint8Array;
  readonly first: number;
  readonly area: number;
  /** Elements from a channel to the next one of its pixel, and from a pixel to the next. */
  readonly channelStep: number;
  readonly pixelStep: number;
}

/** What a channel's values become: `pixel * gain + offset`. A division for each pixel would take three times as long. */
interface Normalisation {
  readonly gain: number;
  readonly offset: number;
}

function normalisation({ dataType, scale, mean, std }: ImagePreprocess, channel: number): Normalisation {
  if (dataType === 'uint8') {
    // Storing in a byte cuts the fraction off: half more makes it rounding.
    return { gain: 1, offset: 0.5 };
  }
  const deviation = perChannel(std, channel, 1);
  return { gain: scale / deviation, offset: -perChannel(mean, channel, 0) / deviation };
}

function writeColours(
  values: Uint8Array | Float32Array,
  channels: 'RGB' | 'BGR',
  { output, first, area, channelStep, pixelStep }: Target,
  normalisations: readonly Normalisation[],
): void {
  const [a, b, c] = normalisations as [Normalisation, Normalisation, Normalisation];
  const [begin, end] = channels === 'RGB' ? [0, 2] : [2, 0];
  // Three values at a time: what the engine checks in each turn of the loop costs as much as the arithmetic.
  for (let pixel = 0, from = 0, to = first; pixel < area; pixel++, from += 3, to += pixelStep) {
    output[to] = (values[from + begin] as number) * a.gain + a.offset;
    output[to + channelStep] = (values[from + 1] as number) * b.gain + b.offset;
    output[to + 2 * channelStep] = (values[from + end] as number) * c.gain + c.offset;
  }
}

function writeGrey(
  luma: Float64Array,
  { output, first, area }: Target,
  [grey]: readonly Normalisation[],
): void {
  const { gain, offset } = grey as Normalisation;
  for (let pixel = 0; pixel < area; pixel++) {
    output[first + pixel] = (luma[pixel] as number) * gain + offset;
  }
}

function lumaOf({ width, height, data }: Pixels): Float64Array {
  const luma = new Float64Array(width * height);
  for (let pixel = 0, from = 0; pixel < luma.length; pixel++, from += 3) {
    luma[pixel] =
      (299 * (data[from] ?? 0) + 587 * (data[from + 1] ?? 0) + 114 * (data[from + 2] ?? 0)) / 1000;
  }
  return luma;
}

/** The number of a channel, where one stands for all and none for the default. */
function perChannel(numbers: readonly number[], channel: number, byDefault: number): number {
  return (numbers.length === 1 ? numbers[0] : numbers[channel]) ?? byDefault;
}
