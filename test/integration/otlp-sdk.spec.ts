import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Meter } from '@opentelemetry/api';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { decodeMetrics, encodeMetricsResponse, SeriesCache } from '@tidewatch/otlp';
import type { MetricBatch } from '@tidewatch/otlp';

/** Reads only when told to, so that one reading can be sent by both exporters. */
class ManualReader extends MetricReader {
  constructor(temporality: AggregationTemporality) {
    super({ aggregationTemporalitySelector: () => temporality });
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const received: ReceivedRequest[] = [];
let server: Server;
let exporters: { readonly protobuf: PushMetricExporter; readonly json: PushMetricExporter };

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) });
      const isJson = request.headers['content-type'] === 'application/json';
      response.setHeader('content-type', request.headers['content-type'] ?? '');
      response.end(encodeMetricsResponse(null, isJson ? 'json' : 'protobuf'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`;
  // The exporter package's type for compression is an enum whose values are these strings.
  const options = { url, compression: 'gzip' as never };
  exporters = { protobuf: new ProtobufExporter(options), json: new JsonExporter(options) };
});

beforeEach(() => {
  received.length = 0;
});

afterAll(async () => {
  await Promise.all([exporters.protobuf.shutdown(), exporters.json.shutdown()]);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Sends one reading through an exporter and decodes what arrived at the server. */
async function decodeSent(metrics: ResourceMetrics, encoding: 'protobuf' | 'json'): Promise<MetricBatch> {
  const outcome = await new Promise<{ code: number; error?: Error }>((resolve) => {
    exporters[encoding].export(metrics, resolve);
  });
  expect(outcome).toEqual({ code: 0 });
  const request = received.pop();
  expect(request?.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
  });
  const body = gunzipSync(request?.body ?? '');
  return decodeMetrics(body, encoding, {
    cache: new SeriesCache({ maxBytes: 1_000_000, limits: { perMetric: 1_000, perProject: 1_000 } }),
    times: { earliest: 0, latest: Date.now() + 60_000 },
    day: Math.floor(Date.now() / 86_400_000),
  });
}

interface Instruments {
  readonly meter: Meter;
  readonly read: () => Promise<MetricBatch>;
}

/** An SDK whose every reading goes through both exporters; both must arrive as the same batch. */
function instrument(temporality: AggregationTemporality): Instruments {
  const reader = new ManualReader(temporality);
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'ranker-api',
      'process.pid': 7,
      'host.tags': ['a', 'b'],
    }),
    readers: [reader],
    views: [
      {
        instrumentName: 'exponential',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  return {
    meter: provider.getMeter('checkout', '1.2.3', { schemaUrl: 'https://example.com/schema' }),
    read: async () => {
      const { resourceMetrics, errors } = await reader.collect();
      expect(errors).toEqual([]);
      const batch = await decodeSent(resourceMetrics, 'protobuf');
      expect(await decodeSent(resourceMetrics, 'json')).toEqual(batch);
      return batch;
    },
  };
}

/** Values of a metric's points by the text of the attribute `k`. */
function valuesOf(batch: MetricBatch, metric: string): Record<string, number> {
  const values: Record<string, number> = {};
  batch.numbers.seriesIndex.forEach((index, row) => {
    const series = batch.series[index];
    if (series?.metricName === metric) {
      values[series.attributes['k'] ?? ''] = batch.numbers.value[row] ?? NaN;
    }
  });
  return values;
}

describe.each([
  ['cumulative', AggregationTemporality.CUMULATIVE],
  ['delta', AggregationTemporality.DELTA],
] as const)('the OpenTelemetry SDK with %s temporality', (temporality, selected) => {
  const isDelta = temporality === 'delta';

  test('counters arrive with what was counted in each interval or in all', async () => {
    const { meter, read } = instrument(selected);
    const counter = meter.createCounter('requests', { unit: '{request}', description: 'Requests' });
    counter.add(3, { k: 'a' });
    counter.add(4, { k: 'b' });
    counter.add(0.5, { k: 'a' });
    const first = await read();
    expect(first.series[0]).toMatchObject({
      metricName: 'requests',
      metricType: 'sum',
      temporality,
      isMonotonic: true,
      unit: '{request}',
      description: 'Requests',
      serviceName: 'ranker-api',
      resourceAttributes: { 'service.name': 'ranker-api', 'process.pid': '7', 'host.tags': '["a","b"]' },
      scopeName: 'checkout',
      scopeVersion: '1.2.3',
      scopeSchemaUrl: 'https://example.com/schema',
    });
    expect(valuesOf(first, 'requests')).toEqual({ a: 3.5, b: 4 });
    counter.add(10, { k: 'a' });
    const second = await read();
    expect(valuesOf(second, 'requests')).toEqual(isDelta ? { a: 10 } : { a: 13.5, b: 4 });
    expect(second.series[0]?.hash).toBe(first.series[0]?.hash);
  });

  test('up-down counters are not monotonic', async () => {
    const { meter, read } = instrument(selected);
    const counter = meter.createUpDownCounter('in_flight');
    counter.add(5, { k: 'a' });
    counter.add(-7, { k: 'a' });
    const batch = await read();
    expect(batch.series).toMatchObject([{ metricType: 'sum', isMonotonic: false, temporality }]);
    expect(valuesOf(batch, 'in_flight')).toEqual({ a: -2 });
  });

  test('gauges have the last value and no temporality', async () => {
    const { meter, read } = instrument(selected);
    const gauge = meter.createGauge('queue.length', { valueType: 0 });
    gauge.record(1, { k: 'a' });
    gauge.record(9, { k: 'a' });
    meter.createObservableGauge('temperature').addCallback((result) => result.observe(-3.25, { k: 'b' }));
    const batch = await read();
    expect(batch.series).toMatchObject([
      { metricName: 'queue.length', metricType: 'gauge', temporality: 'unspecified' },
      { metricName: 'temperature', metricType: 'gauge', temporality: 'unspecified' },
    ]);
    expect(valuesOf(batch, 'queue.length')).toEqual({ a: 9 });
    expect(valuesOf(batch, 'temperature')).toEqual({ b: -3.25 });
    expect([...batch.numbers.isInt]).toEqual([1, 0]);
    expect(batch.numbers.valueInt[0]).toBe(9n);
  });

  test('histograms arrive with bounds, counts, sum, min and max', async () => {
    const { meter, read } = instrument(selected);
    const histogram = meter.createHistogram('duration', {
      unit: 's',
      advice: { explicitBucketBoundaries: [0.1, 1, 10] },
    });
    [0.05, 0.1, 0.5, 2, 100].forEach((value) => histogram.record(value, { k: 'a' }));
    const { series, histograms } = await read();
    expect(series).toMatchObject([
      { metricType: 'histogram', temporality, isMonotonic: false, attributes: { k: 'a' } },
    ]);
    expect([...(histograms.explicitBounds[0] ?? [])]).toEqual([0.1, 1, 10]);
    expect([...(histograms.bucketCounts[0] ?? [])]).toEqual([2n, 1n, 1n, 1n]);
    expect(histograms.count[0]).toBe(5n);
    expect(histograms.sum[0]).toBeCloseTo(102.65, 12);
    expect([histograms.hasMin[0], histograms.min[0], histograms.hasMax[0], histograms.max[0]]).toEqual([
      1, 0.05, 1, 100,
    ]);
    histogram.record(5, { k: 'a' });
    expect((await read()).histograms.count[0]).toBe(isDelta ? 1n : 6n);
  });

  test('times are those of the interval', async () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const { meter, read } = instrument(selected);
    meter.createCounter('ticks').add(1);
    const { numbers } = await read();
    const [start, end] = [numbers.startTimeUnixNano[0] ?? 0n, numbers.timeUnixNano[0] ?? 0n];
    // The SDK's clock has its own zero, so that it may be a few milliseconds off the system's.
    const slack = 50_000_000n;
    expect(start).toBeGreaterThanOrEqual(before - slack);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(BigInt(Date.now()) * 1_000_000n + slack);
  });

  test('exponential histograms arrive with scale, offset and counts', async () => {
    const { meter, read } = instrument(selected);
    const histogram = meter.createHistogram('exponential');
    [0, 1, 2, 4, 1000].forEach((value) => histogram.record(value, { k: 'a' }));
    const { series, exponentialHistograms: points } = await read();
    expect(series).toMatchObject([{ metricType: 'exponential_histogram', temporality }]);
    expect([points.count[0], points.zeroCount[0], points.sum[0], points.min[0], points.max[0]]).toEqual([
      5n,
      1n,
      1007,
      0,
      1000,
    ]);
    const counted = (points.positiveBucketCounts[0] ?? new BigUint64Array()).reduce((sum, n) => sum + n, 0n);
    expect(counted).toBe(4n);
    // The bucket of the smallest value, 1, is (base^-1, 1], whatever the scale.
    expect(points.positiveOffset[0]).toBe(-1);
  });
});
