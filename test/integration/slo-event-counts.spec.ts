import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LatencySli, RatioSli } from '@tidewatch/slo';
import type { SliceSelector } from '@tidewatch/store';
import { countEvents } from '../harness/count-events.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import type { HistogramSample, NumberSample } from '../harness/metric-batch.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A full hour about two hours ago: everything near it is inside the retention of 10-second slices. */
const BASE = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;

const selector = (metric: string, match: SliceSelector['match'] = []): SliceSelector => ({ metric, match });

describe.each(STORE_BACKENDS)('events of SLOs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  let projects = 0;
  /** A project of its own for each test, so that metric names can repeat. */
  const newProject = (): string => `project-${++projects}`;

  /** Events per 10-second slice of `total`, as `[seconds since BASE, good, total]`, empty slices left out. */
  async function computed(
    project: string,
    query: RatioSli | LatencySli,
    range = { from: BASE, to: BASE + 5 * MINUTE },
  ): Promise<[number, number, number][]> {
    const counts = await countEvents(backend.store, project, query, range);
    return counts.map(([start, good, total]) => [(start - BASE) / SECOND, good, total]);
  }

  const onlyTotal: RatioSli = { kind: 'ratio', good: selector('c'), bad: null, total: selector('c') };
  const totals = async (project: string, range?: { from: number; to: number }): Promise<[number, number][]> =>
    (await computed(project, onlyTotal, range)).map(([at, , total]) => [at, total]);

  const counter = (temporality: 'delta' | 'cumulative') => metricSeries({ metricName: 'c', temporality });

  describe('counters', () => {
    // Each case: points of one series as [seconds since BASE, value, start in seconds since BASE or null for unknown].
    const cases: {
      name: string;
      temporality: 'delta' | 'cumulative';
      points: [at: number, value: number, start: number | null][];
      expected: [number, number][];
    }[] = [
      {
        name: 'delta points are added up per slice',
        temporality: 'delta',
        points: [
          [1, 3, 0],
          [9.999, 5, 1],
          [10, 2, 9.999],
        ],
        expected: [
          [0, 8],
          [10, 2],
        ],
      },
      {
        name: 'cumulative points count by their difference, the first whole because it began in sight',
        temporality: 'cumulative',
        points: [
          [10, 3, 0],
          [20, 8, 0],
          [30, 10, 0],
        ],
        expected: [
          [10, 3],
          [20, 5],
          [30, 2],
        ],
      },
      {
        name: 'a fall of the value is a restart: the whole new value counts',
        temporality: 'cumulative',
        points: [
          [10, 100, -30],
          [20, 110, -30],
          [30, 4, -30],
          [40, 9, -30],
        ],
        expected: [
          [10, 100],
          [20, 10],
          [30, 4],
          [40, 5],
        ],
      },
      {
        name: 'a new start time is a restart even where the value has risen',
        temporality: 'cumulative',
        points: [
          [10, 10, 0],
          [20, 25, 15],
          [30, 26, 15],
        ],
        expected: [
          [10, 10],
          [20, 25],
          [30, 1],
        ],
      },
      {
        name: 'a first point without a start adds nothing, the next adds its difference',
        temporality: 'cumulative',
        points: [
          [10, 1_000_000, null],
          [20, 1_000_007, null],
        ],
        expected: [[20, 7]],
      },
      {
        name: 'a start equal to the time is unknown; the following start, equal to that time, is no restart',
        temporality: 'cumulative',
        points: [
          [10, 500, 10],
          [20, 503, 10],
        ],
        expected: [[20, 3]],
      },
      {
        name: 'a first point whose series is older than the look-back does not leak its history',
        temporality: 'cumulative',
        points: [
          [10, 1_000_000, -7200],
          [20, 1_000_002, -7200],
        ],
        expected: [[20, 2]],
      },
      {
        name: 'the point before the range is found in the look-back',
        temporality: 'cumulative',
        points: [
          [-300, 50, -7200],
          [10, 53, -7200],
        ],
        expected: [[10, 3]],
      },
    ];

    test.each(cases)('$name', async ({ temporality, points, expected }) => {
      const project = newProject();
      const series = counter(temporality);
      const samples = points.map(([at, value, start]): NumberSample => ({
        series,
        at: BASE + at * SECOND,
        value,
        ...(start === null ? {} : { start: BASE + start * SECOND }),
      }));
      await storeMetrics(backend.store, project, metricBatch(samples));
      expect(await totals(project)).toEqual(expected);
    });

    test('a batch that is sent again changes nothing', async () => {
      const project = newProject();
      const batch = metricBatch([
        { series: counter('delta'), at: BASE + SECOND, start: BASE, value: 5 },
        { series: counter('cumulative'), at: BASE + SECOND, start: BASE, value: 7 },
      ]);
      await storeMetrics(backend.store, project, batch);
      const once = await totals(project);
      await storeMetrics(backend.store, project, batch);
      expect(once).toEqual([[0, 12]]);
      expect(await totals(project)).toEqual(once);
    });

    test('points without a recorded value, not-a-number and infinities count nothing', async () => {
      const project = newProject();
      const series = counter('cumulative');
      const at = (seconds: number, value: number, flags = 0): NumberSample => ({
        series,
        at: BASE + seconds * SECOND,
        start: BASE,
        value,
        flags,
      });
      await storeMetrics(
        backend.store,
        project,
        metricBatch([at(10, 4), at(20, 0, 1), at(30, NaN), at(40, Infinity), at(50, 6)]),
      );
      expect(await totals(project)).toEqual([
        [10, 4],
        [50, 2],
      ]);
    });

    test('integers beyond 2^53 are subtracted exactly', async () => {
      const project = newProject();
      const series = counter('cumulative');
      const large = 9_007_199_254_740_993n;
      await storeMetrics(
        backend.store,
        project,
        metricBatch([
          { series, at: BASE + SECOND, integer: large },
          { series, at: BASE + 11 * SECOND, integer: large + 1n },
          { series, at: BASE + 21 * SECOND, integer: large + 4n },
        ]),
      );
      expect(await totals(project)).toEqual([
        [10, 1],
        [20, 3],
      ]);
    });

    test('any range gives the same slices: piece by piece equals all at once', async () => {
      const project = newProject();
      const series = counter('cumulative');
      // Gaps below and above the look-back of 10 minutes.
      const times = [-1500, -1200, -590, 10, 200, 290, 895, 900, 1510];
      await storeMetrics(
        backend.store,
        project,
        metricBatch(
          times.map((at, index) => ({
            series,
            at: BASE + at * SECOND,
            start: BASE - DAY,
            value: 10 * index,
          })),
        ),
      );
      const range = { from: BASE - 26 * MINUTE, to: BASE + 28 * MINUTE };
      const pieces: [number, number][] = [];
      for (let from = range.from; from < range.to; from += 6 * MINUTE) {
        pieces.push(...(await totals(project, { from, to: from + 6 * MINUTE })));
      }
      expect(pieces.length).toBeGreaterThan(3);
      expect(pieces).toEqual(await totals(project, range));
    });
  });

  describe('ratios', () => {
    test('labels select series; a point attribute goes before a resource attribute, absent labels are empty', async () => {
      const project = newProject();
      const series = (code: string, extra: Record<string, string> = {}) =>
        metricSeries({
          metricName: 'c',
          attributes: { code, ...extra },
          resourceAttributes: { model: 'from-resource' },
        });
      const add = (of: ReturnType<typeof series>, value: number): NumberSample => ({
        series: of,
        at: BASE + SECOND,
        value,
      });
      await storeMetrics(
        backend.store,
        project,
        metricBatch([
          add(series('200'), 100),
          add(series('500'), 7),
          add(series('503'), 5),
          add(series('404', { 'model.name': 'other' }), 3),
        ]),
      );
      const ratio = (match: SliceSelector['match']): RatioSli => ({
        kind: 'ratio',
        good: selector('c', match),
        bad: null,
        total: selector('c'),
      });
      const good = async (match: SliceSelector['match']) => (await computed(project, ratio(match)))[0];
      expect(await good([{ label: 'code', op: '=', value: '200' }])).toEqual([0, 100, 115]);
      expect(await good([{ label: 'code', op: '!=', value: '200' }])).toEqual([0, 15, 115]);
      expect(await good([{ label: 'code', op: '=~', value: '5..' }])).toEqual([0, 12, 115]);
      // Anchored: "50" is not all of "500".
      expect(await good([{ label: 'code', op: '=~', value: '50' }])).toEqual([0, 0, 115]);
      expect(await good([{ label: 'code', op: '!~', value: '5..|404' }])).toEqual([0, 100, 115]);
      expect(await good([{ label: 'service', op: '=', value: 'ranker' }])).toEqual([0, 115, 115]);
      expect(await good([{ label: 'model', op: '=', value: 'other' }])).toEqual([0, 3, 115]);
      expect(await good([{ label: 'model', op: '=', value: 'from-resource' }])).toEqual([0, 112, 115]);
      expect(await good([{ label: 'region', op: '=', value: '' }])).toEqual([0, 115, 115]);
      expect(await good([{ label: 'region', op: '!=', value: "it's \\ {x:String}" }])).toEqual([0, 115, 115]);
    });

    test('good is total less bad, from series of both temporalities', async () => {
      const project = newProject();
      await storeMetrics(
        backend.store,
        project,
        metricBatch([
          { series: metricSeries({ metricName: 'all', temporality: 'delta' }), at: BASE + SECOND, value: 10 },
          {
            series: metricSeries({ metricName: 'all', temporality: 'cumulative' }),
            at: BASE + SECOND,
            start: BASE,
            value: 5,
          },
          { series: metricSeries({ metricName: 'failed' }), at: BASE + SECOND, value: 4 },
        ]),
      );
      const query: RatioSli = { kind: 'ratio', good: null, bad: selector('failed'), total: selector('all') };
      expect(await computed(project, query)).toEqual([[0, 11, 15]]);
    });

    test.each([
      ['a gauge', { metricType: 'gauge', temporality: 'unspecified', isMonotonic: false } as const],
      ['a sum that may fall', { isMonotonic: false } as const],
      ['a sum of unknown temporality', { temporality: 'unspecified' } as const],
    ])('%s is refused', async (_name, kind) => {
      const project = newProject();
      const series = metricSeries({ metricName: 'c', ...kind });
      await storeMetrics(backend.store, project, metricBatch([{ series, at: BASE + SECOND, value: 1 }]));
      await expect(computed(project, onlyTotal)).rejects.toMatchObject({ code: 'slo.selector-type' });
    });

    test('a metric that does not exist counts no events', async () => {
      expect(await computed(newProject(), onlyTotal)).toEqual([]);
    });

    test('a histogram counts its measurements', async () => {
      const project = newProject();
      const series = metricSeries({ metricName: 'h', metricType: 'histogram', isMonotonic: false });
      const sample = { series, at: BASE + SECOND, bounds: [1], counts: [3, 4] };
      await storeMetrics(backend.store, project, metricBatch([], [sample]));
      const total = selector('h');
      expect(await computed(project, { kind: 'ratio', good: total, bad: null, total })).toEqual([[0, 7, 7]]);
    });
  });

  describe('latency from histograms', () => {
    const query: LatencySli = { kind: 'latency', histogram: selector('h'), threshold: 0.5 };
    const bounds = [0.1, 0.5, 1];
    const histogram = (temporality: 'delta' | 'cumulative') =>
      metricSeries({ metricName: 'h', metricType: 'histogram', temporality, isMonotonic: false });
    const insert = (project: string, samples: HistogramSample[]) =>
      storeMetrics(backend.store, project, metricBatch([], samples));

    test('delta: buckets up to the threshold are good', async () => {
      const project = newProject();
      const series = histogram('delta');
      const samples = [
        { series, at: BASE + SECOND, bounds, counts: [1, 2, 4, 8] },
        { series, at: BASE + 11 * SECOND, bounds: [0.25, 0.75], counts: [5, 6, 7] },
        { series, at: BASE + 21 * SECOND, bounds: [], counts: [9] },
      ];
      await insert(project, samples);
      await insert(project, samples);
      expect(await computed(project, query)).toEqual([
        [0, 3, 15],
        [10, 5, 18],
      ]);
    });

    test('cumulative: differences, a restart counts whole, changed bounds count nothing', async () => {
      const project = newProject();
      const series = histogram('cumulative');
      const at = (seconds: number, counts: number[], start = 0, edges = bounds): HistogramSample => ({
        series,
        at: BASE + seconds * SECOND,
        start: BASE + start * SECOND,
        bounds: edges,
        counts,
      });
      await insert(project, [
        at(10, [1, 1, 1, 1]),
        at(20, [2, 3, 3, 2]),
        at(30, [0, 1, 0, 1]),
        at(40, [5, 5, 0, 0], 35),
        at(50, [6, 7, 7], 35, [0.2, 0.7]),
        at(60, [7, 9, 7], 35, [0.2, 0.7]),
      ]);
      expect(await computed(project, query)).toEqual([
        [10, 2, 4],
        [20, 3, 6],
        [30, 1, 2],
        [40, 10, 10],
        [60, 1, 3],
      ]);
    });

    test('a counter is refused', async () => {
      const project = newProject();
      const series = metricSeries({ metricName: 'h' });
      await storeMetrics(backend.store, project, metricBatch([{ series, at: BASE + SECOND, value: 1 }]));
      await expect(computed(project, query)).rejects.toMatchObject({ code: 'slo.selector-type' });
    });
  });
});
