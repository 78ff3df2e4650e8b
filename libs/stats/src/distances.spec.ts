import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { andersonDarlingKSample } from './anderson-darling.js';
import { cramerVonMises } from './cramer-von-mises.js';
import { energyDistance } from './energy-distance.js';
import { hellingerDistance, hellingerPValue } from './hellinger-distance.js';
import { jensenShannonDistance, jensenShannonDivergence, jensenShannonPValue } from './jensen-shannon.js';
import { ksStatistic } from './ks-statistic.js';
import { addBoundedCounts, toCommonBounds, type BoundedCounts } from './bounded-counts.js';
import { ksWithBounds } from './ks-with-bounds.js';
import { lInfinity } from './l-infinity.js';
import { populationStabilityIndex, psiNullMean, psiPValue } from './population-stability-index.js';
import { totalVariation } from './total-variation.js';
import { wassersteinDistance, wassersteinFromCounts } from './wasserstein-distance.js';

interface SampleRow {
  readonly a: number[];
  readonly b: number[];
  readonly wasserstein: number;
  readonly energy: number;
  readonly cramerVonMises: [number, number];
  readonly andersonDarling: [number, number];
}

interface CountRow {
  readonly a: number[];
  readonly b: number[];
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly totalVariation: number;
  readonly lInfinity: number;
  readonly psi: number;
}

const tables = JSON.parse(readFileSync(new URL('../fixtures/distances.json', import.meta.url), 'utf8')) as {
  samples: SampleRow[];
  counts: CountRow[];
};

const close = (expected: number) => ({
  asymmetricMatch: (actual: unknown) => Math.abs(Number(actual) - expected) <= 1e-10 * Math.abs(expected),
  toString: () => `within 1e-10 of ${expected}`,
});

