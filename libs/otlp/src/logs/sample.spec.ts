import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { logsRequest } from '../../fixtures/logs-requests.js';
import { logRows, NOW } from '../../fixtures/logs-rows.js';
import { encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES } from '../../fixtures/traces-requests.js';
import { hex } from '../../fixtures/traces-rows.js';
import { decodeLogs, sampleLogs } from '../index.js';
import type { LogBatch } from '../index.js';

function decoded(request: object): LogBatch {
  const body = encodeRequest('ExportLogsServiceRequest', request);
  return decodeLogs(body, 'protobuf', { times: TIMES, now: NOW });
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }] };
const logRecords = [
  { severityNumber: 9, traceId: 'ab'.repeat(16) },
  { severityNumber: 17, body: { stringValue: 'error' } },
];
const batch = decoded({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });

test('a rule sees what it may decide by, and its weight is stored', () => {
  const seen: unknown[] = [];
  const sampled = sampleLogs(batch, ({ traceId, severityNumber, serviceName }) => {
    seen.push([hex(traceId, 0, 16), severityNumber, serviceName]);
    return severityNumber >= 17 ? 1 : 4;
  });
  expect(seen).toEqual([
    ['ab'.repeat(16), 9, 'api'],
    ['0'.repeat(32), 17, 'api'],
  ]);
  expect([...sampled.weight]).toEqual([4, 1]);
});

test('with every weight as it was, the batch is the same object', () => {
  expect(sampleLogs(batch, () => 1)).toBe(batch);
});

test('dropped records stay counted as accepted', () => {
  const sampled = sampleLogs(batch, ({ severityNumber }) => (severityNumber >= 17 ? 1 : 0));
  expect(logRows(sampled)).toMatchObject([{ body: 'error', weight: 1 }]);
  expect(sampled.accepted).toBe(2);
});

test('what is kept is kept whole, whatever is dropped', () => {
  fc.assert(
    fc.property(logsRequest, fc.infiniteStream(fc.constantFrom(0, 0, 1, 2.5)), (request, weights) => {
      const whole = decoded(request);
      const drawn = Array.from({ length: whole.length }, () => weights.next().value as number);
      let row = 0;
      const sampled = sampleLogs(whole, () => drawn[row++]!);
      const expected = logRows(whole)
        .map((each, index) => ({ ...each, weight: drawn[index] }))
        .filter(({ weight }) => weight !== 0);
      expect(logRows(sampled)).toEqual(expected);
    }),
    { seed: 4, numRuns: 200 },
  );
});
