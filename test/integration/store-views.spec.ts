import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { storeMetrics } from '../harness/store-blocks.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const NOW = Math.floor(Date.now() / 1000) * 1000;
const NANO = BigInt(NOW) * 1_000_000n;

/** collector-contrib, exporter/clickhouseexporter/internal/sqltemplates: the columns of every table. */
const SHARED = [
  'ResourceAttributes',
  'ResourceSchemaUrl',
  'ScopeName',
  'ScopeVersion',
  'ScopeAttributes',
  'ScopeDroppedAttrCount',
  'ScopeSchemaUrl',
  'ServiceName',
  'MetricName',
  'MetricDescription',
  'MetricUnit',
  'Attributes',
  'StartTimeUnix',
  'TimeUnix',
  'Flags',
];
const EXEMPLARS = ['FilteredAttributes', 'TimeUnix', 'Value', 'SpanId', 'TraceId'].map(
  (name) => `Exemplars.${name}`,
);
const DISTRIBUTION = ['Count', 'Sum', 'Min', 'Max', 'AggregationTemporality', ...EXEMPLARS];
const EXPONENTIAL = [
  ...DISTRIBUTION,
  'Scale',
  'ZeroCount',
  'PositiveOffset',
  'PositiveBucketCounts',
  'NegativeOffset',
  'NegativeBucketCounts',
];
const VIEWS: readonly [string, readonly string[]][] = [
  ['otel_metrics_gauge', ['Value', ...EXEMPLARS]],
  ['otel_metrics_sum', ['Value', 'AggregationTemporality', 'IsMonotonic', ...EXEMPLARS]],
  ['otel_metrics_histogram', [...DISTRIBUTION, 'BucketCounts', 'ExplicitBounds']],
  ['otel_metrics_exp_histogram', EXPONENTIAL],
  ['otel_metrics_exponential_histogram', EXPONENTIAL],
  ['otel_metrics_summary', ['Count', 'Sum', 'ValueAtQuantiles.Quantile', 'ValueAtQuantiles.Value']],
];

const LABELS = {
  unit: 's',
  description: 'how long',
  resourceAttributes: { 'service.name': 'ranker', 'cloud.region': 'eu-1' },
  resourceSchemaUrl: 'https://r',
  scopeName: 'scope',
  scopeVersion: '1.2',
  scopeAttributes: { lib: 'x' },
  scopeSchemaUrl: 'https://s',
  attributes: { 'model.name': 'm' },
};

/** What the series above looks like in every view. */
const SERIES_COLUMNS = {
  ResourceAttributes: LABELS.resourceAttributes,
  ResourceSchemaUrl: 'https://r',
  ScopeName: 'scope',
  ScopeVersion: '1.2',
  ScopeAttributes: { lib: 'x' },
  ScopeDroppedAttrCount: 0,
  ScopeSchemaUrl: 'https://s',
  ServiceName: 'ranker',
  MetricDescription: 'how long',
  MetricUnit: 's',
  Attributes: { 'model.name': 'm' },
  Project: 'views',
};

