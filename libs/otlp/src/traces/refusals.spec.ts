import { describe, expect, test } from '@jest/globals';

import { encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES } from '../../fixtures/traces-requests.js';
import { spanRows } from '../../fixtures/traces-rows.js';
import { decodeTraces } from '../index.js';
import type { SpanBatch } from '../index.js';

const GOOD = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'good',
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000000000000000',
  events: [{ name: 'kept', timeUnixNano: '1700000000000000000' }],
  links: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }],
};

/** A request with a good span, the given one, and another good one, all from service checkout. */
function request(span: object): object {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] };
  const spans = [GOOD, { ...GOOD, name: 'odd', ...span }, GOOD];
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
}

function fromJson(span: object): SpanBatch {
  return decodeTraces(Buffer.from(JSON.stringify(request(span))), 'json', { times: TIMES });
}

function fromProtobuf(span: object): SpanBatch {
  const body = encodeRequest('ExportTraceServiceRequest', request(span));
  return decodeTraces(body, 'protobuf', { times: TIMES });
}

const IDS = 'in JSON, ids are hex, not base64';

describe('a span is refused, in words, with its events and links, and the others are kept', () => {
  test.each([
    ['no trace id', { traceId: '' }, `trace ids must be 16 bytes, not all zero`, IDS],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, `trace ids must be 16 bytes, not all zero`, IDS],
    ['a trace id of 15 bytes', { traceId: 'ab'.repeat(15) }, `trace ids must be 16 bytes, not all zero`, IDS],
    ['no span id', { spanId: '' }, 'span ids must be 8 bytes, not all zero', IDS],
    ['a span id of 16 bytes', { spanId: 'ab'.repeat(16) }, 'span ids must be 8 bytes, not all zero', IDS],
    [
      'a parent id of 7 bytes',
      { parentSpanId: 'ab'.repeat(7) },
      'parent span ids must be 8 bytes, or absent',
      '',
    ],
    ['no start', { startTimeUnixNano: '0' }, 'spans without a start time', ''],
    ['no end', { endTimeUnixNano: '0' }, 'spans without an end time', 'only ended spans are exported'],
    [
      'an end before the start',
      { startTimeUnixNano: '1700000000000000001' },
      'spans that end before they start',
      "check the sender's clock",
    ],
    [
      'a time after 2262',
      { endTimeUnixNano: String(2n ** 63n) },
      'times after the year 2262',
      'times count nanoseconds',
    ],
    [
      'a start before what is kept',
      { startTimeUnixNano: '1699999999999999999' },
      'spans from before 2023-11-14T22:13:20.000Z, the oldest time that is kept',
      'older ones would be deleted at once',
    ],
    [
      'an end in the future',
      { endTimeUnixNano: '1700000100000000001' },
      'spans from after 2023-11-14T22:15:00.000Z, in the future',
      "check the sender's clock",
    ],
    ['an unknown kind', { kind: 6 }, 'span kinds that OTLP does not define', ''],
    ['a negative kind', { kind: -1 }, 'span kinds that OTLP does not define', ''],
    ['an unknown status code', { status: { code: 3 } }, 'status codes that OTLP does not define', ''],
    [
      'an event after 2262',
      { events: [{}, { timeUnixNano: String(2n ** 64n - 1n) }] },
      'times after the year 2262',
      'times count nanoseconds',
    ],
    [
      'a link with half an id',
      { links: [{}, { traceId: 'ab'.repeat(8) }] },
      'ids of links must be 16 and 8 bytes, or absent',
      '',
    ],
  ])('%s', (_name, span, problem, hint) => {
    const reason = `${problem} (1 span refused from service checkout)${hint === '' ? '' : `; ${hint}`}`;
    for (const batch of [fromJson(span), fromProtobuf(span)]) {
      expect(batch.rejections).toEqual([{ count: 1, reason }]);
      expect(spanRows(batch).map(({ name }) => name)).toEqual(['good', 'good']);
      expect([batch.accepted, batch.events.length, batch.links.length]).toEqual([2, 2, 2]);
      expect([...batch.eventOffsets]).toEqual([0, 1, 2]);
      expect([...batch.linkOffsets]).toEqual([0, 1, 2]);
    }
  });

  test('one rejection a reason, which counts its spans and names the first service', () => {
    const spans = (count: number, span: object) =>
      Array.from({ length: count }, () => ({ ...GOOD, ...span }));
    const resourceSpans = ['one', 'two'].map((service) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [{ spans: [...spans(2, { kind: 9 }), ...spans(1, { spanId: '' }), ...spans(3, {})] }],
    }));
    const body = Buffer.from(JSON.stringify({ resourceSpans }));
    const batch = decodeTraces(body, 'json', { times: TIMES });
    expect(batch.accepted).toBe(6);
    expect(batch.rejections).toEqual([
      {
        count: 4,
        reason: 'span kinds that OTLP does not define (4 spans refused, the first from service one)',
      },
      {
        count: 2,
        reason: `span ids must be 8 bytes, not all zero (2 spans refused, the first from service one); ${IDS}`,
      },
    ]);
  });
});

