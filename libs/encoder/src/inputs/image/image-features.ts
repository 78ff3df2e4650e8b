import type { Pixels } from './pixels.js';

/** Names of the features that are measured of every image. */
export const IMAGE_FEATURES = [
  'brightness',
  'contrast',
  'clipped_share',
  'sharpness',
  'width',
  'height',
  'aspect_ratio',
] as const;

/** Features of an image that tell how good it is. */
export type ImageFeatures = Readonly<Record<(typeof IMAGE_FEATURES)[number], number>>;

/**
 * What can be told of an image's quality without a model, from all of its pixels as they were sent.
 *
 * All but the sizes are of luma `Y = 0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601), R, G and B from 0 to 255; an image
 * that was sent as float32 is rounded to whole values first.
 *
 * - `brightness`: mean of Y / 255.
 * - `contrast`: standard deviation of Y / 255 (divided by the number of pixels).
 * - `clipped_share`: share of pixels with `Y <= 1` or `Y >= 254`.
 * - `sharpness`: variance of the Laplacian of Y, the four neighbours less four times the pixel, with the image
 *   mirrored about its outermost pixels (OpenCV's `Laplacian` with its default border, but that Y is not rounded).
 *   After Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy".
 * - `width`, `height` in pixels, and `aspect_ratio`, width / height.
 *
 * Exact but for one last division and root each: 1000 Y is a whole number, and sums of whole numbers have no rounding.
 */
export function imageFeatures(pixels: Pixels): ImageFeatures {
  const { width, height } = pixels;
  const luma = new Moments();
  const laplacian = new Moments();
  let clipped = 0;
  // Rows above, at and below the one whose Laplacian is taken; the rows beyond the edges are mirrored.
  let above = new Int32Array(width);
  let row = new Int32Array(width);
  let below = new Int32Array(width);
  readLuma(pixels, 0, row);
  readLuma(pixels, Math.min(1, height - 1), above);
  for (let y = 0; y < height; y++) {
    readLuma(pixels, y + 1 < height ? y + 1 : Math.max(0, height - 2), below);
    clipped += measureLuma(row, luma);
    measureLaplacian(above, row, below, laplacian);
    [above, row, below] = [row, below, above];
  }
  return {
    brightness: luma.mean() / LUMA_SCALE / 255,
    contrast: Math.sqrt(luma.variance()) / LUMA_SCALE / 255,
    clipped_share: clipped / (width * height),
    sharpness: laplacian.variance() / (LUMA_SCALE * LUMA_SCALE),
    width,
    height,
    aspect_ratio: width / height,
  };
}

const LUMA_SCALE = 1000;
const DARK = LUMA_SCALE;
const BRIGHT = 254 * LUMA_SCALE;

/** 1000 Y of one row. */
function readLuma({ width, data }: Pixels, y: number, row: Int32Array): void {
  let from = 3 * y * width;
  if (data instanceof Uint8Array) {
    for (let x = 0; x < width; x++, from += 3) {
      row[x] =
        299 * (data[from] as number) + 587 * (data[from + 1] as number) + 114 * (data[from + 2] as number);
    }
    return;
  }
  for (let x = 0; x < width; x++, from += 3) {
    const [red, green, blue] = [data[from] ?? 0, data[from + 1] ?? 0, data[from + 2] ?? 0];
    row[x] = 299 * Math.round(red) + 587 * Math.round(green) + 114 * Math.round(blue);
  }
}

/** Adds a row to the moments of luma, and counts its clipped pixels. */
function measureLuma(row: Int32Array, moments: Moments): number {
  let clipped = 0;
  for (let start = 0; start < row.length; start += BLOCK) {
    const end = Math.min(row.length, start + BLOCK);
    let sum = 0;
    let squares = 0;
    for (let x = start; x < end; x++) {
      const value = row[x] as number;
      sum += value;
      squares += value * value;
      clipped += value <= DARK || value >= BRIGHT ? 1 : 0;
    }
    moments.add(end - start, sum, squares);
  }
  return clipped;
}

/** Adds a row's Laplacian to its moments. */
function measureLaplacian(above: Int32Array, row: Int32Array, below: Int32Array, moments: Moments): void {
  const last = row.length - 1;
  // The pixel and its neighbours on both sides, mirrored at the edges.
  let left = row[Math.min(1, last)] as number;
  let here = row[0] as number;
  for (let start = 0; start <= last; start += BLOCK) {
    const end = Math.min(last + 1, start + BLOCK);
    let sum = 0;
    let squares = 0;
    for (let x = start; x < end; x++) {
      const right = row[x < last ? x + 1 : Math.max(0, last - 1)] as number;
      const value = (above[x] as number) + (below[x] as number) + left + right - 4 * here;
      sum += value;
      squares += value * value;
      left = here;
      here = right;
    }
    moments.add(end - start, sum, squares);
  }
}

// A Laplacian's square is at most (4 * 255,000)^2, and 8,192 of those are below 2^53: no sum in a block is rounded.
const BLOCK = 8192;

/** Mean and variance of whole numbers, without rounding until the end. */
class Moments {
  private count = 0;
  private sum = 0;
  private squares = 0n;
  private pending = 0;
  private pendingCount = 0;

  /** Adds `count` numbers, at most {@link BLOCK}, by their sum and the sum of their squares. */
  add(count: number, sum: number, squares: number): void {
    if (this.pendingCount + count > BLOCK) {
      this.flush();
    }
    this.count += count;
    // At most 40 million times a million: far from 2^53.
    this.sum += sum;
    this.pendingCount += count;
    this.pending += squares;
  }

  mean(): number {
    return this.sum / this.count;
  }

  variance(): number {
    this.flush();
    const count = BigInt(this.count);
    const sum = BigInt(this.sum);
    return Number(count * this.squares - sum * sum) / this.count / this.count;
  }

  private flush(): void {
    this.squares += BigInt(this.pending);
    this.pending = 0;
    this.pendingCount = 0;
  }
}
