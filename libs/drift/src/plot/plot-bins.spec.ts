import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countValues } from '../grid/count-values.js';
import { gridFromCategories, gridFromQuantiles } from '../grid/make-grid.js';
import { plotBins } from './plot-bins.js';
import { plotHistogram } from './plot-histogram.js';

const total = (bins: ReturnType<typeof plotBins>, side: 'current' | 'reference') =>
  bins.reduce((sum, bin) => sum + bin[side], 0);

test('the shares of each side add up to one, whatever the values', () => {
  const values = fc.array(
    fc.oneof(
      fc.double({ noNaN: false }),
      fc.integer({ min: -2, max: 5 }),
      fc.constant(null),
      fc.constant('x'),
    ),
    {
      minLength: 1,
      maxLength: 80,
    },
  );
  // Neighbouring doubles and the largest ones too: widths that round to nothing, and differences beyond any double.
  const edge = fc.oneof(
    fc.double({ min: -50, max: 50, noNaN: true }),
    fc.constantFrom(0, 5e-324, 1, 1 + 2 ** -52, -1e308, 1e308),
  );
  const edges = fc.array(edge, { maxLength: 40 });
  fc.assert(
    fc.property(values, values, edges, (a, b, at) => {
      const grid = gridFromQuantiles(Float64Array.from(at).sort());
      fc.pre(grid.edges.length > 0);
      const bins = plotBins(grid, countValues(grid, a).counts, countValues(grid, b).counts);
      expect(total(bins, 'reference')).toBeCloseTo(1, 9);
      expect(total(bins, 'current')).toBeCloseTo(1, 9);
      expect(bins.every(({ current, reference }) => current >= -1e-12 && reference >= -1e-12)).toBe(true);
    }),
    { numRuns: 1_000, examples: [[[0], [null], [0]]] },
  );
});

test('an even distribution has even bars, and missing values stand apart', () => {
  const grid = gridFromQuantiles(Array.from({ length: 1_001 }, (_, i) => i));
  const even = countValues(
    grid,
    Array.from({ length: 1_000 }, (_, i) => i),
  ).counts;
  const shifted = countValues(grid, [
    ...Array.from({ length: 750 }, (_, i) => i % 500),
    ...new Array<null>(250).fill(null),
  ]).counts;
  const bins = plotBins(grid, even, shifted);
  const bars = bins.filter(({ special, label }) => !special && label.includes(' to '));
  expect(bars).toHaveLength(30);
  bars.forEach(({ reference }) => expect(reference).toBeCloseTo(1 / 30, 2));
  expect(bars[2]!.current).toBeGreaterThan(0.04);
  expect(bars.at(-2)!.current).toBe(0);
  expect(bins.find(({ label }) => label === 'null or absent')).toEqual({
    label: 'null or absent',
    current: 0.25,
    reference: 0,
    special: true,
  });
});

test('categories keep their order; rare ones share a bar', () => {
  const grid = gridFromCategories(
    Array.from({ length: 30 }, (_, i) => [`c${String(i).padStart(2, '0')}`, 30 - i] as const),
  );
  const counts = countValues(
    grid,
    Array.from({ length: 465 }, (_, i) => `c${String(Math.floor(Math.sqrt(i * 1.93))).padStart(2, '0')}`),
  ).counts;
  const bins = plotBins(grid, counts, counts);
  expect(bins).toHaveLength(21);
  expect(bins.at(-1)!.label).toBe('10 more');
  expect(plotBins(grid, counts, countValues(grid, ['new']).counts).at(-1)).toMatchObject({
    label: 'unseen',
    current: 1,
    special: true,
  });
});

describe('histograms side by side', () => {
  test('bars at the bounds that both have; empty ends are left out', () => {
    expect(
      plotHistogram({
        current: [
          { bounds: [1, 2, 5, 10], counts: [0, 1, 2, 1, 0] },
          { bounds: [1, 5, 10], counts: [0, 4, 0, 0] },
        ],
        reference: [{ bounds: [1, 5, 10], counts: [0, 5, 5, 0] }],
      }),
    ).toEqual([
      { label: '1 to 5', current: 7 / 8, reference: 0.5, special: false },
      { label: '5 to 10', current: 1 / 8, reference: 0.5, special: false },
    ]);
  });

  test('many fine buckets become few bars, and every observation is in one', () => {
    const bounds = Array.from({ length: 333 }, (_, i) => i);
    const fine = { bounds, counts: new Array<number>(334).fill(1) };
    const bars = plotHistogram({ current: [fine], reference: [fine] });
    expect(bars.length).toBeLessThanOrEqual(42);
    expect(bars.reduce((sum, bar) => sum + bar.current, 0)).toBeCloseTo(1, 12);
    expect(plotHistogram({ current: [], reference: [] })).toEqual([]);
  });
});
