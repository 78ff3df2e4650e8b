import { describe, expect, test } from '@jest/globals';
import { meansOfLast, meansOfWindow } from './moving-means.js';

const bin = (start: number, sum: number, samples = 1, group: readonly string[] = []) => ({
  group,
  start,
  sum,
  samples,
});

describe('means over the last stretch of time', () => {
  test('sums are made anew: a huge value leaves nothing behind', () => {
    const bins = [bin(0, 1e300), bin(10, 1), bin(20, 2), bin(30, 3)];
    expect(meansOfWindow(bins, { windowMs: 20, sliceMs: 10, from: 20 })).toEqual([
      { group: [], start: 20, value: 1.5 },
      { group: [], start: 30, value: 2.5 },
    ]);
  });

  test('each group for itself; a sum that overflows is no value', () => {
    const bins = [bin(0, 1, 2, ['a']), bin(0, Infinity, 2, ['b']), bin(10, 4, 2, ['b'])];
    expect(meansOfWindow(bins, { windowMs: 10, sliceMs: 10, from: 0 })).toEqual([
      { group: ['a'], start: 0, value: 0.5 },
      { group: ['b'], start: 10, value: 2 },
    ]);
  });

  test('a window shorter than the slice may hold none of its samples', () => {
    expect(meansOfWindow([bin(0, 1)], { windowMs: 5, sliceMs: 10, from: 0 })).toEqual([]);
  });
});

describe('means over the last samples', () => {
  test('reach back over slices; what lies before the range only helps', () => {
    const lists = [
      { group: [], start: 0, latest: [10, 20] },
      { group: [], start: 100, latest: [1] },
      { group: [], start: 110, latest: [3, 2] },
      { group: [], start: 140, latest: [7, 6, 5] },
    ];
    expect(meansOfLast(lists, 3, 100)).toEqual({
      slices: [
        { group: [], start: 100, value: 31 / 3 },
        { group: [], start: 110, value: 2 },
        { group: [], start: 140, value: 6 },
      ],
      fewest: 3,
    });
    expect(meansOfLast(lists, 9, 100).fewest).toBe(3);
    expect(meansOfLast([], 9, 100)).toEqual({ slices: [], fewest: Infinity });
  });
});
