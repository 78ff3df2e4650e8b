import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { isAppError, seededRandom } from '@tidewatch/core';
import fc from 'fast-check';

import { logsRequest } from '../../fixtures/logs-requests.js';
import { logRows, NOW } from '../../fixtures/logs-rows.js';
import { mutated } from '../../fixtures/traces-mutate.js';
import { encodeRequest } from '../../fixtures/traces-proto.js';
import { TIMES, traceRequest } from '../../fixtures/traces-requests.js';
import { spanRows } from '../../fixtures/traces-rows.js';
import type { Row } from '../../fixtures/traces-rows.js';
import { bytesField, fixed64Field, tag, varint, varintField } from '../../fixtures/wire-bytes.js';
import { decodeLogs, decodeTraces, MALFORMED } from '../index.js';
import type { LogBatch, OtlpEncoding, SpanBatch } from '../index.js';

const MUTATIONS = 10_000;
const START = 1_700_000_000_000_000_000n;
const ID = Buffer.alloc(16, 1);

const traces = (body: Uint8Array, encoding: OtlpEncoding): SpanBatch =>
  decodeTraces(body, encoding, { times: TIMES });
const logs = (body: Uint8Array, encoding: OtlpEncoding): LogBatch =>
  decodeLogs(body, encoding, { times: TIMES, now: NOW });
const rowsOfTraces = (body: Uint8Array, encoding: OtlpEncoding): Row[] => spanRows(traces(body, encoding));
const rowsOfLogs = (body: Uint8Array, encoding: OtlpEncoding): Row[] => logRows(logs(body, encoding));

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** A request with one item. */
function single(...fields: Uint8Array[]): Buffer {
  return bytesField(1, bytesField(2, bytesField(2, ...fields)));
}

/** A request with one valid span that has further fields. */
function span(...fields: Uint8Array[]): Buffer {
  const ids = [bytesField(1, ID), bytesField(2, ID.subarray(8))];
  return single(...ids, fixed64Field(7, START), fixed64Field(8, START), ...fields);
}

/** A request with one log record that has further fields. */
function record(...fields: Uint8Array[]): Buffer {
  return single(fixed64Field(1, START), ...fields);
}

function codeOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    return isAppError(error) && !error.retryable ? error.code : `not an AppError: ${String(error)}`;
  }
  return 'decoded';
}

describe('mutated requests are decoded or malformed, and nothing else', () => {
  // Enough of a request for every kind of field, small enough that most mutations hit something that matters.
  const randomTraces = encodeRequest(
    'ExportTraceServiceRequest',
    fc
      .sample(traceRequest, { seed: 11, numRuns: 8 })
      .reduce((all, { resourceSpans }) => ({ resourceSpans: [...all.resourceSpans, ...resourceSpans] })),
  );
  const randomLogs = encodeRequest(
    'ExportLogsServiceRequest',
    fc
      .sample(logsRequest, { seed: 11, numRuns: 8 })
      .reduce((all, { resourceLogs }) => ({ resourceLogs: [...all.resourceLogs, ...resourceLogs] })),
  );
  const traceExample = fixture('traces.json');
  const logExample = fixture('logs.json');
  const binary = (name: 'Trace' | 'Logs', json: Buffer) =>
    encodeRequest(`Export${name}ServiceRequest`, JSON.parse(json.toString()) as object);

  test.each([
    ['protobuf traces', rowsOfTraces, 'protobuf', [binary('Trace', traceExample), randomTraces]],
    ['protobuf logs', rowsOfLogs, 'protobuf', [binary('Logs', logExample), randomLogs]],
    ['JSON traces', rowsOfTraces, 'json', [traceExample]],
    ['JSON logs', rowsOfLogs, 'json', [logExample, fixture('logs-events.json')]],
  ] as const)('%s', (_name, decode, encoding, bodies) => {
    const random = seededRandom(10_000);
    const outcomes: Record<string, number> = {};
    for (let run = 0; run < MUTATIONS; run++) {
      const body = bodies[run % bodies.length]!;
      // Reading every row proves that no range of a column lies outside its bytes.
      const code = codeOf(() => decode(mutated(body, random), encoding));
      outcomes[code] = (outcomes[code] ?? 0) + 1;
    }
    expect(Object.keys(outcomes).sort()).toEqual(['decoded', MALFORMED]);
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(MUTATIONS / 50);
  });

  test('a request cut at any byte', () => {
    const body = binary('Trace', traceExample);
    for (let length = 1; length < body.length; length++) {
      expect(codeOf(() => traces(body.subarray(0, length), 'protobuf'))).toBe(MALFORMED);
    }
  });
});

