import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { isAppError } from '@tidewatch/core';
import fc from 'fast-check';

import { logsRequest } from '../../fixtures/logs-requests.js';
import { NOW } from '../../fixtures/logs-rows.js';
import { referenceEncode } from '../../fixtures/metrics-proto.js';
import { encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES, traceRequest } from '../../fixtures/traces-requests.js';
import { bytesField } from '../../fixtures/wire-bytes.js';
import { decodeLogs, decodeTraces, MALFORMED } from '../index.js';
import type { OtlpEncoding } from '../index.js';

const DECODERS = {
  traces: (body: Uint8Array, encoding: OtlpEncoding) => decodeTraces(body, encoding, { times: TIMES }),
  logs: (body: Uint8Array, encoding: OtlpEncoding) => decodeLogs(body, encoding, { times: TIMES, now: NOW }),
};

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
}

function binary(json: Uint8Array, name: 'Trace' | 'Logs' | 'Metrics'): Uint8Array {
  const request = JSON.parse(Buffer.from(json).toString()) as object;
  return name === 'Metrics'
    ? referenceEncode('ExportMetricsServiceRequest', request)
    : encodeRequest(`Export${name}ServiceRequest`, request);
}

function json(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

function logs(record: object): Buffer {
  return json({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
}

function metrics(metric: object): Buffer {
  return json({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
}

function answer(path: 'traces' | 'logs', body: Uint8Array, encoding: OtlpEncoding): string {
  try {
    DECODERS[path](body, encoding);
  } catch (error) {
    return isAppError(error) && error.code === MALFORMED ? error.message : String(error);
  }
  return 'decoded';
}

const point = { timeUnixNano: '1', asInt: '5' };
const body = { stringValue: 'text' };

describe('a request that came to the path of another signal', () => {
  test.each([
    ['traces', 'log records', 'logs', 'Logs', fixture('logs.json')],
    ['traces', 'events', 'logs', 'Logs', fixture('logs-events.json')],
    ['traces', 'a record with a body only', 'logs', 'Logs', logs({ body })],
    [
      'traces',
      'a record with a structured body only',
      'logs',
      'Logs',
      logs({ body: { arrayValue: { values: [body] } } }),
    ],
    [
      'traces',
      'a record with attributes only',
      'logs',
      'Logs',
      logs({ attributes: [{ key: 'k', value: body }] }),
    ],
    [
      'traces',
      'a record without a time',
      'logs',
      'Logs',
      logs({ observedTimeUnixNano: '1', severityText: 'INFO', body }),
    ],
    [
      'traces',
      'a record of a trace',
      'logs',
      'Logs',
      logs({ body, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }),
    ],
    ['traces', 'metrics', 'metrics', 'Metrics', fixture('metrics.json')],
    [
      'traces',
      'a gauge',
      'metrics',
      'Metrics',
      metrics({ name: 'requests', gauge: { dataPoints: [point] } }),
    ],
    [
      'traces',
      'a gauge whose name is as long as a trace id',
      'metrics',
      'Metrics',
      metrics({ name: 'sixteen.letters.', description: 'an count', gauge: { dataPoints: [point] } }),
    ],
    [
      'traces',
      'a sum',
      'metrics',
      'Metrics',
      metrics({
        name: 'n',
        unit: '1',
        sum: { dataPoints: [point], isMonotonic: true, aggregationTemporality: 2 },
      }),
    ],
    ['logs', 'spans', 'traces', 'Trace', fixture('traces.json')],
    ['logs', 'metrics', 'metrics', 'Metrics', fixture('metrics.json')],
    ['logs', 'a gauge', 'metrics', 'Metrics', metrics({ name: 'requests', gauge: { dataPoints: [point] } })],
  ] as const)('on the path of %s: %s', (path, _content, belongs, name, document) => {
    const where = `which belong to /v1/${belongs}, not /v1/${path}.`;
    expect(answer(path, binary(document, name), 'protobuf')).toContain(where);
    expect(answer(path, document, 'json')).toContain(where);
  });

  test('most random requests are recognised, and none is taken', () => {
    let recognised = 0;
    let total = 0;
    const check = (path: 'traces' | 'logs', request: object, name: 'Trace' | 'Logs', items: string) => {
      const hasItems = JSON.stringify(request).includes(`"${items}":[{"`);
      if (!hasItems) {
        return;
      }
      total++;
      try {
        expect(DECODERS[path](binary(json(request), name), 'protobuf').accepted).toBe(0);
      } catch (error) {
        expect(isAppError(error) && error.code).toBe(MALFORMED);
        recognised += String(error).includes('belong to /v1/') ? 1 : 0;
      }
    };
    fc.assert(
      fc.property(logsRequest, (request) => check('traces', request, 'Logs', 'logRecords')),
      { seed: 21, numRuns: 300 },
    );
    fc.assert(
      fc.property(traceRequest, (request) => check('logs', request, 'Trace', 'spans')),
      { seed: 22, numRuns: 300 },
    );
    expect(total).toBeGreaterThan(100);
    // What is left has ids of wrong lengths, or only an event name or a severity text: no telling what it is.
    expect(recognised / total).toBeGreaterThan(0.7);
  });
});

describe('a request that only looks as if it came to another path', () => {
  test.each([
    ['an empty request', Buffer.alloc(0)],
    ['an empty resource block', bytesField(1)],
    ['an empty scope block', bytesField(1, bytesField(2))],
  ])('%s is a success of nothing', (_name, request) => {
    for (const path of ['traces', 'logs'] as const) {
      expect(DECODERS[path](request, 'protobuf')).toMatchObject({ length: 0, accepted: 0, rejections: [] });
    }
  });

  test.each([
    '{}',
    'null',
    '{"resourceSpans":[],"resourceLogs":[]}',
    '{"resourceLogs":null,"resourceSpans":null}',
    '{"other":[]}',
  ])('%s is a success of nothing', (request) => {
    for (const path of ['traces', 'logs'] as const) {
      expect(DECODERS[path](Buffer.from(request), 'json')).toMatchObject({ length: 0, rejections: [] });
    }
  });

  test('spans without ids are refused as spans', () => {
    const span = { name: 'no ids', startTimeUnixNano: '1', endTimeUnixNano: '2' };
    const request = json({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const batch = DECODERS.traces(binary(request, 'Trace'), 'protobuf');
    expect(batch.rejections).toMatchObject([{ count: 1 }]);
  });

  test('a malformed request of the right signal is malformed, and no more', () => {
    const request = Buffer.concat([binary(fixture('traces.json'), 'Trace'), Buffer.from([0x0f])]);
    expect(answer('traces', request, 'protobuf')).toMatch(
      /^The OTLP protobuf body is malformed at byte \d+: .*wire type/,
    );
  });
});
