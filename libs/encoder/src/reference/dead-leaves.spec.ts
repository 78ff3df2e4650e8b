import { seededRandom } from '@tidewatch/core';
import { expect, test } from '@jest/globals';
import { deadLeaves } from './dead-leaves.js';

const random = seededRandom(1);
const images = Array.from({ length: 60 }, () => deadLeaves(random));

test('the same seed gives the same image, of 3 x 64 x 64 pixels from 0 to 255', () => {
  expect(deadLeaves(seededRandom(1))).toEqual(images[0]);
  expect(images[0]).toHaveLength(3 * 64 * 64);
  expect(images.every((pixels) => pixels.every((value) => value >= 0 && value <= 255))).toBe(true);
});

test('brightness varies from image to image', () => {
  const brightness = images.map((pixels) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length);
  expect(Math.max(...brightness) - Math.min(...brightness)).toBeGreaterThan(60);
});

test('pixels differ the more the further they are apart, but by far less than in proportion', () => {
  const difference = (apart: number): number => {
    const squares = images.flatMap((pixels) =>
      Array.from({ length: 48 }, (_, row) => (pixels[row * 64 + apart]! - pixels[row * 64]!) ** 2),
    );
    return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
  };
  const [near, middle, far] = [difference(1), difference(4), difference(16)];
  expect(middle).toBeGreaterThan(1.2 * near);
  expect(far).toBeGreaterThan(1.1 * middle);
  expect(far).toBeLessThan(8 * near);
});
