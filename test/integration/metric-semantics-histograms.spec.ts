import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import type { QuantileQuery } from '@tidewatch/store';
import { storeLines } from '../harness/metric-rows.js';
import type { ExponentialLine, HistogramLine, SeriesLine } from '../harness/metric-rows.js';
import { prometheusQuantile } from '../harness/prometheus-quantile.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000;
const PROJECT = 'distributions';
const OLD = -7200;

const nano = (seconds: number): bigint => BigInt(BASE + seconds * 1000) * 1_000_000n;

let nextHash = 1n;
const series = (metric: string, partial: Partial<SeriesLine> = {}): SeriesLine => ({
  project: PROJECT,
  metric,
  hash: nextHash++,
  type: 'histogram',
  temporality: 'cumulative',
  ...partial,
});

const QUANTILES = [0, 0.25, 0.5, 0.9, 0.99, 1];
const BOUNDS = [0.1, 0.5, 1, 5];

describe('what histograms mean', () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
  }, 60_000);
  afterAll(() => backend.close());

  const distribution = (metric: string, more: Partial<QuantileQuery> = {}) =>
    backend.store.metricQueries.distribution(PROJECT, {
      selector: { metric, match: [] },
      range: { from: BASE, to: BASE + 10 * MINUTE },
      step: MINUTE,
      quantiles: QUANTILES,
      ...more,
    });

  describe('with explicit bounds', () => {
    const explicit = (
      of: SeriesLine,
      at: number,
      counts: readonly number[],
      more: Partial<HistogramLine & { startedAt: number }> = {},
    ): HistogramLine => ({
      series: of,
      time: nano(at),
      start: nano(more.startedAt ?? OLD),
      bounds: BOUNDS,
      counts,
      ...more,
    });

    /** Expected quantiles of bucket increases, by Prometheus' rules. */
    const quantilesOf = (counts: readonly number[], bounds: readonly number[] = BOUNDS): number[] => {
      let sum = 0;
      const buckets = counts.map((count, index) => ({
        le: bounds[index] ?? Infinity,
        count: (sum += count),
      }));
      return QUANTILES.map((each) => prometheusQuantile(each, buckets));
    };

    const cases: {
      name: string;
      temporality: 'delta' | 'cumulative';
      points: (of: SeriesLine) => HistogramLine[];
      expected: number[];
    }[] = [
      {
        name: 'delta: points add up',
        temporality: 'delta',
        points: (of) => [explicit(of, 10, [1, 2, 3, 4, 5]), explicit(of, 20, [1, 0, 1, 0, 1])],
        expected: [2, 2, 4, 4, 6],
      },
      {
        name: 'cumulative: buckets by their differences',
        temporality: 'cumulative',
        points: (of) => [explicit(of, -10, [5, 5, 5, 5, 5]), explicit(of, 10, [6, 7, 5, 9, 5])],
        expected: [1, 2, 0, 4, 0],
      },
      {
        name: 'cumulative: a new start counts whole',
        temporality: 'cumulative',
        points: (of) => [
          explicit(of, -10, [5, 5, 5, 5, 5]),
          explicit(of, 10, [9, 9, 9, 9, 9], { startedAt: 0 }),
        ],
        expected: [9, 9, 9, 9, 9],
      },
      {
        name: 'cumulative: one bucket that fell is a reset of all, even where the count rose',
        temporality: 'cumulative',
        points: (of) => [explicit(of, -10, [5, 5, 5, 5, 5]), explicit(of, 10, [4, 9, 9, 9, 9])],
        expected: [4, 9, 9, 9, 9],
      },
      {
        name: 'no recorded value is passed over',
        temporality: 'cumulative',
        points: (of) => [
          explicit(of, -10, [5, 5, 5, 5, 5]),
          explicit(of, 5, [0, 0, 0, 0, 0], { flags: 1 }),
          explicit(of, 10, [6, 5, 5, 5, 5]),
        ],
        expected: [1, 0, 0, 0, 0],
      },
    ];

    test.each(cases)('$name', async ({ name, temporality, points, expected }) => {
      const lines = points(series(name, { temporality }));
      await storeLines(backend, { histograms: lines });
      const once = await distribution(name);
      expect(once.series[0]?.points[0]).toMatchObject({
        at: BASE,
        count: expected.reduce((sum, count) => sum + count, 0),
        quantiles: quantilesOf(expected),
      });
      expect(once.notes).toEqual([]);
      await storeLines(backend, { histograms: [...lines].reverse() });
      expect(await distribution(name)).toEqual(once);
    });

    test('sum, min and max: of delta points, brought into the quantiles; absent where a point lacks them', async () => {
      const delta = series('moments', { temporality: 'delta', attributes: { side: 'a' } });
      const lacking = series('moments', { temporality: 'delta', attributes: { side: 'b' } });
      const cumulative = series('moments', { attributes: { side: 'c' } });
      const moments = { sum: 4, min: 0.75, max: 0.875 };
      await storeLines(backend, {
        histograms: [
          explicit(delta, 10, [0, 0, 4, 0, 0], moments),
          explicit(delta, 20, [0, 0, 2, 0, 0], { ...moments, min: 0.8 }),
          explicit(lacking, 10, [0, 0, 4, 0, 0], moments),
          explicit(lacking, 20, [0, 0, 2, 0, 0]),
          explicit(cumulative, -10, [0, 0, 4, 0, 0], { sum: 1.5 }),
          explicit(cumulative, 10, [0, 0, 6, 0, 0], { sum: 3 }),
        ],
      });
      const { series: found } = await distribution('moments', { by: ['side'], quantiles: [0.25, 1] });
      expect(found.map(({ points }) => points[0])).toEqual([
        { at: BASE, count: 6, sum: 8, min: 0.75, max: 0.875, quantiles: [0.75, 0.875] },
        { at: BASE, count: 6, sum: null, min: null, max: null, quantiles: [0.625, 1] },
        { at: BASE, count: 2, sum: 1.5, min: null, max: null, quantiles: [0.625, 1] },
      ]);
    });

    test('different bounds are merged at those they share, and that is said', async () => {
      await storeLines(backend, {
        histograms: [
          explicit(series('mapped', { temporality: 'delta' }), 10, [1, 2, 3, 4, 5]),
          explicit(series('mapped', { temporality: 'delta' }), 10, [6, 7, 8], { bounds: [0.5, 2] }),
        ],
      });
      const { series: found, notes } = await distribution('mapped');
      expect(found[0]?.points[0]).toMatchObject({ count: 36, quantiles: quantilesOf([9, 27], [0.5]) });
      expect(notes).toEqual([{ code: 'bounds-mapped', times: 1 }]);
      expect(found[0]?.points[0]).not.toHaveProperty('buckets');
      const asked = await distribution('mapped', { buckets: true });
      expect(asked.series[0]?.points[0]?.buckets).toEqual({ bounds: [0.5], counts: [9, 27] });
    });

    test('bounds that change without a reset begin a segment; its first point counts nothing, and that is said', async () => {
      const of = series('segments');
      const bounds = [0.2, 2];
      await storeLines(backend, {
        histograms: [
          explicit(of, -10, [5, 5, 5, 5, 5]),
          explicit(of, 10, [10, 10, 10], { bounds }),
          explicit(of, 70, [11, 12, 10], { bounds }),
        ],
      });
      const { series: found, notes } = await distribution('segments');
      expect(found[0]?.points.map(({ at, count }) => [(at - BASE) / MINUTE, count])).toEqual([
        [0, 0],
        [1, 3],
      ]);
      expect(found[0]?.points[1]?.quantiles).toEqual(quantilesOf([1, 2, 0], bounds));
      expect(notes).toEqual([{ code: 'segment-skipped', times: 1 }]);
    });

    test('a counter, and a metric that is both kinds of histogram, are refused; an unknown one is empty', async () => {
      await storeLines(backend, {
        numbers: [{ series: series('counter', { type: 'sum' }), time: nano(10), start: 0n, value: 1 }],
        histograms: [explicit(series('both'), 10, [1, 1, 1, 1, 1])],
        exponential: [
          { series: series('both', { type: 'exponential_histogram' }), time: nano(10), start: 0n, scale: 0 },
        ],
      });
      for (const metric of ['counter', 'both']) {
        await expect(distribution(metric)).rejects.toMatchObject({ code: 'store.selector-type' });
      }
      expect(await distribution('nothing')).toMatchObject({ series: [], notes: [] });
    });
  });

  describe('with exponential buckets', () => {
    const exponential = (metric: string, temporality: 'delta' | 'cumulative'): SeriesLine =>
      series(metric, { type: 'exponential_histogram', temporality });

    /** A point that has observed `values`. */
    function observed(
      of: SeriesLine,
      at: number,
      start: number,
      scale: number,
      values: readonly number[],
    ): ExponentialLine {
      const side = (chosen: readonly number[]): [number, number[]] => {
        const indices = chosen.map((value) => Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1);
        const offset = indices.length === 0 ? 0 : Math.min(...indices);
        const counts = new Array<number>(indices.length === 0 ? 0 : Math.max(...indices) - offset + 1).fill(
          0,
        );
        indices.forEach((index) => (counts[index - offset]! += 1));
        return [offset, counts];
      };
      return {
        series: of,
        time: nano(at),
        start: nano(start),
        scale,
        zeroCount: values.filter((value) => value === 0).length,
        positive: side(values.filter((value) => value > 0)),
        negative: side(values.filter((value) => value < 0)),
        sum: values.length,
      };
    }

    /** Four series, two of each temporality, whose scale falls as time goes on; the cumulative ones restart once. */
    function randomRun(
      metric: string,
      random: () => number,
    ): { lines: ExponentialLine[]; values: number[][]; least: number } {
      const lines: ExponentialLine[] = [];
      const values: number[][] = [[], [], []];
      let least = 20;
      for (const temporality of ['delta', 'cumulative', 'delta', 'cumulative'] as const) {
        const of = exponential(metric, temporality);
        let scale = 3 + Math.floor(random() * 4);
        let start = OLD;
        let all: number[] = [];
        for (let at = -30; at < 180; at += 30) {
          const fresh = Array.from({ length: Math.floor(random() * 20) }, () => {
            const magnitude = Math.exp(seededNormal(random) * 2);
            return random() < 0.05 ? 0 : random() < 0.2 ? -magnitude : magnitude;
          });
          if (at === 90) {
            start = 80;
            all = [];
          }
          all = temporality === 'delta' ? fresh : [...all, ...fresh];
          lines.push(observed(of, at, temporality === 'delta' ? at - 30 : start, scale, all));
          if (at >= 0) {
            values[Math.floor(at / 60)]!.push(...fresh);
          }
          scale -= random() < 0.3 ? 1 : 0;
          least = Math.min(least, scale);
        }
      }
      return { lines, values, least };
    }

    test('both temporalities, falling scales and restarts: counts exact, quantiles within the error of the scale', async () => {
      const random = seededRandom(11);
      const runs = Array.from({ length: 30 }, (_each, index) => randomRun(`exponential.${index}`, random));
      await storeLines(backend, { exponential: runs.flatMap(({ lines }) => lines) });
      const base = (scale: number): number => 2 ** (2 ** -scale);
      const all = () =>
        Promise.all(
          runs.map((_run, index) =>
            distribution(`exponential.${index}`, { range: { from: BASE, to: BASE + 3 * MINUTE } }),
          ),
        );
      const results = await all();
      for (const [index, { values, least }] of runs.entries()) {
        const { series: found, notes } = results[index]!;
        expect(notes).toEqual([]);
        expect(found[0]?.points.map(({ count }) => count)).toEqual(values.map(({ length }) => length));
        found[0]?.points.forEach(({ quantiles }, step) => {
          const sorted = values[step]!.sort((a, b) => a - b);
          QUANTILES.forEach((quantile, place) => {
            const exact = sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;
            const bound = ((base(least) - 1) / (base(least) + 1)) * Math.abs(exact);
            expect(Math.abs(quantiles[place]! - exact)).toBeLessThanOrEqual(bound * (1 + 1e-9));
          });
        });
      }
      await storeLines(backend, { exponential: runs.flatMap(({ lines }) => lines).reverse() });
      expect(await all()).toEqual(results);
    });

    test('a count or a bucket that fell is a reset; sums are differences; a first point in sight counts whole', async () => {
      const point = (
        of: SeriesLine,
        at: number,
        counts: number[],
        sum: number,
        start = OLD,
      ): ExponentialLine => ({
        series: of,
        time: nano(at),
        start: nano(start),
        scale: 1,
        positive: [-3, counts],
        sum,
      });
      const of = (side: string): SeriesLine => ({
        ...exponential('resets', 'cumulative'),
        attributes: { side },
      });
      const [fell, bucketFell, grew, fresh] = [of('a'), of('b'), of('c'), of('d')];
      await storeLines(backend, {
        exponential: [
          ...[point(fell, -10, [5, 5], 50), point(fell, 10, [2, 1], 3)],
          ...[point(bucketFell, -10, [5, 5], 50), point(bucketFell, 10, [4, 9], 13)],
          ...[point(grew, -10, [5, 5], 50), point(grew, 10, [5, 9], 58.5)],
          ...[point(fresh, 10, [1, 1], 2, 0)],
        ],
      });
      const { series: found } = await distribution('resets', { by: ['side'] });
      expect(found.map(({ points }) => [points[0]?.count, points[0]?.sum])).toEqual([
        [3, 3],
        [13, 13],
        [4, 8.5],
        [2, 2],
      ]);
    });

    test('interpolated as Prometheus does, zero buckets of different widths, min and max of delta points', async () => {
      const of = exponential('zero', 'delta');
      const at = { series: of, start: nano(0), scale: 0 } as const;
      await storeLines(backend, {
        exponential: [
          {
            ...at,
            time: nano(10),
            positive: [-4, [1, 2, 0, 0, 3]],
            zeroThreshold: 0.001,
            zeroCount: 1,
            min: 0.1,
            max: 1.25,
          },
          { ...at, time: nano(20), zeroThreshold: 0.25, zeroCount: 2, min: 0.01, max: 0.2 },
        ],
      });
      const { series: found } = await distribution('zero', {
        quantiles: [0, 0.5, 0.9],
        estimate: 'interpolated',
      });
      expect(found[0]?.points[0]).toMatchObject({ count: 9, min: 0.01, max: 1.25 });
      // Six observations lie in the zero bucket up to 0.25, three in (1, 2].
      const [least, median, high] = found[0]!.points[0]!.quantiles;
      expect([least, high]).toEqual([0.01, 1.25]);
      expect(median).toBeCloseTo((0.25 * 4.5) / 6, 12);
    });

    test('points of a scale that doubles cannot follow count nothing, and that is said', async () => {
      const of = exponential('scales', 'delta');
      const line = (at: number, scale: number): ExponentialLine => ({
        series: of,
        time: nano(at),
        start: nano(0),
        scale,
        positive: [0, [4]],
      });
      await storeLines(backend, { exponential: [line(10, 3), line(20, 40)] });
      const { series: found, notes } = await distribution('scales');
      expect(found[0]?.points[0]?.count).toBe(4);
      expect(notes).toEqual([{ code: 'scale-unusable', times: 1 }]);
    });
  });
});
