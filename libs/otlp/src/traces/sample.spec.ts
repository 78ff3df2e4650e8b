import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES, traceRequest } from '../../fixtures/traces-requests.js';
import { hex, spanRows } from '../../fixtures/traces-rows.js';
import { decodeTraces, sampleSpans } from '../index.js';
import type { SpanBatch } from '../index.js';

function decoded(request: object): SpanBatch {
  return decodeTraces(encodeRequest('ExportTraceServiceRequest', request), 'protobuf', { times: TIMES });
}

function span(number: number, fields: object): object {
  const traceId = number.toString(16).padStart(32, '0');
  const start = 1_700_000_000_000_000_000n;
  return {
    traceId,
    spanId: traceId.slice(16),
    name: `span ${number}`,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 2_500_000n),
    ...fields,
  };
}

const batch = decoded({
  resourceSpans: ['api', 'worker'].map((service, index) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          span(10 * index + 1, { events: [{ name: 'a' }, { name: 'b' }] }),
          span(10 * index + 2, { status: { code: 2 }, links: [{ traceState: 'x' }] }),
          span(10 * index + 3, { endTimeUnixNano: '1700000060000000000' }),
        ],
      },
    ],
  })),
});

describe('sampling spans', () => {
  test('a rule sees what it may decide by', () => {
    const seen: unknown[] = [];
    sampleSpans(batch, ({ traceId, isError, durationMs, serviceName, name }) => {
      seen.push([hex(traceId, 0, 16).slice(-2), isError, durationMs, serviceName, name]);
      return 1;
    });
    expect(seen).toEqual([
      ['01', false, 2.5, 'api', 'span 1'],
      ['02', true, 2.5, 'api', 'span 2'],
      ['03', false, 60_000, 'api', 'span 3'],
      ['0b', false, 2.5, 'worker', 'span 11'],
      ['0c', true, 2.5, 'worker', 'span 12'],
      ['0d', false, 60_000, 'worker', 'span 13'],
    ]);
  });

  test('with every weight as it was, the batch is the same object', () => {
    expect(sampleSpans(batch, () => 1)).toBe(batch);
  });

  test('weights are stored, and the given batch is not changed', () => {
    const sampled = sampleSpans(batch, ({ isError }) => (isError ? 1 : 8));
    expect([...sampled.weight]).toEqual([8, 1, 8, 8, 1, 8]);
    expect([...batch.weight]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(sampled.name).toBe(batch.name);
  });

  test.each([0, -1, NaN])('the weight %p drops', (weight) => {
    const sampled = sampleSpans(batch, ({ serviceName }) => (serviceName === 'api' ? weight : 1));
    expect(spanRows(sampled).map(({ name }) => name)).toEqual(['span 11', 'span 12', 'span 13']);
    expect(sampled.accepted).toBe(6);
  });

  test('all may be dropped', () => {
    const sampled = sampleSpans(batch, () => 0);
    expect([sampled.length, sampled.events.length, [...sampled.eventOffsets]]).toEqual([0, 0, [0]]);
  });

  test('what is kept is kept with its events and links, whatever is dropped', () => {
    fc.assert(
      fc.property(traceRequest, fc.infiniteStream(fc.constantFrom(0, 0, 1, 2.5)), (request, weights) => {
        const whole = decoded(request);
        const drawn = Array.from({ length: whole.length }, () => weights.next().value as number);
        let row = 0;
        const sampled = sampleSpans(whole, () => drawn[row++]!);
        const expected = spanRows(whole)
          .map((each, index) => ({ ...each, weight: drawn[index] }))
          .filter(({ weight }) => weight !== 0);
        expect(spanRows(sampled)).toEqual(expected);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
