import { seededNormal, seededRandom } from '@tidewatch/core';
import { countValues, driftMetrics, gridFromQuantiles, type ComparedCounts } from '@tidewatch/drift';
import { ksPExact, ksStatistic } from '@tidewatch/stats';
import { median } from 'simple-statistics';
import { figure, type Figure } from './figure.js';
import { scipySeconds } from './scipy.js';

const WARM_UP = 20;

/**
 * The exact tests of two samples.
 *
 * - `ks-d-10k`, `ks-d-1m`: the KS distance of raw values, sorting included, against scipy where python3 has it, else
 *   against scipy's way of computing it.
 * - `ks-p-exact`: its exact p-value for 10,000 and 10,000 values, against the recursion over the full grid.
 *
 * Ours and the baseline are timed in turns, so that both see the same state of the machine; the inputs are drawn anew for
 * every run, because sorting an array it has seen before is faster than a monitor will find it.
 */
export async function benchKs(): Promise<Figure[]> {
  return [
    await distance('ks-d-10k', 10_000, 101, 2.5),
    await distance('ks-d-1m', 1_000_000, 7, 300),
    exactP(),
  ];
}

async function distance(name: string, size: number, runs: number, atMost: number): Promise<Figure> {
  const random = seededRandom(1);
  const draw = (shift: number) => Float64Array.from({ length: size }, () => seededNormal(random) + shift);
  const ours: number[] = [];
  const ownBaseline: number[] = [];
  const warmUp = size > 100_000 ? 1 : WARM_UP;
  for (let run = -warmUp; run < runs; run += 1) {
    const [a, b] = [draw(0), draw(0.05)];
    const [found, milliseconds] = timed(() => ksStatistic(a.slice().sort(), b.slice().sort()).statistic);
    const [expected, baselineMilliseconds] = timed(() => distanceByBinarySearch(a, b));
    if (Math.abs(found - expected) > 1e-12) {
      throw new Error(`The two ways to compute D disagree: ${found} and ${expected}.`);
    }
    if (run >= 0) {
      ours.push(milliseconds);
      ownBaseline.push(baselineMilliseconds);
    }
  }
  const scipy = await scipySeconds(size, Math.min(runs, 21));
  return figure({
    name,
    value: median(ours),
    unit: 'ms',
    baseline: scipy === null ? median(ownBaseline) : scipy * 1_000,
    baselineName:
      scipy === null
        ? 'both distribution functions by binary search at every pooled value, as scipy does it (no scipy here)'
        : "scipy.stats.ks_2samp(method='asymp')",
    floor: { atMost },
  });
}

/** The largest time over distances from hardly any to beyond every doubt, and over equal and unequal sizes. */
function exactP(): Figure {
  const sizes = [
    [10_000, 10_000],
    [9_999, 10_000],
  ] as const;
  const distances = [0.005, 0.015, 0.03, 0.06, 0.12, 0.24];
  let [worst, baseline] = [0, 0];
  for (const [n, m] of sizes) {
    for (const d of distances) {
      const numerator = Math.round(d * n * m);
      const times = Array.from({ length: 7 }, () => timed(() => ksPExact(n, m, numerator))[1]);
      if (median(times) > worst) {
        worst = median(times);
        baseline = timed(() => fullGrid(n, m, numerator))[1];
      }
    }
  }
  return figure({
    name: 'ks-p-exact',
    value: worst,
    unit: 'ms',
    baseline,
    baselineName: 'the recursion over the full grid, at the same sizes and distance: the slowest of twelve',
    floor: { atMost: 30 },
  });
}

/** P(D >= numerator / nm) by visiting every point of the grid, row by row. */
function fullGrid(n: number, m: number, numerator: number): number {
  const met = new Float64Array(m + 1);
  for (let i = 0; i <= n; i += 1) {
    for (let j = 0; j <= m; j += 1) {
      if (Math.abs(i * m - j * n) >= numerator) {
        met[j] = 1;
      } else if (i + j > 0) {
        met[j] = ((i === 0 ? 0 : i * met[j]!) + (j === 0 ? 0 : j * met[j - 1]!)) / (i + j);
      }
    }
  }
  return met[m]!;
}

/** `verdict-from-counts`: KS, PSI, Jensen-Shannon and Wasserstein with intervals and p-values from counts of 1,000 bins. */
export async function benchVerdictFromCounts(): Promise<Figure[]> {
  const random = seededRandom(2);
  const draw = (size: number, shift: number) =>
    Float64Array.from({ length: size }, () => seededNormal(random) + shift);
  const reference = draw(20_000, 0).sort();
  const grid = gridFromQuantiles(
    Array.from({ length: 1_001 }, (_, level) => reference[Math.floor((level / 1_000) * 19_999)]!),
  );
  const counted = { ...countValues(grid, reference), lag: null };
  const windows = Array.from({ length: 60 }, (_, index) => draw(5_000, index % 2 === 0 ? 0 : 0.02));
  const inflation = { current: 1, reference: 1 };
  const cases: ComparedCounts[] = windows.map((values) => ({
    grid,
    reference: counted,
    current: countValues(grid, values),
    inflation,
  }));
  const { ks, psi, js, wasserstein } = driftMetrics;
  const measure = (counts: ComparedCounts): number =>
    [ks, psi, js, wasserstein].reduce((sum, metric) => sum + (metric.measure(counts)?.statistic ?? 0), 0);
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = -5; round < 15; round += 1) {
    const [, milliseconds] = timed(() => cases.reduce((sum, counts) => sum + measure(counts), 0));
    const [, raw] = timed(() =>
      windows.reduce((sum, values) => sum + ksStatistic(values.slice().sort(), reference).statistic, 0),
    );
    if (round >= 0) {
      ours.push(milliseconds / cases.length);
      baseline.push(raw / cases.length);
    }
  }
  return [
    figure({
      name: 'verdict-from-counts',
      value: median(ours),
      unit: 'ms',
      baseline: median(baseline),
      baselineName: 'the KS distance alone from 5,000 raw values against 20,000 sorted ones',
      floor: { atMost: 0.05 },
    }),
  ];
}

function timed<R>(work: () => R): [result: R, milliseconds: number] {
  const start = performance.now();
  const result = work();
  return [result, performance.now() - start];
}

/** `D` straight from its definition, as `scipy.stats.ks_2samp` computes it. */
function distanceByBinarySearch(a: Float64Array, b: Float64Array): number {
  const [sortedA, sortedB] = [a.slice().sort(), b.slice().sort()];
  let distance = 0;
  for (const pooled of [sortedA, sortedB]) {
    for (const x of pooled) {
      const difference = countUpTo(sortedA, x) / sortedA.length - countUpTo(sortedB, x) / sortedB.length;
      distance = Math.max(distance, Math.abs(difference));
    }
  }
  return distance;
}

/** How many of the ascending values are at or below `x`. */
function countUpTo(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
