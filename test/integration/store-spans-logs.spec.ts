import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeLogs, decodeTraces } from '@tidewatch/otlp';
import { AWKWARD } from '../harness/awkward-text.js';
import { storeBlocks } from '../harness/store-blocks.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const NOW = Math.floor(Date.now() / 1000) * 1000;
const NANO = BigInt(NOW) * 1_000_000n;
const times = { earliest: NOW - 86_400_000, latest: NOW + 60_000 };

const TRACE = 'ab'.repeat(16);
const text = (value: string) => ({ stringValue: value });
const awkward = AWKWARD.map((value, index) => ({ key: `key ${index} ${value}`, value: text(value) }));
const resource = { attributes: [{ key: 'service.name', value: text('ranker') }] };
const scope = { name: 'scope ø', version: '1', attributes: [{ key: 'lib', value: text('x') }] };

const span = (id: string, partial: Record<string, unknown> = {}) => ({
  traceId: TRACE,
  spanId: id.padStart(16, '0'),
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: String(NANO + 1n),
  endTimeUnixNano: String(NANO + 1_500_000_002n),
  ...partial,
});
const traces = (spans: readonly unknown[]) =>
  decodeTraces(
    Buffer.from(
      JSON.stringify({
        resourceSpans: [
          { resource, schemaUrl: 'https://r', scopeSpans: [{ scope, schemaUrl: 'https://s', spans }] },
        ],
      }),
    ),
    'json',
    { times },
  );

const SHARED = {
  ServiceName: 'ranker',
  ResourceAttributes: { 'service.name': 'ranker' },
  ResourceSchemaUrl: 'https://r',
  ScopeName: 'scope ø',
  ScopeVersion: '1',
  ScopeAttributes: { lib: 'x' },
  ScopeSchemaUrl: 'https://s',
  SampleWeight: 1,
};

describe.each(STORE_BACKENDS)('spans and log records on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('every field of a span is stored, events and links in arrays', async () => {
    const batch = traces([
      span('1', {
        parentSpanId: 'cd'.repeat(8),
        traceState: 'a=b',
        flags: 257,
        attributes: awkward,
        status: { code: 2, message: AWKWARD[1] },
        events: [
          { timeUnixNano: String(NANO + 5n), name: 'retry', attributes: [{ key: 'n', value: text('1') }] },
          { timeUnixNano: String(NANO + 6n), name: 'failed' },
        ],
        links: [{ traceId: 'ef'.repeat(16), spanId: '12'.repeat(8), traceState: 'x=y' }],
      }),
      span('2', { kind: 0, endTimeUnixNano: String(NANO + 1n) }),
    ]);
    const blocks = backend.store.traces.encode('spans', batch);
    await storeBlocks(backend.store, blocks, 'spans');
    await storeBlocks(backend.store, blocks, 'spans');
    const rows = await backend.raw(
      `SELECT *, toUnixTimestamp64Nano(Timestamp) AS time, arrayMap(t -> toUnixTimestamp64Nano(t), Events.Timestamp) AS eventTimes
       FROM otel_traces FINAL WHERE Project = 'spans' ORDER BY SpanId`,
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      ...SHARED,
      time: String(NANO + 1n),
      TraceId: TRACE,
      SpanId: '1'.padStart(16, '0'),
      ParentSpanId: 'cd'.repeat(8),
      TraceState: 'a=b',
      TraceFlags: 257,
      SpanName: 'GET /',
      SpanKind: 'Server',
      Duration: '1500000001',
      StatusCode: 'Error',
      StatusMessage: AWKWARD[1],
      SpanAttributes: Object.fromEntries(awkward.map(({ key, value }) => [key, value.stringValue])),
      eventTimes: [String(NANO + 5n), String(NANO + 6n)],
      'Events.Name': ['retry', 'failed'],
      'Events.Attributes': [{ n: '1' }, {}],
      'Links.TraceId': ['ef'.repeat(16)],
      'Links.SpanId': ['12'.repeat(8)],
      'Links.TraceState': ['x=y'],
      'Links.Attributes': [{}],
    });
    expect(rows[1]).toMatchObject({
      ParentSpanId: '',
      SpanKind: 'Unspecified',
      StatusCode: 'Unset',
      Duration: '0',
      'Events.Name': [],
      'Links.TraceId': [],
    });
    expect(await backend.store.ingest.status('spans')).toMatchObject({ spansStored: 4, lastSpanAt: NOW });
  });

  test('the time of a trace is found by its id, over all its batches', async () => {
    const at = (id: string, seconds: number) =>
      span(id, {
        startTimeUnixNano: String(NANO - BigInt(seconds) * 1_000_000_000n),
        endTimeUnixNano: String(NANO),
      });
    for (const spans of [[at('1', 5), at('2', 3)], [at('3', 9)]]) {
      await storeBlocks(backend.store, backend.store.traces.encode('times', traces(spans)), 'times');
    }
    const rows = await backend.raw(
      `SELECT toUnixTimestamp(min(Start)) AS start, toUnixTimestamp(max(End)) AS end
       FROM otel_traces_trace_id_ts WHERE Project = 'times' AND TraceId = '${TRACE}'`,
    );
    expect(rows).toEqual([{ start: NOW / 1000 - 9, end: NOW / 1000 - 3 }]);
  });

  test('every field of a log record is stored, and two equal records are two', async () => {
    const record = {
      timeUnixNano: String(NANO + 7n),
      observedTimeUnixNano: String(NANO + 8n),
      severityNumber: 17,
      severityText: 'ERROR',
      body: text(AWKWARD[0]!),
      attributes: awkward,
      traceId: TRACE,
      spanId: 'cd'.repeat(8),
      flags: 1,
      eventName: 'boom',
    };
    const body = {
      resourceLogs: [
        {
          resource,
          schemaUrl: 'https://r',
          scopeLogs: [{ scope, schemaUrl: 'https://s', logRecords: [record, record, {}] }],
        },
      ],
    };
    const batch = decodeLogs(Buffer.from(JSON.stringify(body)), 'json', { times, now: NOW });
    await storeBlocks(backend.store, backend.store.logs.encode('logs', batch), 'logs');
    const rows = await backend.raw(
      `SELECT *, toUnixTimestamp64Nano(Timestamp) AS time, toUnixTimestamp64Nano(ObservedTimestamp) AS observed
       FROM otel_logs WHERE Project = 'logs' ORDER BY Timestamp DESC`,
    );
    const expected = {
      ...SHARED,
      time: String(NANO + 7n),
      observed: String(NANO + 8n),
      SeverityNumber: 17,
      SeverityText: 'ERROR',
      Body: AWKWARD[0],
      LogAttributes: Object.fromEntries(awkward.map(({ key, value }) => [key, value.stringValue])),
      TraceId: TRACE,
      SpanId: 'cd'.repeat(8),
      TraceFlags: 1,
      EventName: 'boom',
    };
    expect(rows).toEqual([
      expect.objectContaining(expected),
      expect.objectContaining(expected),
      expect.objectContaining({ time: String(NANO), observed: '0', TraceId: '', SpanId: '', Body: '' }),
    ]);
    expect(await backend.store.ingest.status('logs')).toMatchObject({ logsStored: 3, lastLogAt: NOW });
  });
});
