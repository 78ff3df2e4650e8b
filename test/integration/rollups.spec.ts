import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { openStore } from '@tidewatch/store';
import type { MetricQuery } from '@tidewatch/store';
import { announceLines, storeLines } from '../harness/metric-rows.js';
import type { HistogramLine, NumberLine, SeriesLine } from '../harness/metric-rows.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.now();
/** Three hours of points from here; the last is not closed. */
const BASE = Math.floor(NOW / HOUR) * HOUR - 10 * HOUR;
const END = BASE + 3 * HOUR;
const WATERMARK = BASE + 2.5 * HOUR;
const PROJECT = 'rolled';
const TABLES = ['metric_points_1m', 'metric_points_1h', 'metric_histograms_1m', 'metric_histograms_1h'];

const nano = (milli: number): bigint => BigInt(milli) * 1_000_000n;

let nextHash = 1n;
const series = (metric: string, partial: Partial<SeriesLine> = {}): SeriesLine => ({
  project: PROJECT,
  metric,
  hash: nextHash++,
  type: 'sum',
  temporality: 'cumulative',
  attributes: { code: nextHash % 2n === 0n ? '200' : '500' },
  ...partial,
});

interface Lines {
  readonly numbers: NumberLine[];
  readonly histograms: HistogramLine[];
}

/** Counters of every kind with resets and flags, a gauge, and histograms of both temporalities whose bounds change. */
function makeLines(): Lines {
  const random = seededRandom(3);
  const drawn = (below: number): number => Math.floor(random() * below);
  const numbers: NumberLine[] = [];
  const histograms: HistogramLine[] = [];
  const counters = [series('requests', { temporality: 'delta' }), series('requests'), series('requests')];
  const updown = series('in.flight', { monotonic: false });
  const gauge = series('temperature', { type: 'gauge', temporality: 'unspecified' });
  for (const of of [...counters, updown, gauge]) {
    let total = 0;
    let start = BASE - DAY;
    for (let at = BASE - 2 * MINUTE; at < END; at += 20_000 + drawn(20_000)) {
      const restarts = random() < 0.01;
      start = restarts ? at - 1 : start;
      total = restarts ? 0 : total + drawn(50);
      const value = of === gauge ? drawn(800) / 8 : of.temporality === 'delta' ? drawn(50) : total;
      const isDouble = of === gauge || (of === updown && random() < 0.5);
      numbers.push({
        series: of,
        time: nano(at),
        start: nano(start),
        value: isDouble ? value : BigInt(value),
        flags: random() < 0.02 ? 1 : 0,
      });
    }
  }
  for (const temporality of ['delta', 'cumulative'] as const) {
    const of = series('latency', { type: 'histogram', temporality, monotonic: false });
    let counts = [0, 0, 0];
    for (let at = BASE - 2 * MINUTE; at < END; at += 30_000) {
      const bounds = at < BASE + HOUR + 10 * MINUTE ? [0.5, 1] : [0.5, 2];
      const fresh = counts.map(() => drawn(9));
      counts = temporality === 'delta' ? fresh : counts.map((count, index) => count + fresh[index]!);
      const moments =
        temporality === 'delta' ? { sum: drawn(80) / 8, min: 0.25, max: 4 } : { sum: at - BASE };
      histograms.push({ series: of, time: nano(at), start: nano(BASE - DAY), bounds, counts, ...moments });
    }
  }
  return { numbers, histograms };
}

/** Everything that roll-ups read and write. */
const WRITTEN = [
  ...TABLES,
  'rollup_hours',
  'metric_points',
  'metric_histograms',
  'metric_series',
  'metric_series_monthly',
  'ingest_batches',
];

