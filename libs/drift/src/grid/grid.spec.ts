import { describe, expect, test } from '@jest/globals';
import { ksFromCounts, ksStatistic, momentsOf } from '@tidewatch/stats';
import fc from 'fast-check';
import {
  addCounted,
  cellOf,
  countValues,
  emptyCounted,
  rowsOf,
  valuesOf,
  type SampleValue,
} from './count-values.js';
import { CELL, cellCount, FIRST_CELL } from './grid.js';
import { gridFromCategories, gridFromQuantiles } from './make-grid.js';
import { nextUp } from './next-up.js';

/** Quantiles at 1,001 levels, each a value that occurs. */
function quantilesOf(values: readonly number[], levels = 1_000): number[] {
  const sorted = Float64Array.from(values).sort();
  return Array.from(
    { length: levels + 1 },
    (_, i) => sorted[Math.floor((i / levels) * (sorted.length - 1))]!,
  );
}

const smooth = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const tied = fc.integer({ min: -3, max: 9 });
const values = fc.oneof(
  fc.array(smooth, { minLength: 1, maxLength: 300 }),
  fc.array(fc.oneof(smooth, tied), { minLength: 1, maxLength: 300 }),
  fc.array(tied, { minLength: 1, maxLength: 300 }),
);

describe('a numeric grid', () => {
  test('has ascending edges from the smallest value to just above the largest', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const { edges } = gridFromQuantiles(quantilesOf(sample));
        expect(edges[0]).toBe(Math.min(...sample) + 0);
        expect(edges.at(-1)).toBe(nextUp(Math.max(...sample)));
        edges.forEach((edge, i) => i > 0 && expect(edge).toBeGreaterThan(edges[i - 1]!));
        const { counts } = countValues(gridFromQuantiles(quantilesOf(sample)), sample);
        // Nothing of the baseline lies outside.
        expect(counts[FIRST_CELL]).toBe(0);
        expect(counts.at(-1)).toBe(0);
        expect(rowsOf({ counts, moments: null, lag: null })).toBe(sample.length);
      }),
    );
  });

  test('D from counts is within the largest share of a bin that holds several values', () => {
    fc.assert(
      fc.property(values, values, (reference, current) => {
        const grid = gridFromQuantiles(quantilesOf(reference, 20));
        const [r, c] = [countValues(grid, reference), countValues(grid, current)];
        const counted = ksFromCounts(valuesOf(grid, c), valuesOf(grid, r)).statistic;
        const exact = ksStatistic(
          Float64Array.from(current).sort(),
          Float64Array.from(reference).sort(),
        ).statistic;
        const bin = (value: number) => cellOf(grid, value);
        const mixed = new Set(
          reference
            .filter((value, i) =>
              reference.some((other, j) => j !== i && other !== value && bin(other) === bin(value)),
            )
            .map(bin),
        );
        const largest = Math.max(
          1 / reference.length,
          ...[...mixed].map((cell) => r.counts[cell]! / reference.length),
        );
        expect(counted).toBeLessThanOrEqual(exact + 1e-12);
        expect(exact - counted).toBeLessThanOrEqual(largest + 1e-12);
      }),
      { numRuns: 60 },
    );
  });

  test('of 20,000 values bounds the error of D by 1/1000', () => {
    const draw = (shift: number) =>
      Array.from({ length: 20_000 }, (_, i) => Math.sqrt(((i * 7_919) % 20_000) + 0.5) + shift);
    const [reference, current] = [draw(0), draw(3)];
    const grid = gridFromQuantiles(quantilesOf(reference));
    const counted = ksFromCounts(
      valuesOf(grid, countValues(grid, current)),
      valuesOf(grid, countValues(grid, reference)),
    );
    const exact = ksStatistic(Float64Array.from(current).sort(), Float64Array.from(reference).sort());
    expect(Math.abs(exact.statistic - counted.statistic)).toBeLessThanOrEqual(0.0011);
    expect(cellCount(grid)).toBeLessThanOrEqual(FIRST_CELL + 1_003);
  });

  test('of a constant column tells below, equal and above', () => {
    const grid = gridFromQuantiles([5, 5, 5]);
    expect([4, 5, nextUp(5), 6].map((value) => cellOf(grid, value) - FIRST_CELL)).toEqual([0, 1, 2, 2]);
    expect(gridFromQuantiles([]).edges).toHaveLength(0);
    expect(gridFromQuantiles([-0, 0]).edges[0]).toBe(0);
  });

  test.each<[SampleValue, keyof typeof CELL]>([
    [null, 'null'],
    [undefined, 'null'],
    [Number.NaN, 'nan'],
    ['NaN', 'nan'],
    [-Infinity, 'infinity'],
    ['-Infinity', 'infinity'],
    ['12', 'wrongType'],
    [true, 'wrongType'],
  ])('counts %p as %s', (value, cell) => {
    expect(cellOf(gridFromQuantiles([0, 1]), value)).toBe(CELL[cell]);
  });
});

describe('a categorical grid', () => {
  test('keeps the most frequent categories and says when it could not keep all', () => {
    const many = Array.from({ length: 1_500 }, (_, i) => [`c${i}`, 1_500 - i] as const);
    const grid = gridFromCategories(many);
    expect(grid.categories).toHaveLength(1_000);
    expect([grid.capped, grid.categories[0], grid.categories.at(-1)]).toEqual([true, 'c0', 'c999']);
    expect(cellOf(grid, 'c1200')).toBe(CELL.unseen);
    expect(
      gridFromCategories([
        ['b', 1],
        ['a', 1],
      ]),
    ).toEqual({ type: 'categorical', categories: ['a', 'b'], capped: false });
  });

  test.each<[SampleValue, number]>([
    ['yes', FIRST_CELL],
    [true, FIRST_CELL + 1],
    ['no', CELL.unseen],
    [3, CELL.wrongType],
    [null, CELL.null],
  ])('counts %p in cell %d', (value, cell) => {
    expect(
      cellOf(
        gridFromCategories([
          ['yes', 5],
          ['true', 2],
        ]),
        value,
      ),
    ).toBe(cell);
  });
});

test('buckets put together are the whole', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const grid = gridFromQuantiles(quantilesOf([...a, ...b], 20));
      const whole = countValues(grid, [...a, ...b]);
      const added = addCounted(addCounted(countValues(grid, a), emptyCounted(grid)), countValues(grid, b));
      expect(added.counts).toEqual(whole.counts);
      expect(added.moments?.count).toBe(whole.moments?.count);
      expect(added.moments!.mean).toBeCloseTo(momentsOf([...a, ...b]).mean, 6);
      // The pair across the border of two buckets belongs to neither.
      expect(added.lag!.pairs).toBe(whole.lag!.pairs - 1);
    }),
  );
});

test('the next double', () => {
  expect(nextUp(1)).toBe(1 + Number.EPSILON);
  expect(nextUp(0)).toBe(Number.MIN_VALUE);
  expect(nextUp(-Number.MIN_VALUE)).toBe(-0);
  fc.assert(
    fc.property(
      smooth,
      (x) => nextUp(x) > x && nextUp(x) - x <= Math.max(Number.MIN_VALUE, Math.abs(x) * 2.3e-16),
    ),
  );
});
