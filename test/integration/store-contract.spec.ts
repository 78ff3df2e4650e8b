import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AWKWARD } from '../harness/awkward-text.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { deployment, label, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { sealByLayoutAndDay, storeBlocks, storeMetrics } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;

describe.each(STORE_BACKENDS)('the store on the $name engine', ({ name, open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('says what it is, answers, knows its disk and its migrations', async () => {
    const { store } = backend;
    expect(store.kind).toBe(name);
    expect(await store.health.ping()).toBeGreaterThan(0);
    const disk = await store.health.diskSpace();
    expect(disk.totalBytes).toBeGreaterThan(disk.freeBytes);
    expect(disk.freeBytes).toBeGreaterThan(0);
    const status = await store.health.migrationStatus();
    expect(status.pending).toEqual([]);
    expect(status.applied[0]).toMatchObject({ version: 1, name: 'metrics' });
  });

  describe('metrics', () => {
    test('integers, nanoseconds, special values, labels and absent histogram fields come back exactly', async () => {
      const attributes = Object.fromEntries(AWKWARD.map((text, index) => [`key ${index} ${text}`, text]));
      const series = metricSeries({
        hash: 2n ** 64n - 1n,
        metricName: 'exact ø',
        attributes,
        unit: '{events}',
      });
      const histogram = metricSeries({
        hash: 5n,
        metricName: 'h',
        metricType: 'histogram',
        temporality: 'cumulative',
      });
      const batch = metricBatch(
        [
          { series, at: NOW, nano: 123_456n, integer: 2n ** 63n - 1n, flags: 3 },
          { series, at: NOW, nano: 123_457n, integer: -(2n ** 63n) },
          { series, at: NOW, nano: 123_458n, value: -0.1, start: NOW - MINUTE },
          { series, at: NOW, nano: 123_459n, value: NaN },
        ],
        [
          { series: histogram, at: NOW, bounds: [0.1, 2.5], counts: [1, 2, 3], sum: 4.5 },
          { series: histogram, at: NOW + 1, bounds: [], counts: [] },
        ],
      );
      await storeMetrics(backend.store, 'exact', batch);
      const points = await backend.raw(
        `SELECT toString(SeriesHash) AS hash, toUnixTimestamp64Nano(TimeUnix) AS time, toUnixTimestamp64Nano(StartTimeUnix) AS start,
                toString(Value) AS value, ValueInt AS integer, toString(ValueKind) AS kind, Flags AS flags
         FROM metric_points WHERE Project = 'exact' ORDER BY TimeUnix`,
      );
      const nano = (offset: number): string => String(BigInt(NOW) * 1_000_000n + BigInt(offset));
      const hash = '18446744073709551615';
      expect(points).toEqual([
        {
          hash,
          time: nano(123_456),
          start: '0',
          value: '9223372036854776000',
          integer: '9223372036854775807',
          kind: 'int',
          flags: 3,
        },
        {
          hash,
          time: nano(123_457),
          start: '0',
          value: '-9223372036854776000',
          integer: '-9223372036854775808',
          kind: 'int',
          flags: 0,
        },
        {
          hash,
          time: nano(123_458),
          start: String(BigInt(NOW - MINUTE) * 1_000_000n),
          value: '-0.1',
          integer: '0',
          kind: 'double',
          flags: 0,
        },
        { hash, time: nano(123_459), start: '0', value: 'nan', integer: '0', kind: 'double', flags: 0 },
      ]);
      const [stored] = await backend.raw(
        `SELECT MetricName AS metric, Attributes AS attributes, MetricUnit AS unit, toString(MetricType) AS type,
                toString(AggregationTemporality) AS temporality, IsMonotonic AS monotonic
         FROM metric_series WHERE Project = 'exact' AND SeriesHash = 18446744073709551615`,
      );
      expect(stored).toEqual({
        metric: 'exact ø',
        attributes,
        unit: '{events}',
        type: 'sum',
        temporality: 'delta',
        monotonic: true,
      });
      const histograms = await backend.raw(
        `SELECT Count AS count, Sum AS sum, Min AS min, BucketCounts AS counts, ExplicitBounds AS bounds
         FROM metric_histograms WHERE Project = 'exact' ORDER BY TimeUnix`,
      );
      expect(histograms).toEqual([
        { count: '6', sum: 4.5, min: null, counts: ['1', '2', '3'], bounds: [0.1, 2.5] },
        { count: '0', sum: null, min: null, counts: [], bounds: [] },
      ]);
    });

    test('a batch over midnight goes to both days, and its series is written once for each', async () => {
      const midnight = Math.floor(NOW / DAY) * DAY;
      const series = metricSeries();
      const points = [-1n, 0n, 1n].map((nano) => ({ series, at: midnight, nano, value: 1 }));
      await storeMetrics(backend.store, 'midnight', metricBatch(points));
      await storeMetrics(backend.store, 'midnight', metricBatch(points));
      const days = (table: string, column: string) =>
        backend.raw(
          `SELECT count() AS rows FROM ${table} FINAL WHERE Project = 'midnight' GROUP BY ${column} ORDER BY ${column}`,
        );
      expect(await days('metric_points', 'toDate(TimeUnix)')).toEqual([{ rows: '1' }, { rows: '2' }]);
      expect(
        await backend.raw(`SELECT count() AS rows FROM metric_series WHERE Project = 'midnight'`),
      ).toEqual([{ rows: '2' }]);
      const batches = await backend.store.ingest.batchesSince('midnight', 0);
      expect(
        batches
          .filter(({ table }) => table === 'metric_points')
          .map(({ rows }) => rows)
          .sort(),
      ).toEqual([1, 1, 2, 2]);
    });

    test('200 requests of two projects are stored in one insert a day and recorded by project', async () => {
      const requests = Array.from({ length: 200 }, (_, index) => ({
        project: index % 2 === 0 ? 'even' : 'odd',
        batch: metricBatch([
          { series: metricSeries({ metricName: 'many' }), at: NOW - index * 1000, value: index },
        ]),
      }));
      const before = Date.now();
      const encoded = requests.flatMap(({ project, batch }) =>
        backend.store.metrics.encode(project, batch).map((block) => ({ project, block })),
      );
      const sealed = sealByLayoutAndDay(encoded);
      for (const batch of sealed) {
        await backend.store.ingest.sink.insert(batch);
      }
      await backend.store.ingest.sink.announce(sealed);
      const [sum] = await backend.raw(
        `SELECT count() AS rows, sum(Value) AS total FROM metric_points WHERE MetricName = 'many'`,
      );
      expect(sum).toEqual({ rows: '200', total: 19_900 });
      const odd = await backend.store.ingest.batchesSince('odd', before - 1);
      expect(odd.map(({ table }) => table)).toEqual(odd.map(() => 'metric_points'));
      expect(odd.reduce((rows, batch) => rows + batch.rows, 0)).toBe(100);
      expect(odd.length).toBeLessThanOrEqual(2);
      expect(await backend.store.ingest.status('odd')).toEqual({
        pointsStored: 100,
        predictionsStored: 0,
        spansStored: 0,
        logsStored: 0,
        lastPointAt: NOW - 1000,
        lastPredictionAt: null,
        lastSpanAt: null,
        lastLogAt: null,
      });
      expect(await backend.store.ingest.touchedSince('odd', ['metric_points'], before)).toEqual({
        from: NOW - 199_000,
        to: NOW - 1000 + 1,
      });
      expect(await backend.store.ingest.touchedSince('odd', ['predictions'], before)).toBeNull();
      expect(
        await backend.store.ingest.touchedSince('odd', ['metric_points'], Date.now() + 60_000),
      ).toBeNull();
    });

    test('an empty batch is fine and stores nothing', async () => {
      await storeMetrics(backend.store, 'empty', metricBatch([]));
      expect(await backend.store.ingest.batchesSince('empty', 0)).toEqual([]);
    });
  });

  describe('samples', () => {
    test('every field of a prediction is stored, with its vectors and inputs', async () => {
      const full = prediction({
        predictionId: 'p-1',
        timestamp: NOW - 5,
        requestId: AWKWARD[1]!,
        features: {
          numeric: { age: 31.5 },
          text: { [AWKWARD[0]!]: AWKWARD[2]! },
          boolean: { vip: true, eu: false },
          nulls: ['income'],
        },
        prediction: {
          label: 'approve',
          score: 0.93,
          value: null,
          scores: { approve: 0.93, deny: 0.07 },
          detections: [{ label: 'car', score: 0.8, box: [0.1, 0.2, 0.3, 0.4] }],
          rejectedCount: 0,
        },
        embeddings: { image: Float32Array.of(0.5, -0.25) },
        inputs: {
          image: {
            dataType: 'uint8',
            shape: [2, 2],
            data: Uint8Array.of(0, 255, 128, 10),
            occlusionRate: 0.5,
            privateBoxes: [[0, 0, 0.5, 1]],
          },
        },
        region: 'eu-1',
        tags: { camera_id: '7' },
        latencyMs: 12.1,
      });
      await storeBlocks(
        backend.store,
        backend.store.predictions.encode('samples', [
          full,
          prediction({ predictionId: 'p-2', timestamp: NOW - DAY }),
        ]),
        'samples',
      );
      const [row] = await backend.raw(
        `SELECT RequestId, FeaturesNumeric, FeaturesText, FeaturesBoolean, FeaturesNull, PredictionScores, PredictionValue,
                DetectionBoxes, HasDetections, RejectedCount, Tags, LatencyMs, toUnixTimestamp64Milli(Timestamp) AS at
         FROM predictions WHERE Project = 'samples' AND PredictionId = 'p-1'`,
      );
      expect(row).toEqual({
        RequestId: AWKWARD[1],
        FeaturesNumeric: { age: 31.5 },
        FeaturesText: { [AWKWARD[0]!]: AWKWARD[2] },
        FeaturesBoolean: { vip: true, eu: false },
        FeaturesNull: ['income'],
        PredictionScores: { approve: 0.93, deny: 0.07 },
        PredictionValue: null,
        DetectionBoxes: [[0.1, 0.2, 0.3, 0.4]],
        HasDetections: true,
        RejectedCount: 0,
        Tags: { camera_id: '7' },
        LatencyMs: 12.1,
        at: String(NOW - 5),
      });
      expect(
        await backend.raw(
          `SELECT Name, Vector, Region, Service, Tags, Features FROM embeddings WHERE Project = 'samples'`,
        ),
      ).toEqual([
        {
          Name: 'image',
          Vector: [0.5, -0.25],
          Region: 'eu-1',
          Service: 'ranker-api',
          Tags: { camera_id: '7' },
          Features: {},
        },
      ]);
      expect(
        await backend.raw(
          `SELECT Shape, hex(Data) AS data, Bytes, MaskedBoxes, OcclusionRate, Region, Tags FROM pending_inputs WHERE Project = 'samples'`,
        ),
      ).toEqual([
        {
          Shape: [2, 2],
          data: '00FF800A',
          Bytes: 4,
          MaskedBoxes: [[0, 0, 0.5, 1]],
          OcclusionRate: 0.5,
          Region: 'eu-1',
          Tags: { camera_id: '7' },
        },
      ]);
      expect(await backend.store.ingest.status('samples')).toMatchObject({
        predictionsStored: 2,
        lastPredictionAt: NOW - 5,
      });
    });

    test('labels: the later of two for one prediction, source and time counts', async () => {
      const first = label({ predictionId: 'p-1', timestamp: NOW, value: 1, outcomeValue: null });
      await storeBlocks(backend.store, backend.store.labels.encode('samples', [first]), 'samples');
      await storeBlocks(
        backend.store,
        backend.store.labels.encode('samples', [{ ...first, value: 2, receivedAt: NOW + 1 }]),
        'samples',
      );
      expect(
        await backend.raw(`SELECT Value, OutcomeValue FROM labels FINAL WHERE Project = 'samples'`),
      ).toEqual([{ Value: 2, OutcomeValue: null }]);
    });

    test('deployments come back as they went in, newest first, by service, model and time', async () => {
      const older = deployment({ deploymentId: 'd-1', timestamp: NOW - DAY, owner: AWKWARD[0]! });
      const newer = deployment({
        deploymentId: 'd-2',
        timestamp: NOW,
        kind: 'load_failed',
        model: 'other',
        trafficShare: 0.25,
        artifact: { ...older.artifact, opset: 17, sha256: 'ab' },
        lineage: { dataset: 'x', trainedBy: 'y', commit: 'z' },
      });
      const { deployments } = backend.store;
      await storeBlocks(backend.store, deployments.encode('default', [older, newer]));
      await storeBlocks(backend.store, deployments.encode('default', [newer]));
      expect(await deployments.list('default')).toEqual([newer, older]);
      expect(await deployments.list('default', { model: 'ranker' })).toEqual([older]);
      expect(await deployments.list('default', { service: 'ranker-api', limit: 1 })).toEqual([newer]);
      expect(await deployments.list('default', { range: { from: NOW - DAY, to: NOW } })).toEqual([older]);
      expect(await deployments.list('nobody')).toEqual([]);
    });

    test('feature samples: bounded, the same whoever asks, resent predictions once, nulls and absences apart', async () => {
      const window = { from: NOW - 10 * MINUTE, to: NOW };
      const rows = Array.from({ length: 500 }, (_, index) =>
        prediction({
          predictionId: `f-${index}`,
          timestamp: window.from + index,
          model: 'sampled',
          service: index % 2 === 0 ? 'even' : 'odd',
          features: {
            numeric: {
              age: index,
              ...(index < 10 ? { rare: -index } : {}),
              ...(index === 0 ? { huge: Infinity } : {}),
            },
            text: { country: 'DE' },
            boolean: {},
            nulls: index % 50 === 49 ? ['rare', 'never'] : [],
          },
        }),
      );
      const { features, predictions } = backend.store;
      await storeBlocks(backend.store, predictions.encode('features', rows), 'features');
      await storeBlocks(backend.store, predictions.encode('features', rows.slice(0, 100)), 'features');
      const all = await features.featureSamples('features', 'sampled', window);
      expect({ ...all, features: all.features.map(({ feature }) => feature) }).toEqual({
        totalRows: 500,
        sampledRows: 500,
        features: ['age', 'huge', 'rare'],
      });
      const [age, huge, rare] = all.features;
      expect(age).toEqual({
        feature: 'age',
        values: Float64Array.from(rows, (_, index) => index),
        present: 500,
        nulls: 0,
        notFinite: 0,
      });
      expect(huge).toMatchObject({ values: new Float64Array(), present: 1, notFinite: 1 });
      expect(rare).toMatchObject({ present: 10, nulls: 10 });
      const bounded = await features.featureSamples('features', 'sampled', window, { maxRows: 50 });
      expect(bounded).toMatchObject({ totalRows: 500, sampledRows: 50 });
      expect(bounded.features[0]?.values.length).toBe(50);
      expect(await features.featureSamples('features', 'sampled', window, { maxRows: 50 })).toEqual(bounded);
      expect(await features.featureSamples('features', 'sampled', window, { service: 'odd' })).toMatchObject({
        totalRows: 250,
      });
      expect(await features.featureSamples('features', 'sampled', { from: NOW, to: NOW + 1 })).toEqual({
        totalRows: 0,
        sampledRows: 0,
        features: [],
      });
    });
  });
});
