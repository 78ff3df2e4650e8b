import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MetricQuery } from '@tidewatch/store';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const BASE = Math.floor(Date.now() / HOUR) * HOUR - 5 * HOUR;
const PROJECT = 'engines';

describe.each(STORE_BACKENDS)('batches as ingest stores them, on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  const at = (seconds: number) => ({ at: BASE + seconds * SECOND, start: BASE });
  const distribution = { temporality: 'delta', isMonotonic: false } as const;
  const requests = metricSeries({ metricName: 'requests', attributes: { code: "it's" } });
  const total = metricSeries({
    metricName: 'requests',
    temporality: 'cumulative',
    attributes: { code: '500' },
  });
  const gauge = metricSeries({
    metricName: 'temperature',
    metricType: 'gauge',
    temporality: 'unspecified',
    isMonotonic: false,
  });
  const latency = metricSeries({ metricName: 'latency', metricType: 'histogram', ...distribution });
  const wait = metricSeries({ metricName: 'wait', metricType: 'exponential_histogram', ...distribution });
  const batch = () =>
    metricBatch(
      [
        { series: requests, ...at(10), integer: 3n },
        { series: requests, ...at(20), value: 1.5 },
        { series: total, ...at(10), integer: 2n ** 53n + 1n },
        { series: total, ...at(70), integer: 2n ** 53n + 4n },
        { series: gauge, ...at(10), value: 20.5 },
        { series: gauge, ...at(20), value: 21 },
      ],
      [{ series: latency, ...at(10), bounds: [1, 2], counts: [0, 4, 0], sum: 6 }],
      {
        exponential: [
          { series: wait, ...at(10), scale: 0, positive: { offset: 0, counts: [0, 4] }, sum: 12 },
        ],
      },
    );
  const store = async (): Promise<void> => {
    backend.store.metrics.forgetSeries();
    await storeBlocks(backend.store, backend.store.metrics.encode(PROJECT, batch()), PROJECT);
  };

  beforeAll(async () => {
    backend = await open();
    await store();
  }, 60_000);
  afterAll(() => backend.close());

  const query = (metric: string, resolution: '1m' | 'raw'): MetricQuery => ({
    selector: { metric, match: [{ label: 'service', op: '=', value: 'ranker' }] },
    range: { from: BASE, to: BASE + HOUR },
    step: HOUR,
    by: ['code'],
    resolution,
  });
  const answers = async (resolution: '1m' | 'raw') => {
    const { metricQueries } = backend.store;
    const quantiles = [0.5];
    return [
      (await metricQueries.increase(PROJECT, query('requests', resolution))).series,
      (await metricQueries.gauge(PROJECT, { ...query('temperature', resolution), over: 'last' })).series,
      (await metricQueries.distribution(PROJECT, { ...query('latency', resolution), quantiles })).series,
      (await metricQueries.distribution(PROJECT, { ...query('wait', resolution), quantiles })).series,
    ];
  };
  const [moments, labels] = [{ at: BASE, count: 4, min: null, max: null }, { code: '' }];
  const expected = [
    [
      { labels: { code: '500' }, points: [{ at: BASE, value: 2 ** 53 + 4, integer: 2n ** 53n + 4n }] },
      { labels: { code: "it's" }, points: [{ at: BASE, value: 4.5, integer: null }] },
    ],
    [{ labels, points: [{ at: BASE, value: 21, integer: null }] }],
    [{ labels, points: [{ ...moments, sum: 6, quantiles: [1.5] }] }],
    [{ labels, points: [{ ...moments, sum: 12, quantiles: [expect.closeTo(8 / 3, 12)] }] }],
  ];

  test('are answered from points', async () => {
    expect(await answers('raw')).toEqual(expected);
  });

  test('are rolled up, and answered from minutes alike', async () => {
    const progress = await backend.store.rollups.refresh(Date.now(), BASE + 2 * HOUR);
    expect(progress).toEqual({ hours: 1, points: expect.any(Number), remaining: 0 });
    expect(await answers('1m')).toEqual(expected);
  });

  test('stored again under other tokens, they change no number', async () => {
    await store();
    await backend.store.rollups.refresh(Date.now() + HOUR, BASE + 2 * HOUR);
    expect([await answers('raw'), await answers('1m')]).toEqual([expected, expected]);
  });
});
