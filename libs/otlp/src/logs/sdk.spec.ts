import { expect, test } from '@jest/globals';
import { ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';

import { logRows } from '../../fixtures/logs-rows.js';
import { decodeLogs } from '../index.js';

/** What the OpenTelemetry SDK for JavaScript hands to its OTLP exporters for a text and a structured record. */
async function finishedRecords(): Promise<ReturnType<InMemoryLogRecordExporter['getFinishedLogRecords']>> {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'ranker-api' }),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('ranker', '1.4.2');
  const spanContext = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b173',
    traceFlags: TraceFlags.SAMPLED,
  };
  logger.emit({
    timestamp: [1_700_000_000, 5],
    observedTimestamp: [1_700_000_001, 6],
    severityNumber: SeverityNumber.WARN,
    severityText: 'warning',
    body: 'queue is long',
    attributes: { length: 12, request_id: 'r-9' },
    context: trace.setSpanContext(ROOT_CONTEXT, spanContext),
  });
  logger.emit({
    timestamp: [1_700_000_000, 7],
    observedTimestamp: [1_700_000_000, 7],
    eventName: 'model.loaded',
    body: { version: '1.4.2', layers: [1, 2] },
  });
  await provider.forceFlush();
  return exporter.getFinishedLogRecords();
}

test.each([
  ['protobuf', ProtobufLogsSerializer],
  ['json', JsonLogsSerializer],
] as const)('records of the JavaScript SDK in %s', async (encoding, serializer) => {
  const body = serializer.serializeRequest(await finishedRecords())!;
  const batch = decodeLogs(body, encoding, { times: { earliest: 0, latest: 8e15 }, now: 1 });
  expect(batch.rejections).toEqual([]);
  expect(logRows(batch)).toMatchObject([
    {
      serviceName: 'ranker-api',
      scopeName: 'ranker',
      time: '1700000000000000005',
      observedTime: '1700000001000000006',
      severityNumber: 13,
      severityText: 'warning',
      body: 'queue is long',
      attributes: [
        ['length', '12'],
        ['request_id', 'r-9'],
      ],
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b173',
      flags: 1,
    },
    {
      time: '1700000000000000007',
      eventName: 'model.loaded',
      body: '{"layers":[1,2],"version":"1.4.2"}',
      traceId: '0'.repeat(32),
    },
  ]);
});