describe('bodies that no encoder writes', () => {
  const nested = (depth: number): Buffer =>
    depth === 0 ? bytesField(1, Buffer.from('deep')) : bytesField(5, bytesField(1, nested(depth - 1)));
  const nestedJson = (depth: number): object =>
    depth === 0 ? { stringValue: 'deep' } : { arrayValue: { values: [nestedJson(depth - 1)] } };

  test.each([
    ['a group', span(tag(20, 3), tag(20, 4))],
    ['wire type 6', span(tag(20, 6))],
    ['wire type 7 in an attribute', span(bytesField(9, tag(3, 7)))],
    ['field number 0', span(Buffer.from([0]))],
    ['a varint of eleven bytes', span(tag(6, 0), Buffer.alloc(10, 0xff), Buffer.from([1]))],
    ['a name as a varint', span(varintField(5, 1))],
    ['flags as a varint', span(varintField(16, 1))],
    ['an attribute that is a number', span(varintField(9, 1))],
    ['an event that is a number', span(varintField(11, 1))],
    ['a key as a number', span(bytesField(9, varintField(1, 1)))],
    ['a string as a number', span(bytesField(9, bytesField(1, 'k'), bytesField(2, varintField(1, 1))))],
    ['a double as a varint', span(bytesField(9, bytesField(2, varintField(4, 1))))],
    ['a length beyond the message', span(Buffer.concat([tag(5, 2), varint(2 ** 31)]))],
    ['a length beyond 32 bits', span(Buffer.concat([tag(5, 2), varint(2n ** 63n)]))],
    [
      'an attribute that ends in its value',
      span(bytesField(9, Buffer.from([0x0a, 1, 0x6b, 0x12, 9, 0x0a, 1]))),
    ],
    ['a value nested 66 deep', span(bytesField(9, bytesField(2, nested(66))))],
    [
      'more attributes than a set may have',
      span(
        Buffer.concat(
          Array.from({ length: 8_193 }, (_, index) => bytesField(9, bytesField(1, String(index)))),
        ),
      ),
    ],
  ])('%s is malformed in a span', (_name, body) => {
    expect(codeOf(() => traces(body, 'protobuf'))).toBe(MALFORMED);
  });

  test.each([
    ['a body nested 66 deep', record(bytesField(5, nested(66)))],
    ['a body that is a number', record(varintField(5, 1))],
    ['flags as a varint', record(varintField(8, 1))],
    ['a time as a varint', single(varintField(1, 1))],
  ])('%s is malformed in a record', (_name, body) => {
    expect(codeOf(() => logs(body, 'protobuf'))).toBe(MALFORMED);
  });

  test.each([
    ['not JSON', '{'],
    ['an array', '[]'],
    ['spans that are no array', '{"resourceSpans":{}}'],
    ['a span that is a number', '{"resourceSpans":[{"scopeSpans":[{"spans":[1]}]}]}'],
    ['an id that is a number', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":1}]}]}]}'],
    ['a kind that is an object', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":{}}]}]}]}'],
    [
      'a value nested 66 deep',
      JSON.stringify({
        resourceSpans: [{ resource: { attributes: [{ key: 'k', value: nestedJson(66) }] } }],
      }),
    ],
    [
      'more attributes than a set may have',
      JSON.stringify({
        resourceSpans: [{ resource: { attributes: Array.from({ length: 8_193 }, () => ({})) } }],
      }),
    ],
  ])('%s is malformed in JSON', (_name, body) => {
    expect(codeOf(() => traces(Buffer.from(body), 'json'))).toBe(MALFORMED);
  });

  test('values as deep as they may nest are text', () => {
    const deep = `${'['.repeat(60)}"deep"${']'.repeat(60)}`;
    const [row] = rowsOfTraces(
      span(bytesField(9, bytesField(1, 'k'), bytesField(2, nested(60)))),
      'protobuf',
    );
    expect(row!['attributes']).toEqual([['k', deep]]);
    expect(rowsOfLogs(record(bytesField(5, nested(60))), 'protobuf')[0]!['body']).toBe(deep);
  });

  test('a key, a value and a name of a megabyte are kept', () => {
    const long = 'x'.repeat(1 << 20);
    const attribute = bytesField(9, bytesField(1, long), bytesField(2, bytesField(1, long)));
    expect(rowsOfTraces(span(attribute, bytesField(5, long)), 'protobuf')[0]).toMatchObject({
      name: long,
      attributes: [[long, long]],
    });
  });

  test('an unknown field at every level is skipped', () => {
    const unknown = [
      varintField(99, 7),
      fixed64Field(98, 1n),
      bytesField(97, 'x'),
      Buffer.concat([tag(96, 5), Buffer.alloc(4)]),
    ];
    const body = Buffer.concat([
      bytesField(
        1,
        bytesField(
          1,
          bytesField(1, bytesField(1, 'service.name'), bytesField(2, bytesField(1, 'api'))),
          ...unknown,
        ),
        bytesField(
          2,
          bytesField(1, bytesField(1, 'scope'), ...unknown),
          bytesField(2, ...unknown, bytesField(5, bytesField(1, 'hello'), ...unknown)),
          ...unknown,
        ),
        ...unknown,
      ),
      ...unknown,
    ]);
    expect(rowsOfLogs(body, 'protobuf')).toMatchObject([
      { serviceName: 'api', scopeName: 'scope', body: 'hello' },
    ]);
  });
});

describe('what protobuf leaves to the decoder', () => {
  const bad = Buffer.from([0x61, 0xff, 0x62]);

  test('bytes that are not UTF-8 are kept as sent', () => {
    const attribute = bytesField(9, bytesField(1, bad), bytesField(2, bytesField(1, bad)));
    const batch = traces(span(bytesField(5, bad), attribute), 'protobuf');
    const { name, attributes } = batch;
    expect([...name.bytes.subarray(name.start[0], name.end[0])]).toEqual([...bad]);
    expect([...attributes.bytes.subarray(attributes.start[0], attributes.end[0])]).toEqual([
      1,
      3,
      ...bad,
      3,
      ...bad,
    ]);
  });

  test.each([
    ['a value before its key', [bytesField(2, bytesField(1, 'v')), bytesField(1, 'k')], ['k', 'v']],
    ['no key', [bytesField(2, bytesField(1, 'v'))], ['', 'v']],
    ['no value', [bytesField(1, 'k')], ['k', '']],
    ['nothing at all', [], ['', '']],
    ['two keys', [bytesField(1, 'a'), bytesField(1, 'k'), bytesField(2, bytesField(1, 'v'))], ['k', 'v']],
    ['two kinds', [bytesField(1, 'k'), bytesField(2, bytesField(1, 'v'), varintField(2, 1))], ['k', 'true']],
    [
      'two values, the second without a kind',
      [bytesField(1, 'k'), bytesField(2, varintField(3, 7)), bytesField(2)],
      ['k', '7'],
    ],
    [
      'two arrays, which are one',
      [
        bytesField(1, 'k'),
        bytesField(2, bytesField(5, bytesField(1, varintField(3, 1)))),
        bytesField(2, bytesField(5, bytesField(1, varintField(3, 2)))),
      ],
      ['k', '[1,2]'],
    ],
    [
      'a long varint for a small int',
      [bytesField(1, 'k'), bytesField(2, tag(3, 0), Buffer.from([0x85, 0x80, 0]))],
      ['k', '5'],
    ],
    [
      'an int of five bytes',
      [bytesField(1, 'k'), bytesField(2, varintField(3, 2n ** 32n))],
      ['k', '4294967296'],
    ],
    ['an int of no bytes is cut off', [bytesField(1, 'k'), bytesField(2)], ['k', '']],
  ])('an attribute with %s', (_name, fields, expected) => {
    expect(rowsOfTraces(span(bytesField(9, ...fields)), 'protobuf')[0]!['attributes']).toEqual([expected]);
  });

  test('bodies, resources, scopes and statuses that occur twice are merged', () => {
    const array = (value: number) => bytesField(5, bytesField(5, bytesField(1, varintField(3, value))));
    expect(rowsOfLogs(record(array(1), array(2)), 'protobuf')[0]!['body']).toBe('[1,2]');
    const attribute = (field: number, key: string) =>
      bytesField(field, bytesField(1, key), bytesField(2, bytesField(1, 'v')));
    const body = bytesField(
      1,
      bytesField(1, attribute(1, 'a')),
      bytesField(
        2,
        bytesField(1, bytesField(1, 'name')),
        bytesField(
          2,
          ...[
            bytesField(1, ID),
            bytesField(2, ID.subarray(8)),
            fixed64Field(7, START),
            fixed64Field(8, START),
          ],
          bytesField(15, varintField(3, 2)),
          bytesField(15, bytesField(2, 'why')),
        ),
        bytesField(1, bytesField(2, 'version'), attribute(3, 's')),
      ),
      bytesField(1, attribute(1, 'b')),
    );
    expect(rowsOfTraces(body, 'protobuf')).toMatchObject([
      {
        resourceAttributes: [
          ['a', 'v'],
          ['b', 'v'],
        ],
        scopeName: 'name',
        scopeVersion: 'version',
        scopeAttributes: [['s', 'v']],
        statusCode: 2,
        statusMessage: 'why',
      },
    ]);
  });
});
