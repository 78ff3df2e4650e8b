import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRawRows, type RawRows } from '../harness/raw-rows.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let server: TestServer;
let raw: RawRows;

beforeAll(async () => {
  // The examples happened in 2018: with less retention they are refused as too old.
  server = await startTestServer({ environment: { TIDEWATCH_RETENTION_RAW_DAYS: '3650' } });
  raw = openRawRows(server.dataDir);
});
afterAll(async () => {
  raw.close();
  await server.stop();
  removeFolders();
});

async function send(signal: string, file: string): Promise<void> {
  const response = await fetch(`${server.otlp}/v1/${signal}`, {
    method: 'POST',
    body: readFileSync(`libs/otlp/fixtures/${file}`),
    headers: { 'Content-Type': 'application/json' },
  });
  expect([response.status, await response.json()]).toEqual([200, {}]);
  await server.stored();
}

const nano = (column: string) => `toString(toUnixTimestamp64Nano(${column}))`;

/** What all examples say of their resource and scope. */
const ORIGIN = {
  Project: 'default',
  ServiceName: 'my.service',
  ResourceAttributes: { 'service.name': 'my.service' },
  ResourceSchemaUrl: '',
  ScopeName: 'my.library',
  ScopeVersion: '1.0.0',
  ScopeAttributes: { 'my.scope.attribute': 'some scope attribute' },
  ScopeSchemaUrl: '',
};

describe('the examples of opentelemetry-proto are read back field for field', () => {
  test('metrics.json', async () => {
    await send('metrics', 'metrics.json');
    const common = `${nano('TimeUnix')} AS Time, ${nano('StartTimeUnix')} AS Start, *`;
    const rows = async (view: string) => raw.query(`SELECT ${common} FROM otel_metrics_${view}`);
    const times = { Time: '1544712660300000000', Start: '1544712660300000000', Flags: 0 };
    const attributes = (kind: string) => ({ Attributes: { [`my.${kind}.attr`]: 'some value' } });
    expect(await rows('sum')).toMatchObject([
      {
        ...ORIGIN,
        ...times,
        ...attributes('counter'),
        MetricName: 'my.counter',
        MetricUnit: '1',
        MetricDescription: 'I am a Counter',
        AggregationTemporality: 1,
        IsMonotonic: true,
        Value: 5,
      },
    ]);
    expect(await rows('gauge')).toMatchObject([
      { ...ORIGIN, Time: times.Time, ...attributes('gauge'), MetricName: 'my.gauge', Value: 10 },
    ]);
    expect(await rows('histogram')).toMatchObject([
      {
        ...ORIGIN,
        ...times,
        ...attributes('histogram'),
        MetricName: 'my.histogram',
        Count: '2',
        Sum: 2,
        Min: 0,
        Max: 2,
        BucketCounts: ['1', '1'],
        ExplicitBounds: [1],
        AggregationTemporality: 1,
      },
    ]);
    expect(await rows('exp_histogram')).toMatchObject([
      {
        ...ORIGIN,
        ...times,
        ...attributes('exponential.histogram'),
        MetricName: 'my.exponential.histogram',
        Count: '3',
        Sum: 10,
        Min: 0,
        Max: 5,
        Scale: 0,
        ZeroCount: '1',
        PositiveOffset: 1,
        PositiveBucketCounts: ['0', '2'],
        AggregationTemporality: 1,
      },
    ]);
  });

  test('trace.json', async () => {
    await send('traces', 'traces.json');
    expect(await raw.query(`SELECT ${nano('Timestamp')} AS Time, * FROM otel_traces`)).toMatchObject([
      {
        ...ORIGIN,
        Time: '1544712660000000000',
        Duration: '1000000000',
        TraceId: '5b8efff798038103d269b633813fc60c',
        SpanId: 'eee19b7ec3c1b174',
        ParentSpanId: 'eee19b7ec3c1b173',
        TraceState: '',
        SpanName: "I'm a server span",
        SpanKind: 'Server',
        SpanAttributes: { 'my.span.attr': 'some value' },
        StatusCode: 'Unset',
        StatusMessage: '',
        'Events.Name': [],
        'Links.TraceId': [],
      },
    ]);
    const [when] = await raw.query(
      'SELECT TraceId, toUnixTimestamp(Start) AS Start FROM otel_traces_trace_id_ts',
    );
    expect(when).toEqual({ TraceId: '5b8efff798038103d269b633813fc60c', Start: 1_544_712_660 });
  });

  test('logs.json', async () => {
    await send('logs', 'logs.json');
    const columns = `${nano('Timestamp')} AS Time, ${nano('ObservedTimestamp')} AS Observed, *`;
    expect(await raw.query(`SELECT ${columns} FROM otel_logs WHERE EventName = ''`)).toMatchObject([
      {
        ...ORIGIN,
        Time: '1544712660300000000',
        Observed: '1544712660300000000',
        SeverityNumber: 10,
        SeverityText: 'Information',
        TraceId: '5b8efff798038103d269b633813fc60c',
        SpanId: 'eee19b7ec3c1b174',
        Body: 'Example log record',
        LogAttributes: {
          'string.attribute': 'some string',
          'boolean.attribute': 'true',
          'int.attribute': '10',
          'double.attribute': '637.704',
          'array.attribute': '["many","values"]',
          'map.attribute': '{"some.map.key":"some value"}',
        },
      },
    ]);
  });

  test('events.json', async () => {
    await send('logs', 'logs-events.json');
    const rows = await raw.query(
      `SELECT ${nano('Timestamp')} AS Time, * FROM otel_logs WHERE EventName != ''`,
    );
    expect(rows).toMatchObject([
      {
        ...ORIGIN,
        Time: '1544712660300000000',
        EventName: 'browser.page_view',
        SeverityNumber: 9,
        SeverityText: 'test severity text',
        LogAttributes: { 'event.attribute': 'some event attribute' },
      },
    ]);
    // The body is a map: it is kept as JSON.
    expect(JSON.parse(String(rows[0]?.['Body']))).toMatchObject({
      type: 0,
      url: 'https://www.guidgenerator.com/online-guid-generator.aspx',
    });
  });
});
