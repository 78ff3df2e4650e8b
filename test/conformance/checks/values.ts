import { status as GrpcStatus } from '@grpc/grpc-js';
import type { Check } from '../check.js';
import { bodyOf, ENCODINGS, type Encoding, type Endpoint, type Outcome } from '../endpoint.js';
import { require, requireAccepted, requireCode, requireRefused, requireWhole } from '../expect.js';
import {
  envelope,
  gauge,
  jsonEnvelope,
  jsonGauge,
  jsonLogRecord,
  jsonSpan,
  logRecord,
  nowNano,
  numberPoint,
  oneItem,
  SIGNALS,
  span,
  stringAttribute,
  type Payload,
  type Signal,
} from '../payloads.js';
import { double, fixed64, integer, key, lengthDelimited, varint } from '../wire.js';
import { sameOutcome } from './json.js';

/** KeyValue with an AnyValue given as its fields. */
function attribute(field: number, name: string, ...value: readonly Buffer[]): Buffer {
  return lengthDelimited(field, lengthDelimited(1, name), lengthDelimited(2, ...value));
}

/** An empty value, bytes, a mixed array and a list of pairs: AnyValue bytes = 7, array = 5, kvlist = 6. */
function richAttributes(field: number): Buffer[] {
  const mixed = [lengthDelimited(1, lengthDelimited(1, 'a')), lengthDelimited(1, integer(3, 7))];
  return [
    attribute(field, 'empty'),
    attribute(field, 'bytes', lengthDelimited(7, Buffer.from([0, 255, 1]))),
    attribute(field, 'array', lengthDelimited(5, ...mixed, lengthDelimited(1))),
    attribute(field, 'kvlist', lengthDelimited(6, attribute(1, 'inner', double(4, 0.5)))),
  ];
}

const JSON_RICH = [
  { key: 'empty', value: {} },
  { key: 'bytes', value: { bytesValue: 'AP8B' } },
  { key: 'array', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '7' }, {}] } } },
  {
    key: 'kvlist',
    value: { kvlistValue: { values: [{ key: 'inner', value: { doubleValue: 0.5 } }] } },
  },
];

/** One item of each signal with every kind of attribute value on item and resource. */
function richItem(signal: Signal): Payload {
  const time = nowNano();
  const resource = lengthDelimited(1, ...richAttributes(1));
  const jsonResource = { attributes: JSON_RICH };
  const items = {
    metrics: [
      gauge([numberPoint(time, 1, ...richAttributes(7))]),
      jsonGauge([{ timeUnixNano: String(time), asDouble: 1, attributes: JSON_RICH }]),
    ],
    traces: [span(undefined, undefined, ...richAttributes(9)), jsonSpan({ attributes: JSON_RICH })],
    logs: [logRecord(...richAttributes(6)), jsonLogRecord({ attributes: JSON_RICH })],
  } as const;
  const [wire, json] = items[signal];
  return {
    protobuf: envelope([wire], resource),
    json: jsonEnvelope(signal, [json], jsonResource),
  };
}

const attributes: Check = {
  number: 24,
  title: 'Attributes: empty values, bytes, mixed arrays and nested lists everywhere',
  run: async (endpoint) => {
    for (const signal of SIGNALS) {
      for (const encoding of ENCODINGS) {
        requireWhole(
          await endpoint.send(signal, encoding, richItem(signal)),
          encoding,
          `rich attributes in ${signal} as ${encoding}`,
        );
      }
    }
  },
};

/** A delta histogram point: start 2, time 3, count 4, sum 5, bucket_counts 6, explicit_bounds 7. */
function histogram(counts: Buffer, bounds: Buffer, time: bigint, start: bigint, count: bigint): Buffer {
  const point = Buffer.concat([
    fixed64(2, start),
    fixed64(3, time),
    fixed64(4, count),
    double(5, 4.5),
    counts,
    bounds,
  ]);
  // Metric.histogram = 9 { data_points = 1, aggregation_temporality = 2 }
  return Buffer.concat([
    lengthDelimited(1, `conformance.histogram.${time}`),
    lengthDelimited(9, lengthDelimited(1, point), integer(2, 1)),
  ]);
}

