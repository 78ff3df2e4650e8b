import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';

import { shuffleMessage } from '../../fixtures/traces-mutate.js';
import { decodeRequest, encodeRequest } from '../../fixtures/traces-proto.js';
import { expectedSpans } from '../../fixtures/traces-reference.js';
import { TIMES, traceRequest } from '../../fixtures/traces-requests.js';
import { spanRows } from '../../fixtures/traces-rows.js';
import { decodeTraces, decodeTracesSteps } from '../index.js';
import type { SpanBatch } from '../index.js';

const REQUEST = 'ExportTraceServiceRequest';
const EVER = { times: { earliest: 0, latest: 8e15 } };
const example = readFileSync(new URL('../../fixtures/traces.json', import.meta.url));

function protobuf(body: Uint8Array): SpanBatch {
  return decodeTraces(body, 'protobuf', { times: TIMES });
}

function refusedIn(batch: SpanBatch): number {
  return batch.rejections.reduce((sum, { count }) => sum + count, 0);
}

describe('the example request of the OTLP repository', () => {
  const expected = [
    {
      serviceName: 'my.service',
      resourceAttributes: [['service.name', 'my.service']],
      resourceSchemaUrl: '',
      scopeName: 'my.library',
      scopeVersion: '1.0.0',
      scopeAttributes: [['my.scope.attribute', 'some scope attribute']],
      scopeSchemaUrl: '',
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      traceState: '',
      name: "I'm a server span",
      kind: 2,
      start: '1544712660000000000',
      end: '1544712661000000000',
      attributes: [['my.span.attr', 'some value']],
      statusCode: 0,
      statusMessage: '',
      flags: 0,
      events: [],
      links: [],
      weight: 1,
    },
  ];

  test('is decoded from JSON, field for field', () => {
    const batch = decodeTraces(example, 'json', EVER);
    expect(spanRows(batch)).toEqual(expected);
    expect(batch).toMatchObject({ accepted: 1, rejections: [] });
  });

  test('is the same in protobuf', () => {
    const body = encodeRequest(REQUEST, JSON.parse(example.toString()) as object);
    expect(spanRows(decodeTraces(body, 'protobuf', EVER))).toEqual(expected);
  });
});

describe('random requests', () => {
  test('every field agrees with protobufjs, and every span is taken or refused', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(traceRequest, (request) => {
        const body = encodeRequest(REQUEST, request);
        const expected = expectedSpans(decodeRequest(REQUEST, body));
        const batch = protobuf(body);
        expect(spanRows(batch)).toEqual(expected.rows);
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
      fc.property(traceRequest, (request) => {
        const fromJson = decodeTraces(Buffer.from(JSON.stringify(request)), 'json', { times: TIMES });
        const fromProtobuf = protobuf(encodeRequest(REQUEST, request));
        expect(spanRows(fromJson)).toEqual(spanRows(fromProtobuf));
        expect(refusedIn(fromJson)).toBe(refusedIn(fromProtobuf));
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('fields may come in any order at every depth', () => {
    fc.assert(
      fc.property(traceRequest, fc.nat(), (request, seed) => {
        const body = encodeRequest(REQUEST, request);
        const shuffled = shuffleMessage(body, REQUEST, seededRandom(seed));
        expect(spanRows(protobuf(shuffled))).toEqual(spanRows(protobuf(body)));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('steps', () => {
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000000000001',
    attributes: [{ key: 'padding', value: { stringValue: 'x'.repeat(1_000) } }],
  };
  const request = { resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: 3_000 }, () => span) }] }] };

  test.each([
    ['protobuf', encodeRequest(REQUEST, request)],
    ['json', Buffer.from(JSON.stringify(request))],
  ] as const)('a large %s request leaves room for other work, and gives the same batch', (encoding, body) => {
    const steps = decodeTracesSteps(body, encoding, { times: TIMES });
    let pauses = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      pauses++;
    }
    expect(pauses).toBeGreaterThanOrEqual(2);
    expect(step.value.length).toBe(3_000);
    expect(spanRows(step.value)).toEqual(spanRows(decodeTraces(body, encoding, { times: TIMES })));
  });
});
