import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundedBuckets } from './exponential-buckets.js';
import type { ExponentialHistogram } from './exponential-histogram.js';

const NOTHING: ExponentialHistogram = {
  ...{ scale: 0, zeroCount: 0n, zeroThreshold: 0, positive: [], negative: [] },
  ...{ count: 0n, sum: null, min: null, max: null },
};

test('buckets on both sides of zero, with gaps', () => {
  const histogram: ExponentialHistogram = {
    ...NOTHING,
    zeroCount: 7n,
    positive: [
      [0, 1n],
      [1, 2n],
      [4, 3n],
    ],
    negative: [
      [0, 4n],
      [2, 5n],
    ],
  };
  expect(boundedBuckets(histogram)).toEqual({
    bounds: [-8, -4, -2, -1, -Number.MIN_VALUE, 0, 1, 2, 4, 16, 32],
    counts: [0, 5, 0, 4, 0, 7, 0, 1, 2, 0, 3, 0],
  });
  expect(boundedBuckets({ ...NOTHING, zeroCount: 2n, zeroThreshold: 0.5, positive: [[-1, 1n]] })).toEqual({
    bounds: [-0.5, 0.5, 1],
    counts: [0, 2, 1, 0],
  });
  expect(boundedBuckets(NOTHING)).toEqual({ bounds: [], counts: [0] });
});

test('bounds ascend and every observation is in one bucket, whatever the scale', () => {
  const side = fc
    .uniqueArray(fc.integer({ min: -40, max: 40 }), { maxLength: 12 })
    .map((indices) => indices.sort((a, b) => a - b).map((index) => [index, 3n] as const));
  fc.assert(
    fc.property(side, side, fc.integer({ min: -2, max: 10 }), (positive, negative, scale) => {
      const { bounds, counts } = boundedBuckets({ ...NOTHING, scale, zeroCount: 1n, positive, negative });
      expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
      expect(new Set(bounds).size).toBe(bounds.length);
      expect(counts).toHaveLength(bounds.length + 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3 * (positive.length + negative.length) + 1);
    }),
  );
});
