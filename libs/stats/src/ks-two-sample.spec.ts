import { readFileSync } from 'node:fs';
import { seededRandom } from '@tidewatch/core';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ksTwoSample } from './ks-two-sample.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as {
    rows: unknown[];
  };
const small = read('ks-two-sample').rows as [
  a: number[],
  b: number[],
  statistic: number,
  exact: number,
  finite: number | null,
][];
const large = read('ks-two-sample-large').rows as [
  n: number,
  m: number,
  power: number,
  statistic: number,
  p: number,
][];

const relativeError = (actual: number, expected: number) =>
  actual === expected ? 0 : Math.abs(actual - expected) / expected;
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const sample = fc.array(value, { minLength: 1, maxLength: 30 });

describe('ksTwoSample', () => {
  test.each(small)('equals scipy.stats.ks_2samp, case %#', (a, b, statistic, exact, finite) => {
    const result = ksTwoSample(Object.freeze(a), Object.freeze(b));
    expect(result.statistic).toBeCloseTo(statistic, 14);
    expect(result.method).toBe('exact');
    expect(relativeError(result.pValue, exact)).toBeLessThan(1e-12);
    const approximated = ksTwoSample(a, b, { method: 'finite-n' });
    expect(approximated.method).toBe('finite-n');
    // scipy has no value for one observation a side; the law of one observation at D = 1 is 0.
    expect(approximated.pValue).toBeGreaterThanOrEqual(0);
    expect(finite === null ? 0 : relativeError(approximated.pValue, finite)).toBeLessThan(1e-10);
  });

  test.each(large)('equals scipy at %d and %d values, exponent %d', (n, m, power, statistic, p) => {
    const generate = (size: number, exponent: number) =>
      Float64Array.from({ length: size }, (_, i) => (((i * 7919) % size) / size) ** exponent);
    const result = ksTwoSample(generate(n, 1), generate(m, power));
    expect(result.statistic).toBeCloseTo(statistic, 12);
    expect(result.method).toBe(Math.max(n, m) <= 10_000 ? 'exact' : 'finite-n');
    expect(relativeError(result.pValue, p)).toBeLessThan(1e-10);
  });

  test('sorts samples given as arrays or typed arrays, and leaves them as they were', () => {
    const a = Float64Array.of(3, 1, 2);
    const b = [9, 7, 8, 2.5];
    const result = ksTwoSample(a, b);
    expect(result).toEqual(ksTwoSample([1, 2, 3], Float64Array.of(2.5, 7, 8, 9), { sorted: true }));
    expect([...a, ...b]).toEqual([3, 1, 2, 9, 7, 8, 2.5]);
  });

  test('does not care about order of values or of samples, nor about increasing maps of the values', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const result = ksTwoSample(a, b);
        const swapped = ksTwoSample(b, a);
        expect(swapped.statistic).toBe(result.statistic);
        expect(relativeError(swapped.pValue, result.pValue)).toBeLessThan(1e-13);
        expect(ksTwoSample(a.toReversed(), b.toReversed())).toEqual(result);
        // A power of two is exact in floating point, so no new ties arise.
        const mapped = ksTwoSample(
          a.map((x) => x * 1024),
          b.map((x) => x * 1024),
        );
        expect([mapped.statistic, mapped.pValue]).toEqual([result.statistic, result.pValue]);
        expect(ksTwoSample(a, a)).toMatchObject({ statistic: 0, pValue: 1 });
      }),
      { seed: 5 },
    );
  });

  test.each([
    { method: 'exact' as const, n: 20, m: 33 },
    { method: 'exact' as const, n: 25, m: 25 },
    { method: 'finite-n' as const, n: 25, m: 60 },
  ])(
    'p is as small as alpha in a share alpha of 10,000 equal pairs: $method, $n and $m',
    ({ method, n, m }) => {
      const random = seededRandom(11);
      const draw = (size: number) => Float64Array.from({ length: size }, random);
      const runs = 10_000;
      const pValues = Float64Array.from(
        { length: runs },
        () => ksTwoSample(draw(n), draw(m), { method }).pValue,
      ).sort();
      for (const alpha of [0.01, 0.05, 0.2, 0.5, 0.8]) {
        // D is discrete, so compare at the attained level: the largest p that is at most alpha, which is exact there.
        const count = pValues.filter((p) => p <= alpha).length;
        const attained = method === 'exact' ? (pValues[count - 1] ?? 0) : alpha;
        const noise = 4 * Math.sqrt((attained * (1 - attained)) / runs);
        expect(count / runs).toBeLessThan(attained + noise);
        // The finite-n law treats D as continuous and is conservative by up to a step of D.
        expect(count / runs).toBeGreaterThan(method === 'exact' ? attained - noise : 0.7 * attained);
      }
    },
  );

  test.each([
    { name: 'an empty sample', a: [], b: [1], code: 'stats.empty-sample' },
    { name: 'NaN among unsorted values', a: [NaN, 3, 1], b: [1], code: 'stats.not-finite' },
    { name: 'an infinity', a: [1], b: [2, -Infinity, 1], code: 'stats.not-finite' },
  ])('refuses $name', ({ a, b, code }) => {
    expect(() => ksTwoSample(a, b)).toThrow(expect.objectContaining({ code }));
  });
});
