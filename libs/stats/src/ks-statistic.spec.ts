import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ksStatistic } from './ks-statistic.js';

const ascending = (...values: number[]) => Float64Array.from(values).sort();
const sample = (least = -5, most = 5) =>
  fc.array(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 40 });

describe('ksStatistic', () => {
  // D by hand: count values at or below each point in both samples.
  test.each([
    { name: 'disjoint samples are at distance 1', a: [0, 1], b: [2, 3], numerator: 4, location: 1 },
    { name: 'equal samples are at distance 0', a: [1, 2, 3], b: [3, 2, 1], numerator: 0, location: 1 },
    { name: 'all ties, different sizes', a: [1, 1, 1], b: [1, 1], numerator: 0, location: 1 },
    {
      name: 'a tie across both samples counts in both at once',
      a: [1, 2, 2],
      b: [2, 3],
      numerator: 3,
      location: 2,
    },
    { name: 'the two zeros are one value', a: [-0, 0], b: [0], numerator: 0, location: 0 },
    {
      name: 'the smallest value wins among equal distances',
      a: [1, 4],
      b: [2, 3],
      numerator: 2,
      location: 1,
    },
  ])('$name', ({ a, b, numerator, location }) => {
    const result = ksStatistic(ascending(...a), ascending(...b));
    expect(result).toEqual({
      statistic: numerator / (a.length * b.length),
      numerator,
      n: a.length,
      m: b.length,
      location: location === 0 ? expect.closeTo(0) : location,
    });
  });

  test('values at scale 1e-12 are compared as exactly as values at scale 1', () => {
    const a = [0.1, 0.4, 0.7, 0.9];
    const b = [0.2, 0.8, 1.1];
    const tiny = (values: number[]) => ascending(...values.map((value) => value * 1e-12));
    expect(ksStatistic(tiny(a), tiny(b)).numerator).toBe(
      ksStatistic(ascending(...a), ascending(...b)).numerator,
    );
  });

  test('equals the definition: the largest difference over all pooled values', () => {
    fc.assert(
      fc.property(sample(), sample(), (a, b) => {
        const count = (values: number[], x: number) => values.filter((value) => value <= x).length;
        const distances = [...a, ...b].map((x) => Math.abs(count(a, x) * b.length - count(b, x) * a.length));
        expect(ksStatistic(ascending(...a), ascending(...b)).numerator).toBe(Math.max(...distances));
      }),
      { seed: 1 },
    );
  });

  test('is symmetric in its samples, and 0 against itself', () => {
    fc.assert(
      fc.property(sample(), sample(), (a, b) => {
        const [x, y] = [ascending(...a), ascending(...b)];
        const forth = ksStatistic(x, y);
        const back = ksStatistic(y, x);
        expect([back.numerator, back.location]).toEqual([forth.numerator, forth.location]);
        expect(ksStatistic(x, x).numerator).toBe(0);
      }),
      { seed: 2 },
    );
  });

  test('does not change under a strictly increasing map of the values', () => {
    fc.assert(
      fc.property(sample(), sample(), (a, b) => {
        const map = (values: number[]) =>
          ascending(...values.map((value) => Math.exp(value) * 1e-9 + 3e-9 * value));
        const mapped = ksStatistic(map(a), map(b));
        expect(mapped.numerator).toBe(ksStatistic(ascending(...a), ascending(...b)).numerator);
      }),
      { seed: 3 },
    );
  });

  test.each([
    { name: 'an empty first sample', a: [], b: [1], code: 'stats.empty-sample' },
    { name: 'an empty second sample', a: [1], b: [], code: 'stats.empty-sample' },
    { name: 'NaN', a: [1, NaN], b: [1], code: 'stats.not-finite' },
    { name: 'infinity', a: [1], b: [1, Infinity], code: 'stats.not-finite' },
    { name: 'minus infinity', a: [-Infinity, 1], b: [1], code: 'stats.not-finite' },
  ])('refuses $name', ({ a, b, code }) => {
    expect(() => ksStatistic(ascending(...a), ascending(...b))).toThrow(expect.objectContaining({ code }));
  });
});
