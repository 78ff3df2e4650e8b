import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { resizeImage } from './resize-image.js';

interface Case {
  readonly shape: [number, number, number];
  readonly data: string;
  readonly size: [number, number];
  readonly expected: string;
}

const { resized } = JSON.parse(readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8')) as {
  resized: Case[];
};

const striped = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, at) => Math.floor(at / 3) % width),
});

describe("close to Pillow's BILINEAR", () => {
  test.each(resized)('$shape to $size', async ({ shape, data, size, expected }) => {
    const [height, width] = shape;
    const bytes = Buffer.from(data, 'base64');
    const wanted = { width: size[0], height: size[1] };
    const found = await resizeImage({ width, height, data: bytes }, wanted, 'stretch');
    const real = await resizeImage({ width, height, data: Float32Array.from(bytes) }, wanted, 'stretch');
    const reference = Buffer.from(expected, 'base64');
    const differences = [...reference].map((value, at) => Math.abs(value - found.data[at]!));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    expect(found.data.length).toBe(reference.length);
    // The weights of libvips are centred and rounded a little differently, which shows at edges.
    expect(mean).toBeLessThan(1);
    expect(Math.max(...differences)).toBeLessThan(25);
    // Eight bits are rounded after each direction, sixteen are not: two roundings and the averaging of blocks.
    real.data.forEach((value, at) => expect(Math.abs(value - found.data[at]!)).toBeLessThan(2));
  });
});

describe('size and place', () => {
  test('an image of the wanted size is not touched', async () => {
    const image = striped(9, 7);
    expect(await resizeImage(image, { width: 9, height: 7 }, 'crop')).toBe(image);
  });

  test.each([
    [20, 5],
    // Of an odd number of columns too many, the left side loses one more.
    [13, 2],
  ])('crop of %d columns to 10 begins at column %d', async (width, first) => {
    const { data } = await resizeImage(striped(width, 10), { width: 10, height: 10 }, 'crop');
    const row = Array.from({ length: 10 }, (_, x) => data[3 * x]);
    expect(row).toEqual(Array.from({ length: 10 }, (_, x) => first + x));
  });

  test('crop keeps the middle of what is high', async () => {
    const high = {
      width: 6,
      height: 12,
      data: Uint8Array.from({ length: 3 * 72 }, (_, at) => Math.floor(at / 18)),
    };
    const { data } = await resizeImage(high, { width: 6, height: 6 }, 'crop');
    expect(Array.from({ length: 6 }, (_, y) => data[18 * y])).toEqual([3, 4, 5, 6, 7, 8]);
  });

  test('stretch keeps everything', async () => {
    const { data } = await resizeImage(striped(200, 50), { width: 10, height: 10 }, 'stretch');
    const row = Array.from({ length: 10 }, (_, x) => data[3 * x]!);
    row.forEach((value, x) => expect(Math.abs(value - (20 * x + 9.5))).toBeLessThan(1.6));
  });

  test.each([Uint8Array, Float32Array])('an even image stays even, as %p', async (array) => {
    const even = { width: 50, height: 31, data: new array(3 * 50 * 31).fill(93) };
    for (const size of [
      { width: 7, height: 7 },
      { width: 99, height: 80 },
      { width: 1, height: 1 },
    ]) {
      const { data, width, height } = await resizeImage(even, size, 'stretch');
      expect({ width, height }).toEqual(size);
      // The rounded weights of 16 bits do not quite add up to 1.
      const error = data instanceof Uint8Array ? 0 : 0.5;
      expect(Math.max(...data)).toBeLessThanOrEqual(93 + error);
      expect(Math.min(...data)).toBeGreaterThanOrEqual(93 - error);
    }
  });
});
