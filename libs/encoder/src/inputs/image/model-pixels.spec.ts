import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImagePreprocess } from '../preprocess.js';
import type { Pixels } from './pixels.js';
import { modelPixelDims, modelPixels } from './model-pixels.js';

interface Case extends Pick<ImagePreprocess, 'channels' | 'layout' | 'scale' | 'mean' | 'std'> {
  readonly shape: [number, number, number];
  readonly data: string;
  readonly expected: string;
}

const { normalised } = JSON.parse(
  readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8'),
) as { normalised: Case[] };

const preprocess = (partial: Partial<ImagePreprocess>): ImagePreprocess => ({
  kind: 'image',
  width: 3,
  height: 2,
  layout: 'NCHW',
  dataType: 'float32',
  channels: 'RGB',
  resize: 'stretch',
  scale: 1 / 255,
  mean: [],
  std: [],
  ...partial,
});

/** In memory that has held something before. */
const pixelsOf = (images: readonly Pixels[], form: ImagePreprocess) =>
  modelPixels(images, form, (bytes) => new Uint8Array(new ArrayBuffer(bytes + 8), 0, bytes).fill(77));

test.each(normalised)('$channels, $layout, scale $scale: as numpy has it', (row) => {
  const [height, width] = row.shape;
  const { channels, layout, scale, mean, std } = row;
  const image = { width, height, data: Buffer.from(row.data, 'base64') };
  const found = pixelsOf([image], preprocess({ width, height, channels, layout, scale, mean, std }));
  const expected = new Float32Array(new Uint8Array(Buffer.from(row.expected, 'base64')).buffer);
  expect(found.length).toBe(expected.length);
  // Both calculate in float64 and round once: at most the last digit of a float32 differs.
  expected.forEach((value, at) => expect(Math.abs(found[at]! - value)).toBeLessThanOrEqual(1e-6));
});

describe('forms', () => {
  const image = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, index) => 10 * index) };

  test.each<[string, Partial<ImagePreprocess>, number[], number[]]>([
    ['NHWC', { layout: 'NHWC' }, [2, 3, 3], [...image.data]],
    ['NCHW', {}, [3, 2, 3], [0, 30, 60, 90, 120, 150, 10, 40, 70, 100, 130, 160, 20, 50, 80, 110, 140, 170]],
    [
      'BGR',
      { layout: 'NHWC', channels: 'BGR' },
      [2, 3, 3],
      [20, 10, 0, 50, 40, 30, 80, 70, 60, 110, 100, 90, 140, 130, 120, 170, 160, 150],
    ],
    // 0.299 * 0 + 0.587 * 10 + 0.114 * 20 = 8.15, and 30 more for each pixel.
    ['grayscale', { channels: 'grayscale' }, [1, 2, 3], [8, 38, 68, 98, 128, 158]],
  ])('uint8 as %s', (_, partial, dims, expected) => {
    const form = preprocess({ dataType: 'uint8', scale: 5, mean: [1], std: [2], ...partial });
    expect(modelPixelDims(form)).toEqual(dims);
    expect([...pixelsOf([image], form)]).toEqual(expected);
  });

  test('one mean and one deviation stand for all channels', () => {
    const one = pixelsOf([image], preprocess({ mean: [0.5], std: [0.25] }));
    expect(one).toEqual(pixelsOf([image], preprocess({ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] })));
  });

  test('several images lie one after another, whatever their values are kept in', () => {
    const other = {
      width: 3,
      height: 2,
      data: Float32Array.from({ length: 18 }, (_, index) => 200.5 - index),
    };
    const form = preprocess({ mean: [0.5], std: [0.25] });
    expect([...pixelsOf([image, other], form)]).toEqual([
      ...pixelsOf([image], form),
      ...pixelsOf([other], form),
    ]);
    expect(pixelsOf([], form)).toHaveLength(0);
  });

  test('grey of equal channels is that value', () => {
    const grey = { width: 3, height: 2, data: new Uint8Array(18).fill(113) };
    expect([...pixelsOf([grey], preprocess({ channels: 'grayscale', dataType: 'uint8' }))]).toEqual(
      Array(6).fill(113),
    );
  });
});

test('normalising can be undone', () => {
  const numbers = fc.double({ min: 0.05, max: 2, noNaN: true });
  const forms = fc.record({
    layout: fc.constantFrom('NCHW' as const, 'NHWC' as const),
    channels: fc.constantFrom('RGB' as const, 'BGR' as const),
    mean: fc.array(numbers, { minLength: 3, maxLength: 3 }),
    std: fc.array(numbers, { minLength: 3, maxLength: 3 }),
    scale: numbers,
  });
  fc.assert(
    fc.property(forms, fc.uint8Array({ minLength: 18, maxLength: 18 }), (form, data) => {
      const output = pixelsOf([{ width: 3, height: 2, data }], preprocess(form));
      const restored = data.map((_, at) => {
        const pixel = Math.floor(at / 3);
        const channel = form.channels === 'RGB' ? at % 3 : 2 - (at % 3);
        const value = output[form.layout === 'NHWC' ? 3 * pixel + channel : 6 * channel + pixel]!;
        return Math.round((value * form.std[channel]! + form.mean[channel]!) / form.scale);
      });
      expect(restored).toEqual(data);
    }),
    { numRuns: 200 },
  );
});
