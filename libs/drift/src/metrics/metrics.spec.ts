import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { autocorrelationInflation, normalCdf } from '@tidewatch/stats';
import { addCounted, countValues, type SampleValue } from '../grid/count-values.js';
import type { Counted } from '../grid/counted.js';
import type { Grid } from '../grid/grid.js';
import { gridFromCategories, gridFromQuantiles } from '../grid/make-grid.js';
import type { VariableType } from '../variables/variable.js';
import type { DriftMetric } from './drift-metric.js';
import { driftMetrics } from './index.js';

const INDEPENDENT = { current: 1, reference: 1 };
const random = seededRandom(17);

/** First-order autoregression of standard normal values; independent for rho = 0. */
function series(size: number, rho: number, shift = 0): number[] {
  let x = seededNormal(random);
  return Array.from({ length: size }, () => {
    x = rho * x + Math.sqrt(1 - rho * rho) * seededNormal(random);
    return x + shift;
  });
}

const SHARES = [0.4, 0.7, 0.85, 0.95];
/** Categories of unequal shares; with a shift the first one loses it to the last. */
function categories(size: number, rho: number, shift = 0): string[] {
  return series(size, rho).map((x) => {
    const u = 1 / (1 + Math.exp(-1.702 * x));
    return u < shift ? 'e' : (['a', 'b', 'c', 'd'][SHARES.findIndex((limit) => u < limit)] ?? 'e');
  });
}

interface Side {
  readonly grid: Grid;
  readonly draw: (size: number, rho: number, shift?: number) => SampleValue[];
}

function sideFor(type: VariableType): Side {
  if (type === 'categorical') {
    return {
      grid: gridFromCategories([
        ['a', 40],
        ['b', 30],
        ['c', 15],
        ['d', 10],
        ['e', 5],
      ]),
      draw: categories,
    };
  }
  const sorted = Float64Array.from(series(20_000, 0)).sort();
  const quantiles = Array.from({ length: 1_001 }, (_, i) => sorted[Math.floor((i / 1_000) * 19_999)]!);
  return { grid: gridFromQuantiles(quantiles), draw: series };
}
const SIDES: Readonly<Record<VariableType, Side>> = {
  numeric: sideFor('numeric'),
  categorical: sideFor('categorical'),
};

const CASES = Object.values(driftMetrics).flatMap((metric: DriftMetric) =>
  metric.appliesTo.map((type) => [metric.name, type, metric] as const),
);

/** For `missing`, values are lost at random; for the others they move. */
function drawFor(
  metric: DriftMetric,
  type: VariableType,
  size: number,
  rho: number,
  shift = 0,
): SampleValue[] {
  const { draw } = SIDES[type];
  if (metric.name !== 'missing') {
    return draw(size, rho, shift);
  }
  const lost = series(size, rho);
  return draw(size, rho).map((value, i) => (lost[i]! < -1.3 + 3 * shift ? null : value));
}

