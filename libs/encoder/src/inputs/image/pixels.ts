/** An image as RGB values from 0 to 255, row by row, the three values of a pixel together. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `3 * width * height` values: whole ones of eight bits, or real ones where the image was sent as float32. */
  readonly data: Uint8Array | Float32Array;
}

/** Most bytes that an image may have, as a file or as a tensor. */
export const MAXIMUM_IMAGE_BYTES = 64 * 1024 * 1024;

/**
 * Most pixels that an image may have. Decoded, they take 160 MB at most; a photograph of a good telephone has 12 to
 * 50 million, but nothing that a model sees in production comes near.
 */
export const MAXIMUM_PIXELS = 40_000_000;

/** Why an image of this size is refused, or `null`. */
export function sizeProblem(width: number, height: number): string | null {
  return width * height > MAXIMUM_PIXELS
    ? `the image is ${width} x ${height}, which is more than the ${MAXIMUM_PIXELS / 1e6} million pixels that are read`
    : null;
}

/**
 * Lays an image with an alpha channel on black, and gives all others three channels.
 *
 * A value with alpha becomes `value * alpha`, alpha from 0 to 1; whole values are rounded to the nearest.
 *
 * @param samples 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) values per pixel, each 0 to 255
 */
export function flattenToRgb(samples: Uint8Array, channels: number): Uint8Array;
export function flattenToRgb(samples: Float32Array, channels: number): Float32Array;
export function flattenToRgb(
  samples: Uint8Array | Float32Array,
  channels: number,
): Uint8Array | Float32Array {
  if (channels === 3) {
    return samples;
  }
  const pixels = samples.length / channels;
  const whole = samples instanceof Uint8Array;
  const data = whole ? new Uint8Array(3 * pixels) : new Float32Array(3 * pixels);
  const alpha = channels === 2 || channels === 4 ? channels - 1 : -1;
  const colourStep = channels < 3 ? 0 : 1;
  for (let pixel = 0, from = 0, to = 0; pixel < pixels; pixel++, from += channels, to += 3) {
    const share = alpha < 0 ? 1 : (samples[from + alpha] ?? 0) / 255;
    for (let colour = 0; colour < 3; colour++) {
      const value = (samples[from + colour * colourStep] ?? 0) * share;
      data[to + colour] = whole ? Math.round(value) : value;
    }
  }
  return data;
}
