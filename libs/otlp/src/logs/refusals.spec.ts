import { describe, expect, test } from '@jest/globals';

import { logRows, NOW } from '../../fixtures/logs-rows.js';
import { encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES } from '../../fixtures/traces-requests.js';
import { decodeLogs } from '../index.js';
import type { LogBatch } from '../index.js';

const CONTEXT = { times: TIMES, now: NOW };
const GOOD = { timeUnixNano: '1700000000000000000', body: { stringValue: 'good' } };

/** A request with a good record, the given one, and another good one, all from service checkout. */
function request(record: object): object {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] };
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [GOOD, record, GOOD] }] }] };
}

function fromJson(record: object): LogBatch {
  return decodeLogs(Buffer.from(JSON.stringify(request(record))), 'json', CONTEXT);
}

function fromProtobuf(record: object): LogBatch {
  return decodeLogs(encodeRequest('ExportLogsServiceRequest', request(record)), 'protobuf', CONTEXT);
}

describe('a record is refused, in words, and the others are kept', () => {
  test.each([
    ['a trace id of 8 bytes', { traceId: 'ab'.repeat(8) }, 'trace ids must be 16 bytes, or absent', true],
    ['a span id of 16 bytes', { spanId: 'ab'.repeat(16) }, 'span ids must be 8 bytes, or absent', true],
    ['severity 25', { severityNumber: 25 }, 'severity numbers that OTLP does not define', false],
    ['severity -1', { severityNumber: -1 }, 'severity numbers that OTLP does not define', false],
  ])('%s', (_name, record, problem, hasHint) => {
    const hint = hasHint ? '; in JSON, ids are hex, not base64' : '';
    const reason = `${problem} (1 record refused from service checkout)${hint}`;
    for (const batch of [fromJson(record), fromProtobuf(record)]) {
      expect(batch.rejections).toEqual([{ count: 1, reason }]);
      expect(logRows(batch).map(({ body }) => body)).toEqual(['good', 'good']);
      expect(batch.accepted).toBe(2);
    }
  });

  test.each([
    [
      'a time before what is kept',
      { timeUnixNano: '1699999999999999999' },
      /^records from before 2023-11-14T22:13:20/,
    ],
    [
      'a time in the future',
      { timeUnixNano: '1700000100000000001' },
      /^records from after 2023-11-14T22:15:00/,
    ],
    ['an observation in the future', { observedTimeUnixNano: '1700000100000000001' }, /^records from after/],
    ['a time after 2262', { timeUnixNano: String(2n ** 63n) }, /^times after the year 2262/],
    [
      'an observation after 2262',
      { ...GOOD, observedTimeUnixNano: String(2n ** 64n - 1n) },
      /^times after the year 2262/,
    ],
  ])('%s', (_name, record, reason) => {
    for (const batch of [fromJson(record), fromProtobuf(record)]) {
      expect(batch.rejections).toEqual([{ count: 1, reason: expect.stringMatching(reason) }]);
    }
  });
});

describe('the time of a record', () => {
  const [time, observed] = ['1700000000000000007', '1700000000000000009'];

  test.each([
    ['is its own', { timeUnixNano: time, observedTimeUnixNano: observed }, time, observed],
    ['without one, is when it was observed', { observedTimeUnixNano: observed }, observed, observed],
    ['without either, is when it arrived', { severityNumber: 9 }, String(BigInt(NOW) * 1_000_000n), '0'],
  ])('%s', (_name, record, expectedTime, expectedObserved) => {
    for (const batch of [fromJson(record), fromProtobuf(record)]) {
      expect(batch.rejections).toEqual([]);
      expect(logRows(batch)[1]).toMatchObject({ time: expectedTime, observedTime: expectedObserved });
    }
  });
});

describe('bodies', () => {
  test.each([
    ['text', { stringValue: 'héllo' }, 'héllo'],
    ['nothing', {}, ''],
    ['an int', { intValue: '-9223372036854775808' }, '-9223372036854775808'],
    ['a bool', { boolValue: false }, 'false'],
    ['a double', { doubleValue: 0.5 }, '0.5'],
    ['bytes', { bytesValue: 'AP8=' }, 'AP8='],
    ['an array', { arrayValue: { values: [{ intValue: '1' }, {}, { stringValue: 'x' }] } }, '[1,null,"x"]'],
    [
      'a list, keys ascending',
      {
        kvlistValue: {
          values: [
            { key: 'z', value: { boolValue: true } },
            { key: 'a', value: {} },
          ],
        },
      },
      '{"a":null,"z":true}',
    ],
  ])('%s', (_name, body, expected) => {
    for (const batch of [fromJson({ body }), fromProtobuf({ body })]) {
      // The good records on both sides: their bodies must survive that a text was appended behind the request.
      expect(logRows(batch).map((row) => row['body'])).toEqual(['good', expected, 'good']);
    }
  });

  test('texts stay in the request as long as every body is one', () => {
    const body = encodeRequest('ExportLogsServiceRequest', request(GOOD));
    const { bytes } = decodeLogs(body, 'protobuf', CONTEXT).body;
    expect([bytes.buffer, bytes.byteOffset]).toEqual([body.buffer, body.byteOffset]);
  });
});

describe('the proto3 JSON mapping', () => {
  test.each([
    ['a severity by name', { severityNumber: 'SEVERITY_NUMBER_WARN3' }, { severityNumber: 15 }],
    ['a severity as a string of digits', { severityNumber: '24' }, { severityNumber: 24 }],
    ['ids in upper case', { traceId: 'AB'.repeat(16) }, { traceId: 'ab'.repeat(16) }],
    ['ids of zeros as absent', { traceId: '0'.repeat(32), spanId: '' }, { traceId: '0'.repeat(32) }],
    [
      'null as unset',
      { body: null, attributes: null, eventName: null, flags: null },
      { body: '', eventName: '' },
    ],
    ['snake_case as unknown', { severity_number: {}, event_name: 5 }, { severityNumber: 0, eventName: '' }],
  ])('%s', (_name, record, expected) => {
    const batch = fromJson(record);
    expect(batch.rejections).toEqual([]);
    expect(logRows(batch)[1]).toMatchObject(expected);
  });
});
