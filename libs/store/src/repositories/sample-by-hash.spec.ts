import { describe, expect, test } from '@jest/globals';
import { sampleByHash } from './sample-by-hash.js';

describe('sampling by hash', () => {
  test('a list that fits is kept whole, sorted, and left as it was', () => {
    const values = [3, -1, 2, 2];
    expect(sampleByHash(values, 4)).toEqual(Float64Array.of(-1, 2, 2, 3));
    expect(values).toEqual([3, -1, 2, 2]);
    expect(sampleByHash([], 4)).toEqual(new Float64Array());
  });

  test('a longer list gives exactly the size, ascending, the same each time', () => {
    const values = Float64Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 5_000);
    const sample = sampleByHash(values, 1_000);
    expect(sample.length).toBe(1_000);
    expect(new Set(sample).size).toBe(1_000);
    expect(sample).toEqual(Float64Array.from(sample).sort());
    expect(sampleByHash(values, 1_000)).toEqual(sample);
  });

  test.each([
    ['sorted', (index: number) => index / 100_000],
    ['periodic', (index: number) => (index % 5) / 5 + index / 500_000],
  ])('a %s list is sampled evenly', (_name, valueOf) => {
    const values = Float64Array.from({ length: 100_000 }, (_, index) => valueOf(index));
    const sample = sampleByHash(values, 20_000);
    const sorted = Float64Array.from(values).sort();
    // Largest distance of the two distribution functions: 1.63 / sqrt(n) is its 99 % bound for random choice
    // (Kolmogorov), here 0.0115.
    const distance = sample.reduce((largest, value, index) => {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (sorted[middle]! <= value) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return Math.max(largest, Math.abs((index + 1) / sample.length - low / sorted.length));
    }, 0);
    expect(distance).toBeLessThan(0.0115);
  });
});
