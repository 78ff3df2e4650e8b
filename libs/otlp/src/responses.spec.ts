import { describe, expect, test } from '@jest/globals';

import { referenceDecode } from '../fixtures/metrics-proto.js';
import { bytesField, tag } from '../fixtures/wire-bytes.js';
import {
  countItems,
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeStatus,
  encodeTraceResponse,
} from './index.js';

function json(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString());
}

describe('export responses', () => {
  test('full success is no bytes in protobuf and {} in JSON', () => {
    for (const encode of [encodeMetricsResponse, encodeTraceResponse, encodeLogsResponse]) {
      expect(encode(null, 'protobuf')).toHaveLength(0);
      expect(json(encode(null, 'json'))).toEqual({});
    }
  });

  test.each([
    [3, 'three points'],
    [0, 'a warning: äöü'],
    [2 ** 40, ''],
    [0, ''],
  ])('protobufjs reads %d rejected and the message %p', (rejected, message) => {
    const { partialSuccess } = referenceDecode(
      'ExportMetricsServiceResponse',
      encodeMetricsResponse({ rejected, message }, 'protobuf'),
    );
    expect(partialSuccess).toEqual({
      ...(rejected !== 0 && { rejectedDataPoints: String(rejected) }),
      ...(message !== '' && { errorMessage: message }),
    });
  });

  test.each([
    [encodeMetricsResponse, 'rejectedDataPoints'],
    [encodeTraceResponse, 'rejectedSpans'],
    [encodeLogsResponse, 'rejectedLogRecords'],
  ])('JSON names the count of its signal and writes it as a string', (encode, name) => {
    expect(json(encode({ rejected: 3, message: 'm' }, 'json'))).toEqual({
      partialSuccess: { [name]: '3', errorMessage: 'm' },
    });
  });
});

test('a Status is read by protobufjs and as JSON', () => {
  const status = { code: 14, message: 'the store is not reachable' };
  expect(referenceDecode('Status', encodeStatus(status, 'protobuf'))).toEqual(status);
  expect(json(encodeStatus(status, 'json'))).toEqual(status);
});

describe('countItems', () => {
  test('counts spans or log records across resources and scopes', () => {
    const scope = bytesField(2, bytesField(1, bytesField(1, 'scope')), bytesField(2, 'span'), bytesField(2));
    const body = Buffer.concat([bytesField(1, scope, scope), bytesField(1), bytesField(1, scope)]);
    expect(countItems(body, 'protobuf')).toBe(6);
  });

  test.each([
    [{ resourceSpans: [{ scopeSpans: [{ spans: [{}, {}] }, {}] }, { scopeSpans: [{ spans: [{}] }] }] }, 3],
    [{ resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] }, 2],
    [{ resourceLogs: [{ scopeLogs: null }] }, 0],
    [{}, 0],
  ])('counts %j', (document, count) => {
    expect(countItems(Buffer.from(JSON.stringify(document)), 'json')).toBe(count);
  });

  test.each([
    ['protobuf', Buffer.concat([tag(1, 2), Buffer.from([5, 0])])],
    ['json', Buffer.from('{"resourceSpans":[{"scopeSpans":{}}]}')],
    ['json', Buffer.from('x')],
  ] as const)('a malformed %s body is an error', (encoding, body) => {
    expect(() => countItems(body, encoding)).toThrow('malformed');
  });
});
