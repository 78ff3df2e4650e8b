import { gzipSync } from 'node:zlib';
import { logsBody, metricsBody, predictionsBody, spansBody } from '../crash/exporter-bodies.js';
import { attribute, WireWriter } from '../load/wire-writer.js';

/** One request that nobody with good intentions sends. */
export interface HostilePayload {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MEBIBYTE = 1_048_576;
/** A field number that no OTLP message has. */
const UNKNOWN_FIELD = 99;

/** Bombs, nesting and giants: each asks for far more memory, stack or time than its size suggests. */
export function hostilePayloads(): HostilePayload[] {
  const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * MEBIBYTE);
  const bomb = (name: string, plain: Buffer): HostilePayload => ({
    name,
    path: '/v1/metrics',
    headers: { ...PROTOBUF, 'Content-Encoding': 'gzip' },
    body: gzipSync(plain, { level: 9 }),
  });
  return [
    bomb('a gzip bomb beyond the limit', zeros(512)),
    bomb('a gzip bomb within the limit, not a message', zeros(60)),
    bomb(
      'a gzip bomb within the limit, an unknown field',
      new WireWriter().bytes(UNKNOWN_FIELD, zeros(60)).finish().bytes,
    ),
    bomb('a gzip bomb of empty messages', Buffer.alloc(60 * MEBIBYTE, Buffer.from([0x0a, 0x00]))),
    bomb('a gzip bomb in a gzip bomb', gzipSync(zeros(512), { level: 9 })),
    ...nested(),
    ...giants(),
  ];
}

function nested(): HostilePayload[] {
  const depth = 10_000;
  // From the inside out: a list in a list in a list … as the value of an attribute.
  let value: Buffer = new WireWriter().text(1, 'x').finish().bytes;
  for (let level = 0; level < depth; level += 1) {
    const list = new WireWriter().bytes(1, value).finish().bytes;
    value = new WireWriter().bytes(5, list).finish().bytes;
  }
  const protobuf = withAttribute((pair) => pair.text(1, 'deep').bytes(2, value));
  const open = '{"arrayValue":{"values":['.repeat(depth);
  const json = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${open}${']}}'.repeat(depth)}}]}]}]}`;
  return [
    { name: 'lists nested 10,000 deep, protobuf', path: '/v1/metrics', headers: PROTOBUF, body: protobuf },
    { name: 'lists nested 10,000 deep, JSON', path: '/v1/logs', headers: JSON_TYPE, body: Buffer.from(json) },
    {
      name: 'a million open brackets',
      path: '/v1/traces',
      headers: JSON_TYPE,
      body: Buffer.alloc(1_000_000, '['),
    },
    {
      name: 'a million open brackets as a line of predictions',
      path: '/v1/predictions',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: Buffer.alloc(1_000_000, '['),
    },
    {
      name: 'a million open brackets as a prediction',
      path: '/v1/predictions',
      headers: JSON_TYPE,
      body: Buffer.alloc(1_000_000, '['),
    },
  ];
}

function giants(): HostilePayload[] {
  const key = 'k'.repeat(MEBIBYTE);
  const manyKeys = withAttribute((pair) => pair.text(1, key).message(2, (any) => any.text(1, key)), 8);
  const manyAttributes = new WireWriter().message(1, (resource) => {
    resource.message(1, (message) => {
      for (let index = 0; index < 50_000; index += 1) {
        attribute(message, 1, `key-${index}`, index);
      }
    });
    resource.message(2, (scope) => scope.message(2, (metric) => gaugeWith(metric, () => undefined)));
  });
  return [
    {
      name: 'an attribute whose key and value have a megabyte',
      path: '/v1/metrics',
      headers: PROTOBUF,
      body: withAttribute((pair) => pair.text(1, key).message(2, (any) => any.text(1, key))),
    },
    { name: 'eight such attributes', path: '/v1/metrics', headers: PROTOBUF, body: manyKeys },
    {
      name: '50,000 attributes of a resource',
      path: '/v1/metrics',
      headers: PROTOBUF,
      body: manyAttributes.finish().bytes,
    },
  ];
}

/** A metrics request with one point that has `count` attributes as `build` writes them. */
function withAttribute(build: (pair: WireWriter) => void, count = 1): Buffer {
  const writer = new WireWriter().message(1, (resource) =>
    resource.message(2, (scope) =>
      scope.message(2, (metric) =>
        gaugeWith(metric, (point) => {
          for (let index = 0; index < count; index += 1) {
            point.message(7, build);
          }
        }),
      ),
    ),
  );
  return writer.finish().bytes;
}

function gaugeWith(metric: WireWriter, build: (point: WireWriter) => void): void {
  metric.text(1, 'hostile').message(5, (gauge) => {
    gauge.message(1, (point) => {
      const nano = BigInt(Date.now()) * 1_000_000n;
      point.fixed64(3, { low: Number(nano & 0xffff_ffffn), high: Number(nano >> 32n) });
      point.fixed64(4, { low: 0, high: 0 });
      build(point);
    });
  });
}

/** A good request of each signal and encoding, to be mutated. */
function goodPayloads(): HostilePayload[] {
  const range = {
    exporter: 'hostile',
    first: 0,
    count: 10,
    timeMs: Date.now(),
    startedAt: Date.now() - 1_000,
  };
  const json = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'hostile' } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name: 'crash',
                startTimeUnixNano: `${Date.now()}000000`,
                endTimeUnixNano: `${Date.now()}000001`,
                attributes: [{ key: 'n', value: { kvlistValue: { values: [] } } }],
              },
            ],
          },
        ],
      },
    ],
  };
  return [
    { name: 'metrics', path: '/v1/metrics', headers: PROTOBUF, body: metricsBody(range) },
    { name: 'traces', path: '/v1/traces', headers: PROTOBUF, body: spansBody(range) },
    { name: 'logs', path: '/v1/logs', headers: PROTOBUF, body: logsBody(range) },
    {
      name: 'traces as JSON',
      path: '/v1/traces',
      headers: JSON_TYPE,
      body: Buffer.from(JSON.stringify(json)),
    },
    {
      name: 'predictions',
      path: '/v1/predictions',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: predictionsBody(range),
    },
  ];
}

/** Endless payloads, each a good one with some of its bytes changed, cut out, repeated or blown up. */
export function* mutatedPayloads(random: () => number): Generator<HostilePayload, never> {
  const good = goodPayloads();
  const below = (limit: number) => Math.floor(random() * limit);
  for (;;) {
    const payload = good[below(good.length)]!;
    let body = Buffer.from(payload.body);
    for (let change = 0; change <= below(4); change += 1) {
      body = mutated(body, below);
    }
    yield { ...payload, body };
  }
}

/** Bytes that mean much to a decoder: ends of ranges, long varints, group tags, quotes and brackets. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0b, 0x0c, 0x22, 0x5b, 0x7b, 0x5c];

function mutated(body: Buffer, below: (limit: number) => number): Buffer<ArrayBuffer> {
  const at = below(body.length);
  const end = Math.min(body.length, at + 1 + below(16));
  const copy = Buffer.from(body);
  switch (below(6)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    case 1:
      copy[at] = TELLING[below(TELLING.length)] ?? 0;
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(end)]);
    case 4:
      return Buffer.concat([copy.subarray(0, end), copy.subarray(at)]);
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.alloc(1 + below(10), 0xff), copy.subarray(at)]);
  }
}