describe('of samples, as scipy has them', () => {
  test.each(tables.samples)('case %#', (row) => {
    const { a, b } = row;
    expect(wassersteinDistance(a, b)).toEqual(close(row.wasserstein));
    expect(energyDistance(a, b)).toEqual(close(row.energy));
    const cvm = cramerVonMises(a, b);
    expect(cvm).toEqual({ statistic: close(row.cramerVonMises[0]), pValue: close(row.cramerVonMises[1]) });
    const ad = andersonDarlingKSample([a, b]);
    expect(ad).toEqual({ statistic: close(row.andersonDarling[0]), pValue: close(row.andersonDarling[1]) });
  });

  test('documented cases of scipy: 1, sqrt(2), 0', () => {
    expect(wassersteinDistance([0, 1, 3], [5, 6, 8])).toBeCloseTo(5, 14);
    expect(energyDistance([0], [2])).toBeCloseTo(2, 14);
    expect(energyDistance([1, 2, 3], [3, 1, 2])).toBe(0);
  });

  test.each([
    ['wassersteinDistance', wassersteinDistance],
    ['energyDistance', energyDistance],
    ['cramerVonMises', cramerVonMises],
  ] as const)('%s refuses empty samples and values that are not finite', (_name, distance) => {
    expect(() => distance([], [1])).toThrow(expect.objectContaining({ code: 'stats.empty-sample' }));
    expect(() => distance([1], [Number.NaN])).toThrow(expect.objectContaining({ code: 'stats.not-finite' }));
  });

  test('Anderson-Darling refuses what cannot be tested', () => {
    expect(() => andersonDarlingKSample([[1, 1], [1]])).toThrow(
      expect.objectContaining({ code: 'stats.domain' }),
    );
    expect(() => andersonDarlingKSample([[1, 2]])).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});

describe('of counts', () => {
  test.each(tables.counts)('as scipy has them, case %#', (row) => {
    const { a, b } = row;
    expect(jensenShannonDistance(a, b)).toEqual(close(row.jensenShannon));
    expect(hellingerDistance(a, b)).toEqual(close(row.hellinger));
    expect(totalVariation(a, b)).toEqual(close(row.totalVariation));
    expect(lInfinity(a, b).statistic).toEqual(close(row.lInfinity));
    expect(populationStabilityIndex(a, b)).toEqual(close(row.psi));
  });

  const counts = fc.array(fc.nat(50), { minLength: 6, maxLength: 6 });
  test.each([
    ['Jensen-Shannon divergence', jensenShannonDivergence, 1],
    ['Hellinger distance', hellingerDistance, 1],
    ['total variation', totalVariation, 1],
    ['L-infinity', (a: number[], b: number[]) => lInfinity(a, b).statistic, 1],
    ['population stability index', populationStabilityIndex, Infinity],
  ] as const)(
    '%s: symmetric, 0 for equal shares, within its range, whatever the order of cells',
    (_name, distance, most) => {
      fc.assert(
        fc.property(counts, counts, (a, b) => {
          const value = distance(a, b);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(most);
          expect(distance(b, a)).toBeCloseTo(value, 12);
          expect(distance(a, a)).toBeCloseTo(0, 12);
          expect(distance([...a].reverse(), [...b].reverse())).toBeCloseTo(value, 12);
        }),
      );
    },
  );

  test('disjoint samples are as far apart as can be', () => {
    expect(jensenShannonDivergence([5, 0], [0, 9])).toBe(1);
    expect(hellingerDistance([5, 0], [0, 9])).toBe(1);
    expect(totalVariation([5, 0], [0, 9])).toBe(1);
    expect(lInfinity([5, 0], [0, 9])).toEqual({ statistic: 1, cell: 0 });
    expect(jensenShannonDistance([1, 0], [1, 1])).toBeCloseTo(0.5579230452841438, 12);
  });

  test('limit laws: without drift each p-value is below 0.05 in about 5 % of draws', () => {
    const random = seededRandom(9);
    const shares = [0.3, 0.25, 0.2, 0.15, 0.1];
    const draw = (size: number) => {
      const drawn = [0, 0, 0, 0, 0];
      for (let i = 0; i < size; i += 1) {
        let [u, cell] = [random(), 0];
        while (cell < 4 && u >= shares[cell]!) {
          u -= shares[cell]!;
          cell += 1;
        }
        drawn[cell]! += 1;
      }
      return drawn;
    };
    const runs = 1_500;
    const rejected = { psi: 0, js: 0, hellinger: 0 };
    let sum = 0;
    for (let run = 0; run < runs; run += 1) {
      const [a, b] = [draw(800), draw(500)];
      const psi = populationStabilityIndex(a, b);
      sum += psi;
      rejected.psi += psiPValue(psi, 5, 800, 500) < 0.05 ? 1 : 0;
      rejected.js += jensenShannonPValue(jensenShannonDivergence(a, b), 5, 800, 500) < 0.05 ? 1 : 0;
      rejected.hellinger += hellingerPValue(hellingerDistance(a, b), 5, 800, 500) < 0.05 ? 1 : 0;
    }
    const error = 4 * Math.sqrt((0.05 * 0.95) / runs);
    for (const count of Object.values(rejected)) {
      expect(Math.abs(count / runs - 0.05)).toBeLessThan(error);
    }
    expect(sum / runs / psiNullMean(5, 800, 500)).toBeCloseTo(1, 1);
  });
});

describe('Wasserstein from counts', () => {
  test('of evenly filled cells that are shifted is the shift', () => {
    const bounds = Float64Array.from({ length: 12 }, (_, i) => i);
    const a = Float64Array.of(5, 5, 5, 5, 5, 0, 0, 0, 0, 0, 0);
    const b = Float64Array.of(0, 0, 0, 5, 5, 5, 5, 5, 0, 0, 0);
    expect(wassersteinFromCounts(bounds, a, b)).toBeCloseTo(3, 12);
    expect(wassersteinFromCounts(bounds, a, a)).toBe(0);
    expect(wassersteinFromCounts(bounds, a, new Float64Array(11))).toBe(0);
  });

  test('is near that of the values, the nearer the finer the cells', () => {
    const random = seededRandom(2);
    const draw = (shift: number) => Float64Array.from({ length: 4_000 }, () => seededNormal(random) + shift);
    const [a, b] = [draw(0), draw(0.3)];
    const exact = wassersteinDistance(a, b);
    const bounds = Float64Array.from({ length: 201 }, (_, i) => -6 + (i * 12.5) / 200);
    const count = (values: Float64Array) => {
      const cells = new Float64Array(200);
      values.forEach((value) => (cells[Math.floor((value + 6) / 0.0625)]! += 1));
      return cells;
    };
    expect(Math.abs(wassersteinFromCounts(bounds, count(a), count(b)) - exact)).toBeLessThan(0.002);
  });
});

describe('D between bounds', () => {
  const values = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 60 });
  const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 8 });
  const histogram = (sample: readonly number[], at: readonly number[]): BoundedCounts => {
    const ascending = [...at].sort((a, b) => a - b);
    const counts = new Array<number>(at.length + 1).fill(0);
    sample.forEach((value) => (counts[ascending.filter((bound) => value > bound).length]! += 1));
    return { bounds: ascending, counts };
  };

  test('holds D of the values, whatever the bounds of either side', () => {
    fc.assert(
      fc.property(values, values, bounds, bounds, (a, b, first, second) => {
        const { low, high } = ksWithBounds(histogram(a, first), histogram(b, second));
        const exact = ksStatistic(Float64Array.from(a).sort(), Float64Array.from(b).sort()).statistic;
        expect(low).toBeLessThanOrEqual(exact + 1e-12);
        expect(high).toBeGreaterThanOrEqual(exact - 1e-12);
      }),
    );
  });

  test('a sum of histograms is that of the values at every bound it keeps', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(values, bounds), { minLength: 1, maxLength: 4 }), (parts) => {
        const sum = addBoundedCounts(parts.map(([sample, at]) => histogram(sample, at)));
        const all = parts.flatMap(([sample]) => sample);
        expect(sum).toEqual(histogram(all, sum.bounds));
        // Every bound that all have is kept.
        const shared = parts[0]![1].filter((bound) => parts.every(([, at]) => at.includes(bound)));
        expect(sum.bounds).toEqual(expect.arrayContaining(shared));
      }),
    );
  });

  test('within empty buckets a cumulative count is known everywhere', () => {
    const sparse = { bounds: [1, 2, 8, 16], counts: [0, 5, 0, 5, 0] };
    const dense = { bounds: [0.5, 1, 2, 3, 4, 8, 12, 16, 32], counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] };
    expect(toCommonBounds([sparse, dense])).toEqual({
      // Only 12 cuts a populated bucket of the first.
      bounds: [0.5, 1, 2, 3, 4, 8, 16, 32],
      counts: [
        [0, 0, 5, 0, 0, 0, 5, 0, 0],
        [1, 1, 1, 1, 1, 1, 2, 1, 1],
      ],
    });
  });

  test('names the bound at which the difference is seen', () => {
    const a = { bounds: [1, 2, 5], counts: [10, 10, 10, 10] };
    const b = { bounds: [1, 5], counts: [5, 5, 10] };
    expect(ksWithBounds(a, b)).toEqual({ low: 0.25, high: 0.5, location: 5, n: 40, m: 20 });
    expect(ksWithBounds(a, { bounds: [3], counts: [1, 1] })).toMatchObject({
      low: 0,
      high: 1,
      location: null,
    });
    expect(() => ksWithBounds(a, { bounds: [], counts: [0] })).toThrow(
      expect.objectContaining({ code: 'stats.domain' }),
    );
  });
});
