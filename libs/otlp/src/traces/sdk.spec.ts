import { expect, test } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

import { hex, spanRows } from '../../fixtures/traces-rows.js';
import { decodeTraces } from '../index.js';

const TRACE_ID = '5b8efff798038103d269b633813fc60c';
const START = [1_700_000_000, 123_456_789] as [number, number];
const END = [1_700_000_001, 5] as [number, number];

/** What the OpenTelemetry SDK for JavaScript hands to its OTLP exporters for one span that says all it can. */
function finishedSpans(): ReturnType<InMemorySpanExporter['getFinishedSpans']> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'ranker-api', 'process.pid': 17 }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const parent = { traceId: TRACE_ID, spanId: 'eee19b7ec3c1b173', traceFlags: TraceFlags.SAMPLED };
  const link = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED };
  const span = provider.getTracer('ranker', '1.4.2').startSpan(
    'POST /v2/models/infer',
    {
      kind: SpanKind.SERVER,
      startTime: START,
      attributes: { text: 'héllo', int: -7, double: 0.5, bool: true, list: ['a', 'b'], mixed: [1, 2.5] },
      links: [{ context: link, attributes: { why: 'batch' } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, parent),
  );
  span.addEvent('batch.formed', { size: 32 }, START);
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'no replica' });
  span.end(END);
  return exporter.getFinishedSpans();
}

test.each([
  ['protobuf', ProtobufTraceSerializer],
  ['json', JsonTraceSerializer],
] as const)('a span of the JavaScript SDK in %s', (encoding, serializer) => {
  const spans = finishedSpans();
  const body = serializer.serializeRequest(spans)!;
  const batch = decodeTraces(body, encoding, { times: { earliest: 0, latest: 8e15 } });
  expect(batch.rejections).toEqual([]);
  expect(hex(batch.spanId, 0, 8)).toBe(spans[0]!.spanContext().spanId);
  expect(spanRows(batch)).toMatchObject([
    {
      serviceName: 'ranker-api',
      resourceAttributes: [
        ['service.name', 'ranker-api'],
        ['process.pid', '17'],
      ],
      scopeName: 'ranker',
      scopeVersion: '1.4.2',
      traceId: TRACE_ID,
      parentSpanId: 'eee19b7ec3c1b173',
      name: 'POST /v2/models/infer',
      kind: 2,
      start: '1700000000123456789',
      end: '1700000001000000005',
      attributes: [
        ['text', 'héllo'],
        ['int', '-7'],
        ['double', '0.5'],
        ['bool', 'true'],
        ['list', '["a","b"]'],
        ['mixed', '[1,2.5]'],
      ],
      statusCode: 2,
      statusMessage: 'no replica',
      events: [{ time: '1700000000123456789', name: 'batch.formed', attributes: [['size', '32']] }],
      links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: [['why', 'batch']] }],
    },
  ]);
});