function packedFixed64(field: number, values: readonly bigint[]): Buffer {
  return lengthDelimited(field, ...values.map((value) => fixed64(1, value).subarray(1)));
}

function packedDoubles(field: number, values: readonly number[]): Buffer {
  return lengthDelimited(field, ...values.map((value) => double(1, value).subarray(1)));
}

/** Fields of a future version: one of each wire type that exists. */
const UNKNOWN = Buffer.concat([
  integer(900, 1),
  fixed64(901, 2n),
  lengthDelimited(902, 'x'),
  Buffer.concat([key(903, 5), Buffer.alloc(4)]),
]);

const wireFreedom: Check = {
  number: 25,
  title: 'Protobuf: unknown fields, packed or not, any order, last of a oneof; groups are refused',
  run: async (endpoint) => {
    const time = nowNano();
    const start = time - 1_000_000_000n;
    const unpacked = Buffer.concat([fixed64(6, 1n), fixed64(6, 2n)]);
    const requests: readonly (readonly [string, Buffer])[] = [
      ['unknown fields', Buffer.concat([UNKNOWN, envelope([gauge([numberPoint(time, 1, UNKNOWN)])])])],
      [
        'packed lists',
        envelope([histogram(packedFixed64(6, [1n, 2n]), packedDoubles(7, [1]), time, start, 3n)]),
      ],
      ['unpacked lists', envelope([histogram(unpacked, double(7, 1), time + 1n, start, 3n)])],
      [
        'fields out of order',
        // The resource behind its scopes, the point's value before its time.
        lengthDelimited(
          1,
          lengthDelimited(
            2,
            lengthDelimited(2, gauge([Buffer.concat([double(4, 1), fixed64(3, time + 2n)])])),
          ),
          lengthDelimited(1, stringAttribute(1, 'service.name', 'late')),
        ),
      ],
      ['two values of a oneof', envelope([gauge([numberPoint(time + 3n, 1, fixed64(6, 7n))])])],
    ];
    for (const [what, body] of requests) {
      requireWhole(await endpoint.post('metrics', 'protobuf', body), 'protobuf', what);
    }
    const refused: readonly (readonly [string, Buffer])[] = [
      ['a group', Buffer.concat([key(1, 3), key(1, 4)])],
      ['wire type 6', key(1, 6)],
      ['a varint of eleven bytes', Buffer.concat([key(900, 0), Buffer.alloc(11, 0xff)])],
      ['a length past the end', Buffer.concat([key(1, 2), varint(1_000_000)])],
    ];
    for (const [what, body] of refused) {
      requireRefused(await endpoint.post('metrics', 'protobuf', body), [400], what);
    }
  },
};

const misrouted: Check = {
  number: 27,
  title: 'Logs sent to the traces path are recognised, not stored as spans',
  run: async (endpoint) => {
    const logs = envelope([logRecord(), logRecord()]);
    const answer = await endpoint.post('traces', 'protobuf', logs);
    if (answer.status === 200) {
      const { rejected } = requireAccepted(answer, 'protobuf', 'logs on the traces path');
      require(rejected === 2, `two log records became spans: ${rejected} were refused`);
    } else {
      requireRefused(answer, [400], 'logs on the traces path');
    }
    if (endpoint.grpc !== null) {
      const called = await endpoint.grpc.export('traces', logs);
      requireCode(called, [GrpcStatus.OK, GrpcStatus.INVALID_ARGUMENT], 'logs to the trace service');
    }
  },
};

