import { describe, expect, test } from '@jest/globals';

import { referenceDecode } from '../fixtures/metrics-proto.js';
import { encodeLogsResponse, encodeMetricsResponse, encodeStatus, encodeTraceResponse } from './index.js';

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

describe('a Status', () => {
  const plain = { code: 14, message: 'the store is not reachable' };

  test('is read by protobufjs and as JSON', () => {
    expect(referenceDecode('Status', encodeStatus(plain, 'protobuf'))).toEqual(plain);
    expect(json(encodeStatus(plain, 'json'))).toEqual(plain);
  });

  test('says what is wrong with the request', () => {
    const badRequest = [
      { field: 'resource_metrics[0]', description: 'an object is expected' },
      { field: 'body', description: '' },
    ];
    const status = { code: 3, message: 'm', badRequest };
    expect(detailsOf(encodeStatus(status, 'protobuf'), 'BadRequest')).toEqual({
      fieldViolations: [badRequest[0], { field: 'body' }],
    });
    expect(json(encodeStatus(status, 'json'))).toEqual({
      code: 3,
      message: 'm',
      details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: badRequest }],
    });
  });

  test.each([
    [2, { seconds: '2' }, '2s'],
    [1.25, { seconds: '1', nanos: 250_000_000 }, '1.25s'],
    [0.0306, { nanos: 31_000_000 }, '0.031s'],
    [0, {}, '0s'],
    [-1, {}, '0s'],
  ])('says to come back in %d seconds', (retryDelaySeconds, duration, text) => {
    const status = { ...plain, retryDelaySeconds };
    expect(detailsOf(encodeStatus(status, 'protobuf'), 'RetryInfo')).toEqual({ retryDelay: duration });
    expect(json(encodeStatus(status, 'json'))).toMatchObject({
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: text }],
    });
  });
});

/** The one detail of an encoded Status, which must be of type `name`. */
function detailsOf(bytes: Uint8Array, name: string): unknown {
  const { details } = referenceDecode('Status', bytes) as { details: { typeUrl: string; value: string }[] };
  expect(details.map(({ typeUrl }) => typeUrl)).toEqual([`type.googleapis.com/google.rpc.${name}`]);
  return referenceDecode(name, Buffer.from(details[0]!.value, 'base64'));
}

test('however long the texts are, an answer stays under 4 MiB and is well-formed', () => {
  const long = '😀'.repeat(3_000_000);
  const badRequest = Array.from({ length: 5_000 }, () => ({ field: long, description: long }));
  const status = { code: 3, message: long, badRequest };
  const partial = { rejected: 1, message: long };
  for (const encoding of ['protobuf', 'json'] as const) {
    expect(encodeStatus(status, encoding).length).toBeLessThan(4 << 20);
    expect(encodeMetricsResponse(partial, encoding).length).toBeLessThan(4 << 20);
  }
  const isCutWell = /^(😀)+…$/u;
  const { message, details } = referenceDecode('Status', encodeStatus(status, 'protobuf')) as {
    message: string;
    details: unknown[];
  };
  expect([isCutWell.test(message), details.length]).toEqual([true, 1]);
  const response = json(encodeMetricsResponse(partial, 'json')) as {
    partialSuccess: { errorMessage: string };
  };
  expect(response.partialSuccess.errorMessage).toMatch(isCutWell);
});
