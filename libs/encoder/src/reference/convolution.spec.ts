import { expect, test } from '@jest/globals';
import { convolve, type Planes } from './convolution.js';

const ones = (channels: number, side: number): Planes => ({
  channels,
  side,
  data: new Float64Array(channels * side * side).fill(1),
});

test('a filter of ones counts the pixels under it, less those beyond the upper and left edge', () => {
  const { data, side, channels } = convolve(ones(2, 4), {
    channels: 1,
    leak: 0.25,
    weights: new Float32Array(18).fill(1),
  });
  // Two channels; centres at 0 and 2 in each direction: 2 x 2, 2 x 3 or 3 x 3 pixels are inside.
  expect({ side, channels, data: [...data] }).toEqual({ side: 2, channels: 1, data: [8, 12, 12, 18] });
});

test('weights lie over the pixels in reading order', () => {
  const image = { channels: 1, side: 4, data: Float64Array.from({ length: 16 }, (_, index) => index) };
  const only = (tap: number): number[] => {
    const weights = new Float32Array(9);
    weights[tap] = 1;
    return [...convolve(image, { channels: 1, leak: 0.25, weights }).data];
  };
  expect(only(4)).toEqual([0, 2, 8, 10]);
  expect(only(5)).toEqual([1, 3, 9, 11]);
  expect(only(1)).toEqual([0, 0, 4, 6]);
});

test('of a negative sum a share is left', () => {
  const weights = new Float32Array(9).fill(-1);
  expect([...convolve(ones(1, 2), { channels: 1, leak: 0.25, weights }).data]).toEqual([-1]);
});
