import type { RawInput, Refused } from '../raw-input.js';
import { flattenToRgb, MAXIMUM_IMAGE_BYTES, sizeProblem, type Pixels } from './pixels.js';

/** How the pixels of an image lie in a tensor. */
export interface PixelLayout {
  readonly element: 'uint8' | 'float32';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** Elements from a pixel to the next one of its row, and from a channel to the next one of its pixel. */
  readonly pixelStep: number;
  readonly channelStep: number;
}

const SHAPES =
  '[height, width], [height, width, channels] or [channels, height, width] with 1, 3 or 4 channels';

// Rounding in the sender's arithmetic may leave 0..1 by a little; more than that is another scale.
const SLACK = 0.001;

/**
 * How a tensor's shape is read as an image, or why it is not one.
 *
 * `[height, width]` is grey. With three sizes the last is the channels if it is 1, 3 or 4, and else the first. A
 * leading 1 of four sizes, a batch of one, is passed over. Channels are grey, RGB, or RGB and alpha, in that order.
 */
export function pixelLayout(input: RawInput): PixelLayout | Refused {
  const { dataType: element, shape, data } = input;
  if (element !== 'uint8' && element !== 'float32') {
    return { refused: `pixels are read as uint8 or float32, and the input was sent as ${element}` };
  }
  const sizes = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const layout = layoutOf(element, sizes);
  if (layout === null || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    return { refused: `the shape [${shape.join(', ')}] is not that of an image; ${SHAPES} is` };
  }
  const problem = sizeProblem(layout.width, layout.height);
  if (problem !== null) {
    return { refused: problem };
  }
  const bytes = layout.width * layout.height * layout.channels * (element === 'uint8' ? 1 : 4);
  if (bytes > MAXIMUM_IMAGE_BYTES) {
    return {
      refused: `the tensor has ${bytes} bytes, and ${MAXIMUM_IMAGE_BYTES} are the most that are read`,
    };
  }
  if (data.length !== bytes) {
    return {
      refused: `${data.length} bytes were sent, and ${element} of shape [${shape.join(', ')}] has ${bytes}`,
    };
  }
  return layout;
}

function layoutOf(element: 'uint8' | 'float32', sizes: readonly number[]): PixelLayout | null {
  const [first = 0, second = 0, third = 0] = sizes;
  if (sizes.length === 2) {
    return { element, height: first, width: second, channels: 1, pixelStep: 1, channelStep: 0 };
  }
  if (sizes.length !== 3) {
    return null;
  }
  if (isChannels(third)) {
    return { element, height: first, width: second, channels: third, pixelStep: third, channelStep: 1 };
  }
  return isChannels(first)
    ? { element, height: second, width: third, channels: first, pixelStep: 1, channelStep: second * third }
    : null;
}

function isChannels(size: number): size is 1 | 3 | 4 {
  return size === 1 || size === 3 || size === 4;
}

/**
 * The pixels of an image that was sent as a tensor.
 *
 * uint8 values are 0 to 255. float32 values are 0 to 1 and nothing else: an image whose values go further by more
 * than 0.001, or are not numbers, is refused, since any guess of its scale would be wrong for dark images. Alpha is
 * laid on black.
 */
export function readPixelTensor(input: RawInput): Pixels | Refused {
  const layout = pixelLayout(input);
  if ('refused' in layout) {
    return layout;
  }
  const { width, height, channels } = layout;
  if (layout.element === 'uint8') {
    // flattenToRgb changes nothing in place, so that pixels which lie as they should need no copy.
    const samples = layout.channelStep === 1 ? input.data : new Uint8Array(input.data.length);
    if (samples !== input.data) {
      interleave(input.data, layout, samples);
    }
    return { width, height, data: flattenToRgb(samples, channels) };
  }
  const values = float32Of(input.data);
  const problem = rangeProblem(values);
  if (problem !== null) {
    return { refused: problem };
  }
  const samples = new Float32Array(values.length);
  interleave(values, layout, samples);
  for (let index = 0; index < samples.length; index++) {
    samples[index] = 255 * Math.min(1, Math.max(0, samples[index] ?? 0));
  }
  return { width, height, data: flattenToRgb(samples, channels) };
}

/** Bytes as float32, copied: a view would need them to begin at a multiple of four. */
export function float32Of(data: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(data).buffer);
}

function rangeProblem(values: Float32Array): string | null {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    // Written so that a value that is not a number fails as well.
    if (!(value >= -SLACK && value <= 1 + SLACK)) {
      return `float32 pixels are from 0 to 1, and value ${index} is ${value}; send uint8 for pixels from 0 to 255`;
    }
  }
  return null;
}

function interleave(
  from: Uint8Array | Float32Array,
  { width, height, channels, pixelStep, channelStep }: PixelLayout,
  to: Uint8Array | Float32Array,
): void {
  const pixels = width * height;
  for (let channel = 0; channel < channels; channel++) {
    let source = channel * channelStep;
    for (let target = channel; target < pixels * channels; target += channels, source += pixelStep) {
      to[target] = from[source] ?? 0;
    }
  }
}
