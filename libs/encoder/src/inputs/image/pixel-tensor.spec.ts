import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RawInput } from '../raw-input.js';
import { readPixelTensor } from './pixel-tensor.js';
import { flattenToRgb } from './pixels.js';

function tensor(shape: number[], values: Uint8Array | Float32Array): RawInput {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dataType: values instanceof Uint8Array ? 'uint8' : 'float32', shape, data, maskedBoxes: [] };
}

function pixels(input: RawInput) {
  const result = readPixelTensor(input);
  if ('refused' in result) {
    throw new Error(result.refused);
  }
  return result;
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const floats = (...values: number[]) => Float32Array.from(values);

/** `[height, width, channels]` as `[channels, height, width]`. */
function toChannelsFirst<T extends Uint8Array | Float32Array>(values: T, area: number, channels: number): T {
  const result = values.slice() as T;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      result[channel * area + pixel] = values[pixel * channels + channel]!;
    }
  }
  return result;
}

describe('shapes', () => {
  test.each([
    ['grey, two sizes', [1, 2], bytes(7, 9), [7, 7, 7, 9, 9, 9]],
    ['grey, channel last', [1, 2, 1], bytes(7, 9), [7, 7, 7, 9, 9, 9]],
    ['grey, channel first', [1, 2, 2], bytes(1, 2, 3, 4), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]],
    ['RGB, channel last', [1, 2, 3], bytes(1, 2, 3, 4, 5, 6), [1, 2, 3, 4, 5, 6]],
    ['RGB, channel first', [3, 1, 2], bytes(1, 4, 2, 5, 3, 6), [1, 2, 3, 4, 5, 6]],
    ['a batch of one', [1, 3, 1, 2], bytes(1, 4, 2, 5, 3, 6), [1, 2, 3, 4, 5, 6]],
    ['alpha on black', [1, 2, 4], bytes(200, 100, 50, 255, 200, 100, 51, 128), [200, 100, 50, 100, 50, 26]],
    ['float32 from 0 to 1', [1, 1, 3], floats(0, 0.2, 1), [0, 51, 255]],
    ['float32 a little outside', [1, 1, 3], floats(-0.0009, 0.5, 1.0009), [0, 127.5, 255]],
    ['float32 with alpha', [1, 1, 4], floats(0.2, 0.4, 0.6, 0.5), [25.5, 51, 76.5]],
  ])('%s', (_, shape, values, expected) => {
    const found = [...pixels(tensor(shape, values)).data];
    expect(found.length).toBe(expected.length);
    expected.forEach((value, index) => expect(found[index]).toBeCloseTo(value, 4));
  });

  test('an image reads the same with channels first and last', () => {
    const sizes = fc.record({
      height: fc.integer({ min: 5, max: 9 }),
      width: fc.integer({ min: 5, max: 9 }),
      channels: fc.constantFrom(1, 3, 4),
      seed: fc.nat(),
      real: fc.boolean(),
    });
    fc.assert(
      fc.property(sizes, ({ height, width, channels, seed, real }) => {
        const whole = Uint8Array.from(
          { length: height * width * channels },
          (_, index) => (index * 31 + seed) % 256,
        );
        const values = real ? Float32Array.from(whole, (value) => value / 255) : whole;
        const last = pixels(tensor([height, width, channels], values));
        const first = pixels(
          tensor([channels, height, width], toChannelsFirst(values, height * width, channels)),
        );
        expect(first).toEqual(last);
        expect([last.width, last.height]).toEqual([width, height]);
      }),
      { numRuns: 100 },
    );
  });

  test('bytes that are not aligned are read', () => {
    const values = floats(0.2, 0.4, 0.6);
    const shifted = new Uint8Array(13);
    shifted.set(new Uint8Array(values.buffer), 1);
    const input = { ...tensor([1, 1, 3], values), data: shifted.subarray(1) };
    expect(pixels(input)).toEqual(pixels(tensor([1, 1, 3], values)));
  });
});

test('what is opaque stays as it is, and what is transparent is black', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 3, maxLength: 30 }), (values) => {
      const rgb = values.subarray(0, values.length - (values.length % 3));
      const withAlpha = (alpha: number) =>
        Uint8Array.from({ length: (rgb.length / 3) * 4 }, (_, at) =>
          at % 4 === 3 ? alpha : rgb[at - (at >> 2)]!,
        );
      expect(flattenToRgb(withAlpha(255), 4)).toEqual(Uint8Array.from(rgb));
      expect(flattenToRgb(withAlpha(0), 4)).toEqual(new Uint8Array(rgb.length));
    }),
  );
});

describe('refused', () => {
  const short = new Uint8Array(11);
  test.each<[string, RawInput, RegExp]>([
    ['one size', tensor([12], new Uint8Array(12)), /^the shape \[12\] is not that of an image; \[height/],
    ['two channels', tensor([5, 5, 2], new Uint8Array(50)), /^the shape \[5, 5, 2\] is not that of an image/],
    ['a batch of two', tensor([2, 3, 5, 5], new Uint8Array(150)), /^the shape \[2, 3, 5, 5\] is not/],
    ['a size of zero', tensor([0, 5, 3], new Uint8Array(0)), /^the shape \[0, 5, 3\] is not/],
    [
      'too few bytes',
      tensor([2, 2, 3], short),
      /^11 bytes were sent, and uint8 of shape \[2, 2, 3\] has 12$/,
    ],
    ['another type', { ...tensor([2, 2, 3], new Uint8Array(12)), dataType: 'int8' }, /sent as int8$/],
    [
      'too many pixels',
      tensor([7000, 7000], short),
      /^the image is 7000 x 7000, which is more than the 40 million/,
    ],
    ['too many bytes', tensor([6000, 6000, 3], short), /^the tensor has 108000000 bytes, and 67108864 are/],
    [
      '0 to 255 as float32',
      tensor([1, 1, 3], floats(0, 200, 7)),
      /^float32 pixels are from 0 to 1, and value 1 is 200/,
    ],
    ['below 0', tensor([1, 1, 3], floats(0.5, 0.5, -0.2)), /value 2 is -0.2/],
    ['NaN', tensor([1, 1, 3], floats(0.5, NaN, 0.2)), /value 1 is NaN/],
    ['infinity', tensor([1, 1, 3], floats(Infinity, 0.5, 0.2)), /value 0 is Infinity/],
  ])('%s', (_, input, reason) => {
    expect(readPixelTensor(input)).toEqual({ refused: expect.stringMatching(reason) });
  });
});
