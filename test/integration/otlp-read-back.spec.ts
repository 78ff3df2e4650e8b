import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SpanKind, SpanStatusCode, trace, context as apiContext } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { openRawRows, type RawRows } from '../harness/raw-rows.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let server: TestServer;
let raw: RawRows;

beforeAll(async () => {
  server = await startTestServer();
  raw = openRawRows(server.dataDir);
});
afterAll(async () => {
  raw.close();
  await server.stop();
  removeFolders();
});

interface Exporters {
  readonly metrics: PushMetricExporter;
  readonly traces: SpanExporter;
  readonly logs: LogRecordExporter;
}

const TRANSPORTS: readonly [string, () => Exporters][] = [
  [
    'http/protobuf',
    () => ({
      metrics: new ProtobufMetrics({ url: `${server.otlp}/v1/metrics` }),
      traces: new ProtobufTraces({ url: `${server.otlp}/v1/traces` }),
      logs: new ProtobufLogs({ url: `${server.otlp}/v1/logs` }),
    }),
  ],
  [
    'http/json',
    () => ({
      metrics: new JsonMetrics({ url: `${server.otlp}/v1/metrics` }),
      traces: new JsonTraces({ url: `${server.otlp}/v1/traces` }),
      logs: new JsonLogs({ url: `${server.otlp}/v1/logs` }),
    }),
  ],
  [
    'grpc',
    () => {
      const url = `http://${server.otlpGrpc}`;
      // The exporter package's type for compression is an enum whose values are these strings.
      const compression = 'gzip' as never;
      return {
        metrics: new GrpcMetrics({ url, compression }),
        traces: new GrpcTraces({ url, compression }),
        logs: new GrpcLogs({ url, compression }),
      };
    },
  ],
];

/** Columns that every row of the service has. */
const SCOPE = { ScopeName: 'checkout', ScopeVersion: '1.2.3' };
const resourceOf = (service: string) =>
  resourceFromAttributes({ 'service.name': service, 'cloud.region': 'eu-1', 'process.pid': 7 });
const resourceRow = (service: string) => ({
  ServiceName: service,
  ResourceAttributes: { 'service.name': service, 'cloud.region': 'eu-1', 'process.pid': '7' },
});