describe.each(CASES)('%s on a %s variable', (_name, type, metric) => {
  const { grid } = SIDES[type];
  const count = (values: SampleValue[]) => countValues(grid, values);

  test('finds nothing where both sides are the same', () => {
    const same = count(drawFor(metric, type, 2_000, 0));
    const found = metric.measure({ grid, current: same, reference: same, inflation: INDEPENDENT });
    expect(found).toMatchObject({ low: 0 });
    expect(found!.statistic).toBeCloseTo(0, 12);
    expect(found!.pValue).toBeGreaterThan(0.5);
  });

  test('is the same however the buckets of the window were put together', () => {
    const [a, b, c] = [1, 2, 3].map(() => count(drawFor(metric, type, 700, 0, 0.1)));
    const reference = count(drawFor(metric, type, 5_000, 0));
    const one = metric.measure({
      grid,
      current: addCounted(addCounted(a!, b!), c!),
      reference,
      inflation: INDEPENDENT,
    })!;
    const other = metric.measure({
      grid,
      current: addCounted(c!, addCounted(b!, a!)),
      reference,
      inflation: INDEPENDENT,
    })!;
    expect(one.statistic).toBeCloseTo(other.statistic, 10);
    expect(one.pValue).toBe(other.pValue);
  });

  test('sees a change, with an interval around it and a name that says the law', () => {
    const reference = count(drawFor(metric, type, 20_000, 0));
    const current = count(drawFor(metric, type, 5_000, 0, 0.25));
    const found = metric.measure({ grid, current, reference, inflation: INDEPENDENT })!;
    expect(found.pValue).toBeLessThan(1e-6);
    expect(found.low).toBeGreaterThan(0);
    expect(found.low).toBeLessThan(found.statistic);
    expect(found.high).toBeGreaterThan(found.statistic);
    expect(found.high).toBeLessThanOrEqual(metric.largestEffect);
    expect(found.method.startsWith(`${metric.name}/`)).toBe(true);
    expect([found.n > 4_000, found.m > 17_000]).toEqual([true, true]);
  });

  test.each([0, 0.6])('raises 5 %% false alarms or fewer at alpha = 5 %%, at rho = %d', (rho) => {
    const runs = 200;
    let rejected = 0;
    const inflated = autocorrelationInflation((2 / Math.PI) * Math.asin(rho));
    const reference = count(drawFor(metric, type, 20_000, 0));
    for (let run = 0; run < runs; run += 1) {
      const current = count(drawFor(metric, type, 600, rho));
      const inflation = { current: inflated, reference: 1 };
      rejected += metric.measure({ grid, current, reference, inflation })!.pValue < 0.05 ? 1 : 0;
    }
    // One reference for all runs: its own deviation from the truth is part of every one of them.
    expect(rejected / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs));
  });

  test('says nothing of a side without samples', () => {
    const some = count(drawFor(metric, type, 50, 0));
    const none = count([]);
    expect(metric.measure({ grid, current: none, reference: some, inflation: INDEPENDENT })).toBeNull();
    expect(metric.measure({ grid, current: some, reference: none, inflation: INDEPENDENT })).toBeNull();
  });
});

test('an interval holds the true effect of D in nearly all draws', () => {
  const { grid, draw } = SIDES.numeric;
  // Two normal laws that are shifted by s standard deviations are 2 Phi(s / 2) - 1 apart.
  const truth = 2 * normalCdf(0.124) - 1;
  let covered = 0;
  const runs = 100;
  for (let run = 0; run < runs; run += 1) {
    const found = driftMetrics.ks.measure({
      grid,
      current: countValues(grid, draw(1_000, 0, 0.248)),
      reference: countValues(grid, draw(4_000, 0)),
      inflation: INDEPENDENT,
    })!;
    covered += found.low <= truth && truth <= found.high ? 1 : 0;
  }
  expect(covered / runs).toBeGreaterThan(0.95);
});

test('a new category, and one that is gone, are seen where they are', () => {
  const { grid } = SIDES.categorical;
  const reference = countValues(grid, categories(10_000, 0));
  const fresh = countValues(grid, [...categories(1_800, 0), ...new Array<string>(200).fill('new')]);
  const seen = driftMetrics.linf.measure({ grid, current: fresh, reference, inflation: INDEPENDENT })!;
  expect(seen.location).toEqual({ kind: 'category', category: null, more: true });
  expect(seen.low).toBeGreaterThan(0.05);
  const without = countValues(
    grid,
    categories(3_000, 0).filter((category) => category !== 'b'),
  );
  const gone = driftMetrics.linf.measure({ grid, current: without, reference, inflation: INDEPENDENT })!;
  expect(gone.location).toEqual({ kind: 'category', category: 'b', more: false });
});

test('a thousand categories that occur once each are pooled, and tested at once', () => {
  const grid = gridFromCategories(Array.from({ length: 1_000 }, (_, i) => [`c${i}`, 1] as const));
  const counts = (known: number, unseen: number): Counted => {
    const cells = new Float64Array(5 + 1_000);
    cells.fill(1, 5, 5 + known);
    cells[4] = unseen;
    return { counts: cells, moments: null, lag: null };
  };
  const measured = driftMetrics.linf.measure({
    grid,
    reference: counts(1_000, 850_000),
    current: counts(0, 140_000),
    inflation: { current: 1, reference: 1 },
  });
  // 24 groups and the unseen: the law is good for each of them.
  expect(measured).toMatchObject({ method: 'linf/chi-square', n: 140_000, m: 851_000 });
  expect(measured!.pValue).toBeLessThan(1e-10);
  expect(measured!.statistic).toBeCloseTo(1_000 / 851_000, 9);
});