describe.each(STORE_BACKENDS)("the exporter's tables on the $name engine", ({ open }) => {
  let backend: OpenBackend;
  const gauge = metricSeries({
    ...LABELS,
    metricName: 'g',
    metricType: 'gauge',
    temporality: 'unspecified',
    isMonotonic: false,
  });
  const sum = metricSeries({ ...LABELS, metricName: 's' });
  const histogram = metricSeries({
    ...LABELS,
    metricName: 'h',
    metricType: 'histogram',
    temporality: 'cumulative',
  });
  const exponential = metricSeries({ ...LABELS, metricName: 'e', metricType: 'exponential_histogram' });
  const summary = metricSeries({
    ...LABELS,
    metricName: 'q',
    metricType: 'summary',
    temporality: 'unspecified',
  });
  beforeAll(async () => {
    backend = await open();
    const batch = metricBatch(
      [
        { series: gauge, at: NOW, start: NOW - 5, nano: 789n, value: 0.25, flags: 0 },
        { series: sum, at: NOW, start: NOW - 1000, integer: 2n ** 53n + 1n },
      ],
      [
        { series: histogram, at: NOW, bounds: [1, 2], counts: [1, 0, 2], sum: 7.5 },
        { series: histogram, at: NOW + 1, bounds: [1, 2], counts: [1, 0, 2] },
      ],
      {
        exponential: [
          {
            series: exponential,
            at: NOW,
            scale: 3,
            zeroCount: 2,
            zeroThreshold: 0.001,
            positive: { offset: -4, counts: [1, 2] },
            negative: { offset: 5, counts: [3] },
            sum: 1.5,
            min: -2,
            max: 4,
          },
        ],
        summaries: [
          {
            series: summary,
            at: NOW,
            count: 3,
            sum: 6,
            quantiles: [
              [0.5, 2],
              [0.99, 3],
            ],
          },
        ],
        exemplars: [
          {
            series: histogram,
            at: NOW - 500,
            value: 1.5,
            traceId: 'ab'.repeat(16),
            spanId: 'cd'.repeat(8),
            filteredAttributes: { user: 'u1' },
          },
        ],
      },
    );
    // Twice, as a client that lost the answer does; not as a repetition of the insert, which the token would stop.
    await storeMetrics(backend.store, 'views', batch);
    backend.store.metrics.forgetSeries();
    await storeMetrics(backend.store, 'views', batch);
  }, 60_000);
  afterAll(() => backend.close());

  const read = (view: string): Promise<Record<string, unknown>[]> =>
    backend.raw(
      `SELECT *, toUnixTimestamp64Nano(TimeUnix) AS time, toUnixTimestamp64Nano(StartTimeUnix) AS start
       FROM ${view} WHERE Project = 'views' ORDER BY TimeUnix`,
    );

  test.each(VIEWS)("%s has the exporter's columns, and Project and SeriesHash", async (view, own) => {
    const columns = (await backend.raw(`DESCRIBE TABLE ${view}`)).map(({ name }) => name);
    expect(columns).toEqual(expect.arrayContaining([...SHARED, ...own, 'SeriesHash', 'Project']));
  });

  test('a gauge: nanoseconds, labels and value', async () => {
    const rows = await read('otel_metrics_gauge');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...SERIES_COLUMNS,
      MetricName: 'g',
      Value: 0.25,
      ValueKind: 'double',
      time: String(NANO + 789n),
      start: String(NANO - 5_000_000n),
      SeriesHash: String(gauge.hash),
      'Exemplars.TraceId': [],
    });
  });

  test('a sum: an integer beyond 2^53 rounded as a double, exact beside it', async () => {
    expect(await read('otel_metrics_sum')).toEqual([
      expect.objectContaining({
        ...SERIES_COLUMNS,
        MetricName: 's',
        Value: 2 ** 53,
        ValueInt: String(2n ** 53n + 1n),
        ValueKind: 'int',
        AggregationTemporality: 1,
        IsMonotonic: true,
      }),
    ]);
  });

  test('a histogram: absent sum and bounds stay absent, the exemplar is with its point', async () => {
    const [first, second] = await read('otel_metrics_histogram');
    expect(first).toMatchObject({
      ...SERIES_COLUMNS,
      Count: '3',
      Sum: 7.5,
      Min: null,
      Max: null,
      BucketCounts: ['1', '0', '2'],
      ExplicitBounds: [1, 2],
      AggregationTemporality: 2,
      'Exemplars.TraceId': ['ab'.repeat(16)],
      'Exemplars.SpanId': ['cd'.repeat(8)],
      'Exemplars.Value': [1.5],
      'Exemplars.FilteredAttributes': [{ user: 'u1' }],
    });
    expect(String((first?.['Exemplars.TimeUnix'] as string[])[0])).toContain('.500000000');
    expect(second).toMatchObject({ Sum: null, 'Exemplars.TraceId': [] });
  });

  test.each(['otel_metrics_exp_histogram', 'otel_metrics_exponential_histogram'])('%s', async (view) => {
    expect(await read(view)).toEqual([
      expect.objectContaining({
        ...SERIES_COLUMNS,
        Count: '8',
        Sum: 1.5,
        Min: -2,
        Max: 4,
        Scale: 3,
        ZeroCount: '2',
        ZeroThreshold: 0.001,
        PositiveOffset: -4,
        PositiveBucketCounts: ['1', '2'],
        NegativeOffset: 5,
        NegativeBucketCounts: ['3'],
        AggregationTemporality: 1,
      }),
    ]);
  });

  test('a summary', async () => {
    expect(await read('otel_metrics_summary')).toEqual([
      expect.objectContaining({
        ...SERIES_COLUMNS,
        Count: '3',
        Sum: 6,
        'ValueAtQuantiles.Quantile': [0.5, 0.99],
        'ValueAtQuantiles.Value': [2, 3],
      }),
    ]);
  });

  test('conditions on metric and time reach the keys of points, series and exemplars', async () => {
    const plan = await backend.raw(
      `SELECT explain FROM (EXPLAIN indexes = 1 SELECT Value FROM otel_metrics_gauge
         WHERE Project = 'views' AND MetricName = 'g' AND TimeUnix >= toDateTime64(${NOW / 1000 - 60}, 9))`,
    );
    const conditions = plan
      .map(({ explain }) => String(explain))
      .filter((line) => line.includes('Condition:') && line.includes('MetricName in'));
    expect(conditions.length).toBe(3);
    expect(conditions.some((line) => line.includes('TimeUnix in'))).toBe(true);
  });
});
