import { createRandom } from '../traffic/random.js';
import type { Random } from '../traffic/random.js';
import type { Canvas } from './canvas.js';

const { floor, max, min, round } = Math;

/** What lens and sensor do to a picture. */
export interface Exposure {
  /** How far things along the belt move while the shutter is open; 1 = not at all. Odd. */
  readonly motionPixels: number;
  /** The width of a point that is out of focus; 1 = in focus. Odd. */
  readonly focusPixels: number;
  /** Standard deviation of the noise of each channel, in levels of 255. */
  readonly noise: number;
}

/** What a sensor reports of black: nothing is clipped at the dark end. */
const BLACK_LEVEL = 8;
const WHITE_LEVEL = 248;

/** Standard normals, drawn once: an image takes them from a place of its own on, since drawing them is most of its cost. */
const NOISE_LENGTH = 65_536;
const NOISE = noiseOf(createRandom(1));

function noiseOf(random: Random): Float32Array {
  return Float32Array.from({ length: NOISE_LENGTH }, () => random.normal());
}

/** Light to pixels: first the lens blurs, then the sensor adds its noise, then all is rounded. */
export function exposeImage({ width, height, data }: Canvas, exposure: Exposure, random: Random): Uint8Array {
  const { motionPixels, focusPixels, noise } = exposure;
  const [rows, columns] = [
    { length: width, step: 3 },
    { length: height, step: 3 * width },
  ];
  const along = blurred(data, rows, motionPixels);
  // Twice a mean of neighbours: near enough to the round spot of a lens.
  const focused = [rows, columns, rows, columns].reduce(
    (image, lines) => blurred(image, lines, focusPixels),
    along,
  );
  const scale = (WHITE_LEVEL - BLACK_LEVEL) / 255;
  const start = floor(random.uniform() * NOISE_LENGTH);
  const pixels = new Uint8Array(focused.length);
  for (let index = 0; index < pixels.length; index += 1) {
    const grain = noise * (NOISE[(start + index) % NOISE_LENGTH] ?? 0);
    pixels[index] = min(WHITE_LEVEL, max(1, round(BLACK_LEVEL + scale * (focused[index] ?? 0) + grain)));
  }
  return pixels;
}

/**
 * The mean of `size` neighbours along one dimension of an RGB picture, by running sums. At the ends the last pixel goes on.
 *
 * @param lines how many pixels a line has, and how many numbers further the next one is
 */
function blurred(
  data: Float32Array,
  { length, step }: { readonly length: number; readonly step: number },
  size: number,
): Float32Array {
  if (size === 1) {
    return data;
  }
  const half = (size - 1) / 2;
  const result = new Float32Array(data.length);
  const last = length - 1;
  for (let start = 0; start < data.length; start += 1) {
    // The first number of a line: in the first row or column, whichever the lines go along.
    if (floor(start / step) % length !== 0) {
      continue;
    }
    const at = (index: number): number => data[start + step * min(last, max(0, index))] ?? 0;
    let sum = 0;
    for (let index = -half; index <= half; index += 1) {
      sum += at(index);
    }
    for (let index = 0; index < length; index += 1) {
      result[start + step * index] = sum / size;
      sum += at(index + half + 1) - at(index - half);
    }
  }
  return result;
}