describe('roll-ups', () => {
  const lines = makeLines();
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
  }, 60_000);
  /** Nothing stored, and a store that remembers nothing of what was. */
  beforeEach(async () => {
    await backend.raw(`${WRITTEN.map((table) => `TRUNCATE TABLE ${table};\n`).join('')}SELECT 1`);
    await backend.store.close();
    backend.store = await openStore(backend.options);
  }, 60_000);
  afterAll(() => backend.close());

  const store = async ({ numbers, histograms }: Lines, storedAt: number): Promise<void> => {
    await storeLines(backend, { numbers, histograms });
    for (const [table, lines] of [
      ['metric_points', numbers],
      ['metric_histograms', histograms],
    ] as const) {
      const times = lines.map(({ time }) => Number(time / 1_000_000n));
      for (const day of new Set(times.map((time) => Math.floor(time / DAY)))) {
        const ofDay = times.filter((time) => Math.floor(time / DAY) === day);
        const bounds = { from: Math.min(...ofDay), to: Math.max(...ofDay) };
        await announceLines(backend, { project: PROJECT, table, ...bounds, storedAt });
      }
    }
  };
  const refreshAll = async (now: number, maxPoints?: number): Promise<{ calls: number; hours: number }> => {
    let hours = 0;
    for (let calls = 1; ; calls++) {
      const progress = await backend.store.rollups.refresh(
        now,
        WATERMARK,
        maxPoints === undefined ? {} : { maxPoints },
      );
      hours += progress.hours;
      if (progress.remaining === 0) {
        return { calls, hours };
      }
    }
  };
  /** Every bucket as it counts now, without the time of its computation. */
  const buckets = async (): Promise<Record<string, unknown>[][]> => {
    const rows = [];
    for (const table of TABLES) {
      rows.push(await backend.raw(`SELECT * EXCEPT Version FROM ${table} FINAL ORDER BY ALL`));
    }
    return rows;
  };

  /** Everything that can be asked, from points or from buckets, over closed hours and the open one. */
  const answers = async (resolution: MetricQuery['resolution'], range = { from: BASE, to: END }) => {
    const { metricQueries } = backend.store;
    const query = (metric: string, step: number) => ({
      selector: { metric, match: [] },
      range,
      step,
      by: ['code'],
      resolution: resolution ?? 'raw',
    });
    const steps = [HOUR, 90 * MINUTE].filter((step) => resolution !== '1h' || step % HOUR === 0);
    const results = await Promise.all(
      steps.flatMap((step) => [
        metricQueries.increase(PROJECT, query('requests', step)),
        metricQueries.rate(PROJECT, query('in.flight', step)),
        ...(['avg', 'min', 'max', 'last'] as const).map((over) =>
          metricQueries.gauge(PROJECT, { ...query('temperature', step), over }),
        ),
        metricQueries.gauge(PROJECT, { ...query('in.flight', step), over: 'last', across: 'max' }),
        metricQueries.distribution(PROJECT, { ...query('latency', step), quantiles: [0.5, 0.9] }),
      ]),
    );
    return results.map(({ plan: _plan, ...result }) => result);
  };

  test('buckets and the raw tail together answer exactly what the points do, at every step', async () => {
    await store(lines, NOW);
    expect(await refreshAll(NOW)).toEqual({ calls: 1, hours: 3 });
    const query = { selector: { metric: 'requests', match: [] }, range: { from: BASE, to: END }, step: HOUR };
    const { plan } = await backend.store.metricQueries.increase(PROJECT, { ...query, resolution: '1h' });
    expect(plan).toEqual({ resolution: '1h', from: BASE, to: END, step: HOUR, seam: BASE + 2 * HOUR });
    const fromPoints = await answers('raw');
    expect(fromPoints.map(({ series: found }) => found.length > 0)).not.toContain(false);
    expect(await answers('1m')).toEqual(fromPoints);
    const hourly = await answers('1h');
    expect(hourly).toEqual(fromPoints.slice(0, hourly.length));
    const cut = { from: BASE + 20 * MINUTE, to: END - 10 * MINUTE };
    expect(await answers('1m', cut)).toEqual(await answers('raw', cut));
  }, 60_000);

  test('storing everything again and rolling it up again changes no bucket', async () => {
    await store(lines, NOW);
    await refreshAll(NOW);
    const before = await buckets();
    expect(before.map((rows) => rows.length > 0)).toEqual([true, true, true, true]);
    await store(
      { numbers: [...lines.numbers].reverse(), histograms: [...lines.histograms].reverse() },
      NOW + MINUTE,
    );
    expect(await refreshAll(NOW + 10 * MINUTE)).toEqual({ calls: 1, hours: 3 });
    expect(await buckets()).toEqual(before);
  }, 60_000);

  test('late points are taken in, also what they change in the hour after; until then an hour rests', async () => {
    const { numbers, histograms } = lines;
    // The last points of the first hour come late: those of the second hour are compared with them.
    const isLate = ({ time }: NumberLine | HistogramLine): boolean =>
      time >= nano(BASE + 50 * MINUTE) && time < nano(BASE + HOUR);
    await store(
      {
        numbers: numbers.filter((line) => !isLate(line)),
        histograms: histograms.filter((line) => !isLate(line)),
      },
      NOW,
    );
    await refreshAll(NOW + 11_000);
    const incomplete = await answers('1m');
    await store({ numbers: numbers.filter(isLate), histograms: histograms.filter(isLate) }, NOW + MINUTE);
    expect(await refreshAll(NOW + 2 * MINUTE)).toEqual({ calls: 1, hours: 0 });
    expect(await answers('1m')).toEqual(incomplete);
    expect(await refreshAll(NOW + 6 * MINUTE)).toEqual({ calls: 1, hours: 2 });
    const complete = await answers('1m');
    expect(complete).not.toEqual(incomplete);
    expect(complete).toEqual(await answers('raw'));
  }, 60_000);

  test('work is cut into bounded pieces, also amid an hour, and goes on at the next call', async () => {
    await store(lines, NOW);
    const { calls, hours } = await refreshAll(NOW, 100);
    expect(calls).toBeGreaterThan(5);
    expect(hours).toBe(3);
    expect(await answers('1m')).toEqual(await answers('raw'));
  }, 60_000);

  test('nothing new costs nothing; open hours wait; another start finds what is done', async () => {
    await store(lines, NOW);
    const refresh = (watermark: number) => backend.store.rollups.refresh(NOW + 11_000, watermark);
    expect(await refresh(BASE)).toEqual({ hours: 1, points: expect.any(Number), remaining: 0 });
    expect(await refresh(BASE + 2 * HOUR - 1)).toMatchObject({ hours: 1 });
    expect(await refresh(WATERMARK)).toMatchObject({ hours: 1 });
    const nothing = { hours: 0, points: 0, remaining: 0 };
    expect(await refresh(WATERMARK)).toEqual(nothing);
    await backend.store.close();
    backend.store = await openStore(backend.options);
    expect(await refresh(WATERMARK)).toEqual(nothing);
  }, 60_000);

  test('when the raw points are gone the buckets still answer, with their labels, and are never emptied', async () => {
    await store(lines, NOW);
    await backend.store.rollups.refresh(NOW, END);
    const closed = { from: BASE, to: END };
    const before = [await answers('1m', closed), await answers('1h', closed)];
    for (const table of ['metric_points', 'metric_histograms', 'metric_series']) {
      await backend.raw(`TRUNCATE TABLE ${table};\nSELECT 1`);
    }
    // The batches are due again, and their points are not there.
    await announceLines(backend, {
      project: PROJECT,
      table: 'metric_points',
      from: BASE,
      to: BASE + HOUR,
      storedAt: NOW + MINUTE,
    });
    await backend.store.rollups.refresh(NOW + 10 * MINUTE, END);
    expect([await answers('1m', closed), await answers('1h', closed)]).toEqual(before);
    expect(before[0]?.[0]?.series.map(({ labels }) => labels)).toEqual([{ code: '200' }, { code: '500' }]);
  }, 60_000);

  test('buckets and their labels are kept for 400 days, raw points for 30', async () => {
    const ttl = async (table: string): Promise<unknown> =>
      (
        await backend.raw(
          `SELECT extract(create_table_query, 'TTL (.*) SETTINGS') AS ttl FROM system.tables WHERE name = '${table}'`,
        )
      )[0];
    for (const table of [...TABLES, 'rollup_hours', 'metric_series_monthly']) {
      expect(await ttl(table)).toEqual({ ttl: expect.stringMatching(/toIntervalDay\(400\)$/) });
    }
    expect(await ttl('metric_points')).toEqual({ ttl: expect.stringMatching(/toIntervalDay\(30\)$/) });
  });
});
