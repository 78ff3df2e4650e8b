import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';

import { logsRequest } from '../../fixtures/logs-requests.js';
import { expectedLogs, logRows, NOW } from '../../fixtures/logs-rows.js';
import { shuffleMessage } from '../../fixtures/traces-mutate.js';
import { decodeRequest, encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES } from '../../fixtures/traces-requests.js';
import { decodeLogs, decodeLogsSteps } from '../index.js';
import type { LogBatch } from '../index.js';

const REQUEST = 'ExportLogsServiceRequest';
const CONTEXT = { times: TIMES, now: NOW };
const EVER = { times: { earliest: 0, latest: 8e15 }, now: NOW };

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
}

function protobuf(body: Uint8Array): LogBatch {
  return decodeLogs(body, 'protobuf', CONTEXT);
}

function refusedIn(batch: LogBatch): number {
  return batch.rejections.reduce((sum, { count }) => sum + count, 0);
}

describe('the example requests of the OTLP repository', () => {
  const sender = {
    serviceName: 'my.service',
    resourceAttributes: [['service.name', 'my.service']],
    resourceSchemaUrl: '',
    scopeName: 'my.library',
    scopeVersion: '1.0.0',
    scopeAttributes: [['my.scope.attribute', 'some scope attribute']],
    scopeSchemaUrl: '',
  };
  const record = {
    ...sender,
    time: '1544712660300000000',
    observedTime: '1544712660300000000',
    severityNumber: 10,
    severityText: 'Information',
    body: 'Example log record',
    attributes: [
      ['string.attribute', 'some string'],
      ['boolean.attribute', 'true'],
      ['int.attribute', '10'],
      ['double.attribute', '637.704'],
      ['array.attribute', '["many","values"]'],
      ['map.attribute', '{"some.map.key":"some value"}'],
    ],
    flags: 0,
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    eventName: '',
    weight: 1,
  };
  const event = {
    ...sender,
    time: '1544712660300000000',
    observedTime: '1544712660300000000',
    severityNumber: 9,
    severityText: 'test severity text',
    body: JSON.stringify({
      referrer: 'https://wwww.google.com',
      title: 'Free Online GUID Generator',
      type: 0,
      url: 'https://www.guidgenerator.com/online-guid-generator.aspx',
    }),
    attributes: [['event.attribute', 'some event attribute']],
    flags: 0,
    traceId: '0'.repeat(32),
    spanId: '0'.repeat(16),
    eventName: 'browser.page_view',
    weight: 1,
  };

  test.each([
    ['logs.json', record],
    ['logs-events.json', event],
  ])('%s is decoded from both encodings, field for field', (name, expected) => {
    const json = fixture(name);
    const body = encodeRequest(REQUEST, JSON.parse(json.toString()) as object);
    expect(logRows(decodeLogs(json, 'json', EVER))).toEqual([expected]);
    expect(logRows(decodeLogs(body, 'protobuf', EVER))).toEqual([expected]);
  });
});

describe('random requests', () => {
  test('every field agrees with protobufjs, and every record is taken or refused', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(logsRequest, (request) => {
        const body = encodeRequest(REQUEST, request);
        const expected = expectedLogs(decodeRequest(REQUEST, body));
        const batch = protobuf(body);
        expect(logRows(batch)).toEqual(expected.rows);
        expect([batch.accepted, refusedIn(batch)]).toEqual([expected.rows.length, expected.refused]);
        taken += expected.rows.length;
        refused += expected.refused;
      }),
      { seed: 1, numRuns: 400 },
    );
    // The generator must exercise both outcomes for the comparison to mean anything.
    expect(taken).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(300);
  });

  test('JSON and protobuf give the same rows and the same rejections', () => {
    fc.assert(
      fc.property(logsRequest, (request) => {
        const fromJson = decodeLogs(Buffer.from(JSON.stringify(request)), 'json', CONTEXT);
        const fromProtobuf = protobuf(encodeRequest(REQUEST, request));
        expect(logRows(fromJson)).toEqual(logRows(fromProtobuf));
        expect(refusedIn(fromJson)).toBe(refusedIn(fromProtobuf));
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('fields may come in any order at every depth', () => {
    fc.assert(
      fc.property(logsRequest, fc.nat(), (request, seed) => {
        const body = encodeRequest(REQUEST, request);
        const shuffled = shuffleMessage(body, REQUEST, seededRandom(seed));
        expect(logRows(protobuf(shuffled))).toEqual(logRows(protobuf(body)));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

test('a large request leaves room for other work, and gives the same batch', () => {
  const record = { timeUnixNano: '1700000000000000000', body: { stringValue: 'x'.repeat(1_000) } };
  const logRecords = Array.from({ length: 3_000 }, () => record);
  const body = encodeRequest(REQUEST, { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const steps = decodeLogsSteps(body, 'protobuf', CONTEXT);
  let pauses = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    pauses++;
  }
  expect(pauses).toBeGreaterThanOrEqual(2);
  expect(logRows(step.value)).toEqual(logRows(protobuf(body)));
  expect(step.value.length).toBe(3_000);
});
