import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { distanceRatio, type DistanceSums } from './distance-ratio.js';

type Sums = [count: number, sum: number, sumOfSquares: number];

const { ratios } = JSON.parse(
  readFileSync(new URL('fixtures/vector-models.json', import.meta.url), 'utf8'),
) as {
  ratios: { window: Sums; baseline: Sums; ratio: number; low: number; high: number; pValue: number }[];
};

const options = { confidence: 0.95, ownCentre: false };

function sums([count, sum, sumOfSquares]: Sums): DistanceSums {
  return { count, sum, sumOfSquares };
}

function of(...distances: number[]): DistanceSums {
  return {
    count: distances.length,
    sum: distances.reduce((total, value) => total + value, 0),
    sumOfSquares: distances.reduce((total, value) => total + value * value, 0),
  };
}

describe('distanceRatio', () => {
  test.each(ratios)('$window against $baseline, as scipy has it', (given) => {
    const found = distanceRatio(sums(given.window), sums(given.baseline), options);
    // A difference of sums of squares loses some three digits of a double.
    expect(found.ratio! / given.ratio).toBeCloseTo(1, 12);
    expect(found.low! / given.low).toBeCloseTo(1, 10);
    expect(found.high! / given.high).toBeCloseTo(1, 10);
    expect(found.pValue! / given.pValue).toBeCloseTo(1, 8);
  });

  test('with its own centre the baseline counts without its part in it', () => {
    const plain = distanceRatio(of(4, 6), of(1, 2, 3, 4), options);
    const own = distanceRatio(of(4, 6), of(1, 2, 3, 4), { ...options, ownCentre: true });
    expect(plain.ratio).toBe(2);
    // Every distance of the baseline times 4/3.
    const enlarged = distanceRatio(of(4, 6), of(4 / 3, 8 / 3, 4, 16 / 3), options);
    for (const key of ['ratio', 'low', 'high', 'pValue'] as const) {
      expect(own[key]).toBeCloseTo(enlarged[key]!, 12);
    }
    expect(own.ratio).toBeCloseTo(1.5, 12);
  });

  test('says nothing of spread where there is none to see', () => {
    expect(distanceRatio(of(3), of(1, 2, 3), options)).toEqual({
      ratio: 1.5,
      low: null,
      high: null,
      pValue: null,
    });
    expect(distanceRatio(of(3, 4), of(2), { ...options, ownCentre: true }).ratio).toBe(1.75);
    expect(distanceRatio(of(0.1, 0.1, 0.1), of(0.3, 0.3, 0.3), options)).toMatchObject({
      low: null,
      pValue: null,
    });
  });

  test('has no ratio without vectors, or where the whole baseline lies in its centre', () => {
    const nothing = { ratio: null, low: null, high: null, pValue: null };
    expect(distanceRatio(of(), of(1, 2), options)).toEqual(nothing);
    expect(distanceRatio(of(1, 2), of(), options)).toEqual(nothing);
    const { ratio, pValue } = distanceRatio(of(1, 2, 3), of(0, 0, 0), options);
    expect(ratio).toBeNull();
    expect(pValue).toBeLessThan(0.05);
    expect(distanceRatio(of(0, 0), of(1, 2), options)).toMatchObject({ ratio: 0, low: null });
  });

  test('scaling both sides changes nothing', () => {
    const [a, b] = [
      distanceRatio(of(2, 3, 5), of(1, 2, 4), options),
      distanceRatio(of(20, 30, 50), of(10, 20, 40), options),
    ];
    expect(b.ratio).toBeCloseTo(a.ratio!, 12);
    expect(b.high).toBeCloseTo(a.high!, 12);
    expect(b.pValue).toBeCloseTo(a.pValue!, 12);
  });

  test.each([
    ['a square below what the sum needs', { count: 2, sum: 10, sumOfSquares: 20 }],
    ['a negative sum', { count: 1, sum: -1, sumOfSquares: 1 }],
    ['NaN', { count: 1, sum: NaN, sumOfSquares: 1 }],
    ['sums of no vectors', { count: 0, sum: 1, sumOfSquares: 1 }],
    ['half a vector', { count: 1.5, sum: 1, sumOfSquares: 1 }],
  ])('refuses %s', (_, wrong) => {
    expect(() => distanceRatio(wrong, of(1, 2), options)).toThrow(
      expect.objectContaining({ code: 'stats.domain' }),
    );
  });
});
