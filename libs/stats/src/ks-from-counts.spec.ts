import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { ksFromCounts, ksPValueFromCounts } from './ks-from-counts.js';
import { ksPExactTied } from './ks-p-exact-tied.js';
import { ksPExact } from './ks-p-exact.js';
import { ksStatistic } from './ks-statistic.js';

/** Paths that meet the boundary where a group ends, of all paths, by counting them one group at a time in big integers. */
function pByCounting(n: number, m: number, numerator: number, ties: readonly number[]): number {
  let unmet = new Map([[0, 1n]]);
  let s = 0;
  for (const size of ties) {
    for (let step = 0; step < size; step += 1) {
      s += 1;
      const next = new Map<number, bigint>();
      for (const [i, ways] of unmet) {
        for (const to of [i, i + 1]) {
          if (to <= n && s - to <= m) {
            next.set(to, (next.get(to) ?? 0n) + ways);
          }
        }
      }
      unmet = next;
    }
    for (const i of [...unmet.keys()]) {
      if (Math.abs(i * m - (s - i) * n) >= numerator) {
        unmet.delete(i);
      }
    }
  }
  let total = 1n;
  for (let k = 1; k <= n; k += 1) {
    total = (total * BigInt(m + k)) / BigInt(k);
  }
  const met = total - (unmet.get(n) ?? 0n);
  return ratio(met, total);
}

/** A quotient of big integers as a double. */
function ratio(a: bigint, b: bigint): number {
  const shift = BigInt(Math.max(0, b.toString(2).length - a.toString(2).length + 60));
  return Number((a << shift) / b) / 2 ** Number(shift);
}

describe('ksPExactTied', () => {
  test('the textbook case {1,2,2,3,3} and {1,2,3,3,4,5,6} is 8/33', () => {
    const a = [1, 2, 2, 0, 0, 0];
    const b = [1, 1, 2, 1, 1, 1];
    const found = ksFromCounts(a, b);
    const ties = a.map((count, i) => count + b[i]!);
    expect(ksPExactTied(5, 7, found.numerator, ties)).toBeCloseTo(8 / 33, 14);
    expect(ksPValueFromCounts(a, b, found)).toEqual({ pValue: expect.closeTo(8 / 33, 14), method: 'exact' });
  });

  test('equals rational arithmetic within 1e-12 for any ties', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 25 });
    fc.assert(
      fc.property(
        groups,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (ties, part, size) => {
          const total = ties.reduce((sum, each) => sum + each, 0);
          fc.pre(total >= 2);
          const n = Math.max(1, Math.min(total - 1, Math.round(part * total)));
          const m = total - n;
          const numerator = Math.max(1, Math.round(size * n * m));
          const expected = pByCounting(n, m, numerator, ties);
          const actual = ksPExactTied(n, m, numerator, ties);
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    [300, 320, 0.11],
    [100, 110, 0.4],
    [250, 60, 0.2],
  ])('equals rational arithmetic at %d and %d in groups of up to 9, D = %d', (n, m, d) => {
    const random = seededRandom(n);
    const ties: number[] = [];
    for (let left = n + m; left > 0; left -= ties.at(-1)!) {
      ties.push(Math.min(left, 1 + Math.floor(random() * 9)));
    }
    const numerator = Math.round(d * n * m);
    const expected = pByCounting(n, m, numerator, ties);
    expect(Math.abs(ksPExactTied(n, m, numerator, ties) / expected - 1)).toBeLessThan(1e-12);
  });

  test.each([
    [37, 41, 200],
    [500, 300, 20_000],
    [64, 64, 64 * 20],
  ])('is the law without ties where there are none: %d, %d, %d', (n, m, numerator) => {
    const ties = new Array<number>(n + m).fill(1);
    expect(ksPExactTied(n, m, numerator, ties) / ksPExact(n, m, numerator)).toBeCloseTo(1, 12);
  });

  test('with ties the p-value is smaller than without: scipy keeps 0.5455 where 0.2424 is true', () => {
    expect(ksPExact(5, 7, 15)).toBeGreaterThan(2 * ksPExactTied(5, 7, 15, [2, 3, 4, 1, 1, 1]));
  });

  test('refuses groups that do not add up', () => {
    expect(() => ksPExactTied(3, 3, 1, [2, 2])).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});

describe('ksFromCounts', () => {
  const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 });
  const countsOf = (sample: readonly number[]) =>
    Float64Array.from({ length: 31 }, (_, cell) => sample.filter((value) => value === cell).length);

  test('is D of the values where every cell is a value', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const counted = ksFromCounts(countsOf(a), countsOf(b));
        const direct = ksStatistic(Float64Array.from(a).sort(), Float64Array.from(b).sort());
        expect(counted.statistic).toBe(direct.statistic);
        expect(counted.numerator).toBe(direct.numerator);
        const swapped = ksFromCounts(countsOf(b), countsOf(a));
        expect(swapped.statistic).toBe(counted.statistic);
      }),
    );
  });

  test('of an empty sample is nothing', () => {
    expect(ksFromCounts([0, 0], [1, 2])).toMatchObject({ statistic: 0, cell: -1, n: 0, m: 3 });
    expect(ksPValueFromCounts([0, 0], [1, 2], ksFromCounts([0, 0], [1, 2])).pValue).toBe(1);
  });

  test('p-values of counts are uniform or larger when nothing differs, exact and by the one-sample law', () => {
    const random = seededRandom(3);
    const draw = (size: number) => {
      const counts = new Float64Array(40);
      for (let i = 0; i < size; i += 1) {
        counts[Math.floor(random() * 40)]! += 1;
      }
      return counts;
    };
    const runs = 800;
    const below = { exact: 0, 'finite-n': 0 };
    for (let run = 0; run < runs; run += 1) {
      const [a, b] = [draw(90), draw(120)];
      for (const exactPoints of [1e9, 0]) {
        const { pValue, method } = ksPValueFromCounts(a, b, ksFromCounts(a, b), { exactPoints });
        below[method] += pValue <= 0.1 ? 1 : 0;
      }
    }
    const error = 4 * Math.sqrt(0.09 / runs);
    expect(below.exact / runs).toBeLessThan(0.1 + error);
    expect(below.exact / runs).toBeGreaterThan(0.1 - error - 0.02);
    expect(below['finite-n']).toBeLessThanOrEqual(below.exact);
  });

  test('fewer effective values make a larger p-value', () => {
    const [a, b] = [Float64Array.of(500, 300, 200), Float64Array.of(450, 300, 250)];
    const found = ksFromCounts(a, b);
    const independent = ksPValueFromCounts(a, b, found, { exactPoints: 0 });
    const dependent = ksPValueFromCounts(a, b, found, { effective: { n: 250, m: 1000 } });
    expect(dependent.pValue).toBeGreaterThan(independent.pValue);
    expect(dependent.method).toBe('finite-n');
  });
});
