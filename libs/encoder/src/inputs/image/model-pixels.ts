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
 * An image of the right size as a model gets it: its channels in the model's order and layout, and normalised to
 * `(pixel * scale - mean) / std` when the model takes float32. Grey is luma `0.299 R + 0.587 G + 0.114 B`. For uint8,
 * values that are not whole are rounded to the nearest.
 */
export function modelPixels(image: Pixels, preprocess: ImagePreprocess): Float32Array | Uint8Array {
  const count = channelCount(preprocess.channels);
  const area = image.width * image.height;
  const floats = preprocess.dataType === 'float32';
  const output = floats ? new Float32Array(count * area) : new Uint8Array(count * area);
  for (let channel = 0; channel < count; channel++) {
    const { values, first, step } = channelOf(image, preprocess.channels, channel);
    const [start, outputStep] = preprocess.layout === 'NCHW' ? [channel * area, 1] : [channel, count];
    const mean = perChannel(preprocess.mean, channel, 0);
    const std = perChannel(preprocess.std, channel, 1);
    for (let pixel = 0, from = first, to = start; pixel < area; pixel++, from += step, to += outputStep) {
      const value = values[from] ?? 0;
      output[to] = floats ? (value * preprocess.scale - mean) / std : Math.round(value);
    }
  }
  return output;
}

/** Where the values of one of the model's channels are. */
function channelOf(
  image: Pixels,
  channels: ImagePreprocess['channels'],
  channel: number,
): { values: Uint8Array | Float32Array | Float64Array; first: number; step: number } {
  switch (channels) {
    case 'RGB':
      return { values: image.data, first: channel, step: 3 };
    case 'BGR':
      return { values: image.data, first: 2 - channel, step: 3 };
    case 'grayscale':
      return { values: lumaOf(image), first: 0, step: 1 };
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
