import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SliQuery, SliceSelector } from '@tidewatch/store';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import type { NumberSample } from '../harness/metric-batch.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A full hour about two hours ago. */
const BASE = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;

const selector = (metric: string, match: SliceSelector['match'] = []): SliceSelector => ({ metric, match });

describe.each(STORE_BACKENDS)('SLO windows on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const key = { slo: 'windows', group: 'eu' };
  const project = 'windows';
  const end = BASE + 40 * MINUTE + 20 * SECOND;
  const days = 12;

  beforeAll(async () => {
    // One event every 7 minutes for 12 days and one every 3 seconds for the last 50 minutes, one in 5 not good.
    const good = metricSeries({ metricName: 'c', attributes: { outcome: 'good' } });
    const bad = metricSeries({ metricName: 'c', attributes: { outcome: 'bad' } });
    const times = [];
    for (let at = BASE - days * DAY; at < BASE; at += 7 * MINUTE) {
      times.push(at);
    }
    for (let at = BASE - 10 * MINUTE; at < end; at += 3 * SECOND) {
      times.push(at + 1);
    }
    const samples = times.map((at, index): NumberSample => ({
      series: index % 5 === 0 ? bad : good,
      at,
      value: 1 + (index % 3),
    }));
    await storeMetrics(backend.store, project, metricBatch(samples));
    await backend.store.sloSlices.recompute(project, key, ratio, { from: BASE - days * DAY, to: end });
  }, 120_000);

  const ratio: SliQuery = {
    kind: 'ratio',
    good: selector('c', [{ label: 'outcome', op: '=', value: 'good' }]),
    bad: null,
    total: selector('c'),
  };

  /** The same count straight from the points. */
  async function direct(from: number, to: number): Promise<{ good: number; total: number }> {
    const [row] = await backend.raw(
      `SELECT sum(Value) AS total, sumIf(Value, SeriesHash IN (
           SELECT SeriesHash FROM metric_series WHERE Project = '${project}' AND Attributes['outcome'] = 'good')) AS good
         FROM metric_points FINAL WHERE Project = '${project}' AND MetricName = 'c'
           AND TimeUnix >= fromUnixTimestamp64Milli(${from}) AND TimeUnix < fromUnixTimestamp64Milli(${to})`,
    );
    return { good: Number(row?.['good']), total: Number(row?.['total']) };
  }

  test('every window equals a direct query over the span it says it covers', async () => {
    const windows = [
      5 * MINUTE,
      30 * MINUTE,
      HOUR,
      2 * HOUR,
      4 * HOUR,
      6 * HOUR,
      DAY,
      3 * DAY,
      7 * DAY,
      10 * DAY,
    ];
    const counts = await backend.store.sloSlices.sums(project, key, end, windows);
    expect([...counts.keys()]).toEqual(windows);
    for (const [length, { from, ...count }] of counts) {
      expect([length, count]).toEqual([length, await direct(from, end)]);
      expect(count.total).toBeGreaterThan(count.good);
      // The nominal beginning, or at most one slice before it.
      expect(end - length - from).toBeLessThan(
        length <= 4 * HOUR ? 10 * SECOND : length <= 7 * DAY ? MINUTE : HOUR,
      );
      expect(from).toBeLessThanOrEqual(end - length);
    }
  });

  test('computing again, in pieces and out of order, changes no window', async () => {
    const { sloSlices } = backend.store;
    const windows = [HOUR, DAY, 10 * DAY];
    const before = await sloSlices.sums(project, key, end, windows);
    const ranges = [
      { from: end - 15 * SECOND, to: end },
      { from: BASE - 8 * HOUR - 13_000, to: BASE - 8 * HOUR + 4_000 },
      { from: BASE - 9 * DAY + 1, to: BASE - 9 * DAY + 2 },
      { from: BASE + 20 * MINUTE + 5_000, to: BASE + 20 * MINUTE + 15_000 },
    ];
    for (const range of ranges) {
      await sloSlices.recompute(project, key, ratio, range);
    }
    await Promise.all(ranges.map((range) => sloSlices.recompute(project, key, ratio, range)));
    expect(await sloSlices.sums(project, key, end, windows)).toEqual(before);
    expect(await sloSlices.lastComputed(project, key)).toBe(end);
  });

  test('late points change exactly the windows that hold them', async () => {
    const { sloSlices, ingest } = backend.store;
    const windows = [5 * MINUTE, 2 * HOUR, 10 * DAY];
    const before = await sloSlices.sums(project, key, end, windows);
    const since = Date.now() + 11_000;
    const late = metricSeries({ metricName: 'c', attributes: { outcome: 'bad' } });
    const at = BASE + 3 * SECOND;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await storeMetrics(backend.store, project, metricBatch([{ series: late, at, value: 1000 }]));
    const [batch] = (await ingest.batchesSince(project, 0)).slice(-1);
    expect(batch).toMatchObject({ table: 'metric_points', minTime: at, maxTime: at, rows: 1 });
    expect(await ingest.touchedSince(project, ['metric_points'], since)).toBeNull();
    const blocks = await ingest.blocksOf(project, ['metric_points', 'predictions'], batch!.storedAt);
    expect(blocks).toEqual([{ token: batch!.token, minTime: at, maxTime: at, storedAt: batch!.storedAt }]);
    expect(await ingest.blocksOf(project, ['predictions'], 0)).toEqual([]);
    await sloSlices.recompute(project, key, ratio, { from: at, to: at + 1 });
    const after = await sloSlices.sums(project, key, end, windows);
    const added = windows.map((length) => (after.get(length)?.total ?? 0) - (before.get(length)?.total ?? 0));
    expect(added).toEqual([0, 1000, 1000]);
  }, 60_000);

  test('another group, another SLO and no windows have nothing', async () => {
    const { sloSlices } = backend.store;
    const empty = new Map([[HOUR, { good: 0, total: 0, from: end - HOUR }]]);
    expect(await sloSlices.sums(project, { ...key, group: 'us' }, end, [HOUR])).toEqual(empty);
    expect(await sloSlices.sums(project, { ...key, slo: 'x' }, end, [HOUR])).toEqual(empty);
    expect(await sloSlices.sums(project, key, end, [])).toEqual(new Map());
  });
});