/** Data that is wrong or odd without being undecodable. */
function oddities(): readonly (readonly [string, Payload])[] {
  const time = nowNano();
  const point = (jsonPoint: unknown, wire: Buffer): Payload => ({
    protobuf: envelope([gauge([wire])]),
    json: jsonEnvelope('metrics', [jsonGauge([jsonPoint])]),
  });
  const at = String(time);
  return [
    ['a point without a time', point({ asDouble: 1 }, double(4, 1))],
    [
      'a start after the time',
      point(
        { timeUnixNano: at, startTimeUnixNano: String(time + 60_000_000_000n), asDouble: 1 },
        numberPoint(time, 1, fixed64(2, time + 60_000_000_000n)),
      ),
    ],
    ['NaN', point({ timeUnixNano: at, asDouble: 'NaN' }, numberPoint(time, NaN))],
    ['Infinity', point({ timeUnixNano: at, asDouble: 'Infinity' }, numberPoint(time, Infinity))],
    ['a point without a value', point({ timeUnixNano: at }, fixed64(3, time))],
    [
      'duplicate attribute keys',
      point(
        {
          timeUnixNano: at,
          asDouble: 1,
          attributes: [
            { key: 'k', value: { stringValue: '1' } },
            { key: 'k', value: { stringValue: '2' } },
          ],
        },
        numberPoint(time, 1, stringAttribute(7, 'k', '1'), stringAttribute(7, 'k', '2')),
      ),
    ],
    ['bounds that do not fit the counts', mismatchedHistogram(time)],
  ];
}

function mismatchedHistogram(time: bigint): Payload {
  return {
    protobuf: envelope([
      histogram(packedFixed64(6, [1n, 2n]), packedDoubles(7, [1, 2, 3]), time, time - 1n, 3n),
    ]),
    json: jsonEnvelope('metrics', [
      {
        name: `conformance.histogram.${time}`,
        histogram: {
          aggregationTemporality: 1,
          dataPoints: [
            {
              timeUnixNano: String(time),
              startTimeUnixNano: String(time - 1n),
              count: '3',
              sum: 4.5,
              bucketCounts: ['1', '2'],
              explicitBounds: [1, 2, 3],
            },
          ],
        },
      },
    ]),
  };
}

/** What became of an oddity; `null` when the whole request was refused. */
async function outcomeOf(
  endpoint: Endpoint,
  payload: Payload,
  encoding: Encoding,
  what: string,
): Promise<Outcome | null> {
  const answer = await endpoint.post('metrics', encoding, bodyOf(payload, encoding));
  if (answer.status === 400) {
    requireRefused(answer, [400], `${what} as ${encoding}`);
    return null;
  }
  const outcome = requireAccepted(answer, encoding, `${what} as ${encoding}`);
  require(outcome.rejected === 0 ||
    outcome.message !== '', `${what} as ${encoding} is refused without a reason`);
  return outcome;
}

const odd: Check = {
  number: 28,
  title: 'Odd data: missing times, NaN, wrong bounds, negative counts, duplicate keys',
  run: async (endpoint) => {
    for (const [what, payload] of oddities()) {
      const protobuf = await outcomeOf(endpoint, payload, 'protobuf', what);
      sameOutcome(protobuf, await outcomeOf(endpoint, payload, 'json', what), what);
    }
    const negative = {
      name: 'conformance.negative',
      histogram: {
        aggregationTemporality: 1,
        dataPoints: [
          { timeUnixNano: String(nowNano()), count: '-3', bucketCounts: ['-1', '-2'], explicitBounds: [1] },
        ],
      },
    };
    const payload = { protobuf: Buffer.alloc(0), json: jsonEnvelope('metrics', [negative]) };
    const outcome = await outcomeOf(endpoint, payload, 'json', 'negative counts');
    require(outcome === null || outcome.rejected === 1, 'a histogram with negative counts was accepted');
    requireWhole(
      await endpoint.send('metrics', 'protobuf', oneItem('metrics')),
      'protobuf',
      'a request after the odd ones',
    );
  },
};

/** What requests may hold. */
export const VALUE_CHECKS: readonly Check[] = [attributes, wireFreedom, misrouted, odd];