describe('what is no reason to refuse a span', () => {
  test.each([
    ['a parent id of zeros is none', { parentSpanId: '0'.repeat(16) }, { parentSpanId: '0'.repeat(16) }],
    ['no name', { name: '' }, { name: '' }],
    [
      'an event without a time',
      { events: [{ name: 'e' }] },
      { events: [{ time: '0', name: 'e', attributes: [] }] },
    ],
    [
      'a link without ids, kept for its state',
      { links: [{ traceState: 'a=b' }] },
      { links: [{ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceState: 'a=b', attributes: [] }] },
    ],
    ['a start at the edge of what is kept', { startTimeUnixNano: '1700000000000000000' }, {}],
    ['an end at the edge of the future', { endTimeUnixNano: '1700000100000000000' }, {}],
  ])('%s', (_name, span, expected) => {
    for (const batch of [fromJson(span), fromProtobuf(span)]) {
      expect(batch.rejections).toEqual([]);
      expect(spanRows(batch)[1]).toMatchObject(expected);
    }
  });
});

describe('the proto3 JSON mapping', () => {
  test.each([
    ['ids in upper case', { traceId: 'ABCDEF'.padEnd(32, '0') }, { traceId: 'abcdef'.padEnd(32, '0') }],
    ['a time as a number', { endTimeUnixNano: 1700000000000001024 }, { end: '1700000000000001024' }],
    ['a kind by name', { kind: 'SPAN_KIND_CONSUMER' }, { kind: 5 }],
    ['a kind as a string of digits', { kind: '3' }, { kind: 3 }],
    [
      'a status code by name',
      { status: { code: 'STATUS_CODE_ERROR', message: 'm' } },
      { statusCode: 2, statusMessage: 'm' },
    ],
    ['flags as a string', { flags: '4294967295' }, { flags: 4294967295 }],
    [
      'null as unset',
      {
        parentSpanId: null,
        kind: null,
        attributes: null,
        events: null,
        links: null,
        status: null,
        flags: null,
      },
      { kind: 0, attributes: [], events: [], links: [], statusCode: 0 },
    ],
    [
      'snake_case and later fields as unknown',
      { parent_span_id: 7, later: [{}], span_kind: 'x' },
      { kind: 0 },
    ],
  ])('%s', (_name, span, expected) => {
    const batch = fromJson(span);
    expect(batch.rejections).toEqual([]);
    expect(spanRows(batch)[1]).toMatchObject(expected);
  });

  test.each([
    ['base64 ids', { traceId: 'W47/95gDgQPSabYzgT/GDA==' }, /^trace ids must be 16 bytes/],
    ['half a byte', { spanId: 'abc' }, /^span ids must be 8 bytes/],
    ['an unknown kind by name', { kind: 'SPAN_KIND_BATCH' }, /^span kinds that OTLP does not define/],
    ['a time beyond 64 bits', { endTimeUnixNano: '18446744073709551616' }, /^times after the year 2262/],
    ['a negative time', { startTimeUnixNano: -1 }, /^times after the year 2262/],
    ['flags beyond 32 bits', { flags: 4294967296 }, /^flags outside the range of a uint32/],
  ])('%s refuse the span', (_name, span, reason) => {
    const batch = fromJson(span);
    expect(batch.rejections).toEqual([{ count: 1, reason: expect.stringMatching(reason) }]);
  });
});