describe.each(TRANSPORTS)('what the OpenTelemetry SDK sends over %s is read back', (transport, exporters) => {
  const service = `ranker ${transport}`;
  const where = `WHERE Project = 'default' AND ServiceName = '${service}'`;

  test('metrics of every kind the SDK has', async () => {
    const reader = new PeriodicExportingMetricReader({
      exporter: exporters().metrics,
      exportIntervalMillis: 3_600_000,
    });
    const provider = new MeterProvider({
      resource: resourceOf(service),
      readers: [reader],
      views: [
        { instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
      ],
    });
    const meter = provider.getMeter('checkout', '1.2.3');
    meter
      .createCounter('requests', { unit: '{request}', valueType: 0, description: 'Requests' })
      .add(3, { k: 'ä' });
    meter.createGauge('queue.length').record(-2.5, { ok: true, n: 4 });
    const advice = { advice: { explicitBucketBoundaries: [0.1, 1] } };
    const histogram = meter.createHistogram('duration', { unit: 's', ...advice });
    [0.05, 0.5, 2].forEach((value) => histogram.record(value));
    const exponential = meter.createHistogram('exponential');
    [0, 1, 2].forEach((value) => exponential.record(value));
    // Reads and sends once, and waits for the answer.
    await provider.shutdown();
    await server.stored();

    const series = `SELECT *, toString(toUnixTimestamp64Nano(TimeUnix)) AS Nano FROM`;
    const [sum] = await raw.query(`${series} otel_metrics_sum ${where}`);
    expect(sum).toMatchObject({
      ...resourceRow(service),
      ...SCOPE,
      MetricName: 'requests',
      MetricUnit: '{request}',
      MetricDescription: 'Requests',
      Attributes: { k: 'ä' },
      Value: 3,
      IsMonotonic: true,
      AggregationTemporality: 2,
    });
    expect(Number(sum?.['Nano']) / 1e6).toBeGreaterThan(Date.now() - 60_000);
    expect(await raw.query(`${series} otel_metrics_gauge ${where}`)).toMatchObject([
      { MetricName: 'queue.length', Attributes: { ok: 'true', n: '4' }, Value: -2.5 },
    ]);
    expect(await raw.query(`${series} otel_metrics_histogram ${where}`)).toMatchObject([
      {
        MetricName: 'duration',
        Count: '3',
        Sum: 2.55,
        Min: 0.05,
        Max: 2,
        BucketCounts: ['1', '1', '1'],
        ExplicitBounds: [0.1, 1],
        AggregationTemporality: 2,
      },
    ]);
    expect(await raw.query(`${series} otel_metrics_exp_histogram ${where}`)).toMatchObject([
      { MetricName: 'exponential', Count: '3', Sum: 3, ZeroCount: '1', PositiveOffset: -1 },
    ]);
  });

  test('spans with events, links, status and parents', async () => {
    const provider = new BasicTracerProvider({
      resource: resourceOf(service),
      spanProcessors: [new BatchSpanProcessor(exporters().traces)],
    });
    const tracer = provider.getTracer('checkout', '1.2.3');
    const root = tracer.startSpan('predict', {
      kind: SpanKind.SERVER,
      attributes: { 'http.route': '/p', n: [1, 2] },
    });
    const linked = { context: root.spanContext(), attributes: { why: 'batch' } };
    const child = tracer.startSpan(
      'model',
      { links: [linked], startTime: 1_700_000_000_000 + (Date.now() - 1_700_000_000_000) },
      trace.setSpan(apiContext.active(), root),
    );
    child.addEvent('cache miss', { key: 'a' });
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'out of memory' });
    child.end();
    root.end();
    await provider.forceFlush();
    await provider.shutdown();
    await server.stored();

    const rows = await raw.query(`SELECT * FROM otel_traces ${where} ORDER BY SpanName`);
    const { traceId, spanId } = root.spanContext();
    expect(rows).toMatchObject([
      {
        ...resourceRow(service),
        ...SCOPE,
        SpanName: 'model',
        SpanKind: 'Internal',
        TraceId: traceId,
        SpanId: child.spanContext().spanId,
        ParentSpanId: spanId,
        StatusCode: 'Error',
        StatusMessage: 'out of memory',
        'Events.Name': ['cache miss'],
        'Events.Attributes': [{ key: 'a' }],
        'Links.TraceId': [traceId],
        'Links.SpanId': [spanId],
        'Links.Attributes': [{ why: 'batch' }],
        SampleWeight: 1,
      },
      {
        SpanName: 'predict',
        SpanKind: 'Server',
        ParentSpanId: '',
        StatusCode: 'Unset',
        SpanAttributes: { 'http.route': '/p', n: '[1,2]' },
      },
    ]);
  });

  test('log records', async () => {
    const provider = new LoggerProvider({
      resource: resourceOf(service),
      processors: [new SimpleLogRecordProcessor({ exporter: exporters().logs })],
    });
    const timestamp = Date.now() - 5_000;
    provider.getLogger('checkout', '1.2.3').emit({
      timestamp,
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      body: { text: 'slow', ms: 812 },
      attributes: { 'code.line': 7 },
      eventName: 'model.slow',
    });
    await provider.forceFlush();
    await provider.shutdown();
    await server.stored();

    const columns = 'SELECT *, toString(toUnixTimestamp64Milli(Timestamp)) AS Milli FROM otel_logs';
    const rows = await raw.query(`${columns} ${where}`);
    expect(rows).toMatchObject([
      {
        ...resourceRow(service),
        ...SCOPE,
        Milli: String(timestamp),
        SeverityText: 'WARN',
        SeverityNumber: 13,
        LogAttributes: { 'code.line': '7' },
        EventName: 'model.slow',
        TraceId: '',
        SampleWeight: 1,
      },
    ]);
    expect(JSON.parse(String(rows[0]?.['Body']))).toEqual({ text: 'slow', ms: 812 });
  });
});
