import { seededNormal, seededRandom } from '@tidewatch/core';
import { ksStatistic } from '@tidewatch/stats';
import { median } from 'simple-statistics';
import { figure, type Figure } from './figure.js';

const SIZE = 10_000;
const WARM_UP = 30;
const RUNS = 201;

/**
 * `ks-d-10k`: the KS distance of two samples of 10,000 raw values, sorting included, against scipy's way of computing it.
 *
 * The two are timed in turns, run by run, so that both see the same state of the machine; the inputs are drawn anew for
 * every run, because sorting an array it has seen before is faster than a monitor will find it.
 */
export async function benchKs(): Promise<Figure[]> {
  const random = seededRandom(1);
  const draw = (shift: number) => Float64Array.from({ length: SIZE }, () => seededNormal(random) + shift);
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    const [a, b] = [draw(0), draw(0.05)];
    const [distance, milliseconds] = timed(() => ksStatistic(a.slice().sort(), b.slice().sort()).statistic);
    const [expected, baselineMilliseconds] = timed(() => distanceByBinarySearch(a, b));
    if (Math.abs(distance - expected) > 1e-12) {
      throw new Error(`The two ways to compute D disagree: ${distance} and ${expected}.`);
    }
    if (run >= 0) {
      ours.push(milliseconds);
      baseline.push(baselineMilliseconds);
    }
  }
  return [
    figure({
      name: 'ks-d-10k',
      value: median(ours),
      unit: 'ms',
      baseline: median(baseline),
      baselineName: 'both distribution functions by binary search at every pooled value',
      floor: { atMost: 5 },
    }),
  ];
}

function timed(work: () => number): [result: number, milliseconds: number] {
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
