import { describe, expect, test } from '@jest/globals';
import { rollupUnits } from './rollup-units.js';
import type { MetricLoad } from './rollup-units.js';

const load = (metric: string, points: number, kind: 'delta' | 'cumulative' = 'delta'): MetricLoad => ({
  table: 'metric_points',
  metric,
  points,
  kind,
});
const limits = { metric_points: 100, metric_histograms: 10 };

describe('cutting an hour into statements', () => {
  test('small metrics of one kind go together up to the limit', () => {
    const units = rollupUnits([load('a', 40), load('b', 60), load('c', 1)], limits);
    expect(units.map(({ metrics, points, slices }) => [metrics, points, slices])).toEqual([
      [['a', 'b'], 100, 1],
      [['c'], 1, 1],
    ]);
  });

  test('kinds and tables stay apart, also of one metric', () => {
    const histogram: MetricLoad = { table: 'metric_histograms', metric: 'a', points: 5, kind: 'delta' };
    const units = rollupUnits([load('a', 5), load('a', 5, 'cumulative'), histogram, load('b', 5)], limits);
    expect(units.map(({ of, metrics }) => [of.table, of.kind, metrics])).toEqual([
      ['metric_points', 'delta', ['a', 'b']],
      ['metric_points', 'cumulative', ['a']],
      ['metric_histograms', 'delta', ['a']],
    ]);
  });

  test('a large metric is cut by its series, every slice once', () => {
    const units = rollupUnits([load('a', 250)], limits);
    expect(units.map(({ slice, slices }) => [slice, slices])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(units.reduce((sum, { points }) => sum + points, 0)).toBe(250);
  });

  test('at most 200 names are bound at once', () => {
    const units = rollupUnits(Array.from({ length: 450 }, (_each, index) => load(`m${index}`, 0)));
    expect(units.map(({ metrics }) => metrics.length)).toEqual([200, 200, 50]);
  });
});
