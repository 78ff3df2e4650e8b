import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventCondition, SliValueQuery, SliValueSlice } from '@tidewatch/store';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { label, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks, storeMetrics } from '../harness/store-blocks.js';

const HOUR = 3_600_000;
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;
const RANGE = { from: START, to: START + 60_000 };

const where = (field: string, op: EventCondition['op'], value: string | number): EventCondition => ({
  field,
  op,
  value,
});
const mean = (
  field: string,
  of: { samples: number } | { ms: number },
  samples: readonly EventCondition[] = [],
  groupBy: readonly string[] = [],
): SliValueQuery => ({ sli: { kind: 'sample-mean', samples, field, of, labelDelayMs: HOUR }, groupBy });
const gauge = (
  over: 'avg' | 'min' | 'max' | 'last',
  across: 'avg' | 'min' | 'max' | 'sum',
  groupBy: readonly string[] = [],
): SliValueQuery => ({
  sli: {
    kind: 'gauge',
    gauge: { metric: 'load', match: [{ label: 'service', op: '=', value: 'ranker' }] },
    over,
    across,
  },
  groupBy,
});
const slice = (at: number, value: number, group: readonly string[] = []): SliValueSlice => ({
  group,
  start: START + at,
  value,
});

describe.each(STORE_BACKENDS)('values of SLIs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const values = (project: string, queries: readonly SliValueQuery[], range = RANGE, sliceMs = 10_000) =>
    backend.store.sliEvents.values(project, queries, range, sliceMs);

  test('gauges: per series within the slice, then over the series of the group', async () => {
    const series = (region: string) =>
      metricSeries({
        metricName: 'load',
        metricType: 'gauge',
        temporality: 'unspecified',
        isMonotonic: false,
        attributes: { 'cloud.region': region },
      });
    const [eu, us] = [series('eu'), series('us')];
    const points = [
      { series: eu, at: START, value: 1 },
      { series: eu, at: START + 9_999, value: 3 },
      { series: us, at: START + 5_000, value: 10 },
      { series: us, at: START + 10_000, value: NaN },
      { series: us, at: START + 20_000, value: 4 },
      { series: us, at: START + 60_000, value: 1_000 },
      {
        series: metricSeries({
          metricName: 'load',
          metricType: 'gauge',
          serviceName: 'other',
          resourceAttributes: {},
        }),
        at: START,
        value: 99,
      },
    ];
    await storeMetrics(backend.store, 'gauges', metricBatch(points));
    await storeMetrics(backend.store, 'gauges', metricBatch(points));
    const counter = {
      sli: { ...gauge('avg', 'avg').sli, gauge: { metric: 'hits', match: [] } },
      groupBy: [],
    } as SliValueQuery;
    await storeMetrics(
      backend.store,
      'gauges',
      metricBatch([{ series: metricSeries({ metricName: 'hits' }), at: START, value: 1 }]),
    );
    const answers = await values('gauges', [
      gauge('avg', 'avg'),
      gauge('last', 'sum'),
      gauge('min', 'max'),
      gauge('max', 'min'),
      gauge('avg', 'avg', ['region', 'nothing']),
      counter,
    ]);
    expect(answers.slice(0, 5)).toEqual([
      [slice(0, 6), slice(20_000, 4)],
      [slice(0, 13), slice(20_000, 4)],
      [slice(0, 10), slice(20_000, 4)],
      [slice(0, 3), slice(20_000, 4)],
      [slice(0, 2, ['eu', '']), slice(0, 10, ['us', '']), slice(20_000, 4, ['us', ''])],
    ]);
    expect(answers[5]).toMatchObject({ code: 'store.selector-type' });
    // A range that begins and ends within slices touches whole ones.
    expect(
      await values('gauges', [gauge('max', 'max')], { from: START + 29_000, to: START + 31_000 }, 30_000),
    ).toEqual([[slice(0, 10)]]);
  });

  describe('means of samples', () => {
    const sample = (id: string, at: number, score: number | null, partial = {}) =>
      prediction({
        predictionId: id,
        timestamp: START + at,
        prediction: { label: 'yes', score, value: null, scores: {}, detections: null, rejectedCount: null },
        ...partial,
      });
    const eu = { region: 'eu' };
    const samples = [
      sample('old', -2 * HOUR, 100),
      sample('before', -1, 10),
      sample('a', 0, 1),
      sample('b', 9_999, 2, eu),
      sample('c', 10_000, 3),
      sample('none', 20_000, null),
      sample('nan', 20_000, NaN),
      sample('d', 30_000, 6, { features: { numeric: { rows: 8 }, text: {}, boolean: {}, nulls: [] } }),
      sample('far', 60_000, 1_000),
    ];
    beforeAll(async () => {
      const { predictions, labels } = backend.store;
      await storeBlocks(backend.store, predictions.encode('means', samples), 'means');
      await storeBlocks(backend.store, predictions.encode('means', samples.slice(0, 4)), 'means');
      const truths = ['a', 'c'].map((id, index) =>
        label({ predictionId: id, timestamp: START + 20_000, label: index === 0 ? 'yes' : 'no' }),
      );
      await storeBlocks(backend.store, labels.encode('means', truths), 'means');
    });

    test('over the last samples before the end of each slice that has samples', async () => {
      const answers = await values('means', [
        mean('score', { samples: 2 }),
        mean('score', { samples: 3 }),
        mean('score', { samples: 1 }),
        // Farther back than samples usually are.
        mean('score', { samples: 5 }),
        mean('score', { samples: 1_000 }, [], ['region']),
      ]);
      expect(answers).toEqual([
        [slice(0, 1.5), slice(10_000, 2.5), slice(30_000, 4.5)],
        [slice(0, 13 / 3), slice(10_000, 2), slice(30_000, 11 / 3)],
        [slice(0, 2), slice(10_000, 3), slice(30_000, 6)],
        [slice(0, 113 / 4), slice(10_000, 116 / 5), slice(30_000, 22 / 5)],
        [slice(0, 111 / 3, ['']), slice(10_000, 114 / 4, ['']), slice(30_000, 24, ['']), slice(0, 2, ['eu'])],
      ]);
    });

    test('over the last stretch of time', async () => {
      const answers = await values('means', [
        mean('score', { ms: 20_000 }),
        mean('score', { ms: 10_000 }),
        mean('score', { ms: 1 }),
        mean('score', { ms: HOUR }, [where('score', '<', 6)]),
        mean('feature.rows', { ms: HOUR }),
        mean('correct', { ms: HOUR }),
        mean('feature.nothing', { ms: HOUR }),
        mean('colour', { ms: HOUR }),
      ]);
      expect(answers.slice(0, 7)).toEqual([
        [slice(0, 13 / 3), slice(10_000, 2), slice(30_000, 6)],
        [slice(0, 1.5), slice(10_000, 3), slice(30_000, 6)],
        [slice(0, 2)],
        [slice(0, 1.5), slice(10_000, 2)],
        [slice(30_000, 8)],
        [slice(0, 1), slice(10_000, 0.5)],
        [],
      ]);
      expect(answers[7]).toMatchObject({ code: 'store.sli-field' });
    });
  });
});
