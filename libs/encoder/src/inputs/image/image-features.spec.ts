import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { imageFeatures, type ImageFeatures } from './image-features.js';

interface Case {
  readonly name: string;
  readonly shape: [number, number, number];
  readonly data: string | null;
  readonly features: ImageFeatures;
}

const { features } = JSON.parse(
  readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8'),
) as { features: Case[] };

/** The pixels that the script makes for images that are too large to be written down. */
function madePixels(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * index * 31 + index * 7) % 251);
}

// numpy adds in another order, so that its last digits are not ours.
const close = (expected: number) => ({
  asymmetricMatch: (actual: unknown) => Math.abs(Number(actual) - expected) <= 1e-9 * Math.abs(expected),
  toString: () => `within 1e-9 of ${expected}`,
});

describe('image features are those of numpy and scipy', () => {
  test.each(features)('$name', ({ shape, data, features: expected }) => {
    const [height, width] = shape;
    const pixels = data === null ? madePixels(3 * width * height) : Buffer.from(data, 'base64');
    const found = imageFeatures({ width, height, data: pixels });
    for (const [name, value] of Object.entries(expected)) {
      expect({ [name]: found[name as keyof ImageFeatures] }).toEqual({ [name]: close(value) });
    }
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  });

  test('of an even image, contrast and sharpness are exactly 0', () => {
    const even = imageFeatures({ width: 70, height: 50, data: new Uint8Array(3 * 70 * 50).fill(77) });
    expect(even).toMatchObject({ contrast: 0, sharpness: 0, clipped_share: 0 });
  });

  test('of real values they are those of the rounded ones', () => {
    const bytes = madePixels(3 * 12 * 9);
    const real = Float32Array.from(bytes, (value, index) => value + ((index % 9) - 4) / 10);
    const size = { width: 12, height: 9 };
    expect(imageFeatures({ ...size, data: real })).toEqual(imageFeatures({ ...size, data: bytes }));
  });

  test('they notice darkness and blur', () => {
    const size = { width: 64, height: 64 };
    const sharp = madePixels(3 * 64 * 64);
    const dark = imageFeatures({ ...size, data: sharp.map((value) => value / 3) });
    const before = imageFeatures({ ...size, data: sharp });
    const smooth = imageFeatures({
      ...size,
      data: sharp.map((_, at) =>
        at < 3 || at >= sharp.length - 3 ? 0 : (sharp[at - 3]! + sharp[at]! + sharp[at + 3]!) / 3,
      ),
    });
    expect(dark.brightness / before.brightness).toBeCloseTo(1 / 3, 1);
    expect(smooth.sharpness).toBeLessThan(before.sharpness / 2);
  });
});
