import { attributesAt, decodeTraces, textAt } from '@tidewatch/otlp';
import type { SpanBatch } from '@tidewatch/otlp';
import protobuf from 'protobufjs';
import { median } from 'simple-statistics';
import { figure, type Figure } from './figure.js';

const SPANS = 200;
const REQUESTS = 16;
const WARM_UP = 8;
const RUNS = 41;
const REQUESTS_PER_RUN = 160;
/** The baseline is slower by about ten times: fewer requests make runs of about the same length. */
const BASELINE_REQUESTS_PER_RUN = 16;
const START = 1_790_000_000_000;
const TIMES = { earliest: START - 86_400_000, latest: START + 86_400_000 };

/** The messages that a request of spans needs, in the words of opentelemetry-proto. */
const PROTO = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; fixed32 flags = 16;
  string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;

const RequestType = protobuf.parse(PROTO, { keepCase: false }).root.lookupType('ExportTraceServiceRequest');

/**
 * `decode-spans`: spans decoded to columns in a second on one core.
 *
 * 200 spans a request, each with eight attributes (six texts, an integer and a double) and one event with two; 16
 * requests that differ in ids, times and values. The two ways take turns, and are first checked to give the same rows.
 */
export async function benchDecodeSpans(): Promise<Figure[]> {
  const bodies = Array.from({ length: REQUESTS }, (_, request) => makeBody(request));
  const decode = (body: Buffer) => decodeTraces(body, 'protobuf', { times: TIMES }).accepted;
  checkAgreement(bodies[0]!);
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    const rates = [
      spansPerSecond(bodies, REQUESTS_PER_RUN, decode),
      spansPerSecond(bodies, BASELINE_REQUESTS_PER_RUN, decodeToJsonText),
    ] as const;
    if (run >= 0) {
      ours.push(rates[0]);
      baseline.push(rates[1]);
    }
  }
  return [
    figure({
      name: 'decode-spans',
      value: median(ours),
      unit: 'spans/s',
      baseline: median(baseline),
      baselineName: 'protobufjs decode and JSONEachRow text of the same rows',
      floor: { atLeast: 400_000 },
    }),
  ];
}

function spansPerSecond(bodies: readonly Buffer[], count: number, decode: (body: Buffer) => number): number {
  let spans = 0;
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    spans += decode(bodies[index % bodies.length]!);
  }
  return spans / ((performance.now() - start) / 1_000);
}

function makeBody(request: number): Buffer {
  const resource = {
    attributes: attributes({ 'service.name': 'ranker-api', 'host.name': 'node-7', 'cloud.region': 'eu-1' }),
  };
  const scope = { name: 'tidewatch.bench', version: '1.0.0' };
  const spans = Array.from({ length: SPANS }, (_, index) => makeSpan(request * SPANS + index));
  const message = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
  return Buffer.from(RequestType.encode(RequestType.fromObject(message)).finish());
}

function makeSpan(number: number): object {
  const start = BigInt(START + number) * 1_000_000n + BigInt(number * 7_919);
  return {
    traceId: id(16, number >> 2),
    spanId: id(8, number),
    parentSpanId: number % 4 === 0 ? undefined : id(8, number - 1),
    name: ['POST /v2/models/infer', 'preprocess', 'model', 'postprocess'][number % 4],
    kind: number % 4 === 0 ? 2 : 1,
    flags: 0x101,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 12_345_678n),
    attributes: attributes({
      'http.request.method': 'POST',
      'http.route': '/v2/models/infer',
      'http.response.status_code': number % 50 === 0 ? 503 : 200,
      'model.name': `ranker-${number % 7}`,
      'model.version': '1.4.2',
      'deployment.id': `d-${number % 13}`,
      request_id: `r-${number.toString(16).padStart(12, '0')}`,
      'inference.queue.wait': number / 1_024,
    }),
    events: [
      {
        timeUnixNano: String(start + 1_000_000n),
        name: 'batch.formed',
        attributes: attributes({ 'batch.size': number % 32, 'batch.reason': 'timeout' }),
      },
    ],
    status: number % 50 === 0 ? { code: 2, message: 'no replica is ready' } : undefined,
  };
}

function id(size: number, number: number): Buffer {
  const bytes = Buffer.alloc(size, 0xab);
  bytes.writeUInt32LE(number + 1);
  return bytes;
}

function attributes(values: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(values).map(([key, value]) => {
    if (typeof value === 'string') {
      return { key, value: { stringValue: value } };
    }
    const isDouble = key === 'inference.queue.wait';
    return { key, value: isDouble ? { doubleValue: value } : { intValue: value } };
  });
}

type PlainAttributes = readonly {
  readonly key: string;
  readonly value: {
    readonly value?: 'stringValue' | 'intValue' | 'doubleValue' | 'boolValue';
  } & Readonly<Record<string, unknown>>;
}[];

interface PlainSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly flags: number;
  readonly startTimeUnixNano: { toString(): string };
  readonly endTimeUnixNano: { toString(): string };
  readonly attributes: PlainAttributes;
  readonly events: readonly {
    readonly timeUnixNano: { toString(): string };
    readonly name: string;
    readonly attributes: PlainAttributes;
  }[];
  readonly status: { readonly code: number; readonly message: string } | null;
}

interface PlainRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: PlainAttributes };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly PlainSpan[];
    }[];
  }[];
}

/** The straightforward way: objects of every message, then a line of JSON for every span. Returns the lines. */
function jsonRows(body: Buffer): string[] {
  const request = RequestType.decode(body) as unknown as PlainRequest;
  const rows: string[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const resourceLabels = labelsOf(resource.attributes);
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        rows.push(
          JSON.stringify({
            ServiceName: resourceLabels['service.name'],
            ResourceAttributes: resourceLabels,
            ScopeName: scope.name,
            ScopeVersion: scope.version,
            ...spanColumns(span),
          }),
        );
      }
    }
  }
  return rows;
}

function spanColumns(span: PlainSpan): object {
  return {
    Timestamp: span.startTimeUnixNano.toString(),
    End: span.endTimeUnixNano.toString(),
    TraceId: span.traceId.toString('hex'),
    SpanId: span.spanId.toString('hex'),
    ParentSpanId: span.parentSpanId.toString('hex'),
    TraceState: span.traceState,
    SpanName: span.name,
    SpanKind: span.kind,
    Flags: span.flags,
    SpanAttributes: labelsOf(span.attributes),
    StatusCode: span.status?.code ?? 0,
    StatusMessage: span.status?.message ?? '',
    'Events.Timestamp': span.events.map((event) => event.timeUnixNano.toString()),
    'Events.Name': span.events.map((event) => event.name),
    'Events.Attributes': span.events.map((event) => labelsOf(event.attributes)),
  };
}

function labelsOf(pairs: PlainAttributes): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { key, value } of pairs) {
    labels[key] = String(value[value.value ?? 'stringValue']);
  }
  return labels;
}

function decodeToJsonText(body: Buffer): number {
  const rows = jsonRows(body);
  // The text is what an insert would send: it has to be made, not just its pieces.
  return rows.join('\n').length > 0 ? rows.length : 0;
}

function checkAgreement(body: Buffer): void {
  const batch = decodeTraces(body, 'protobuf', { times: TIMES });
  const rows = jsonRows(body).map((row) => JSON.parse(row) as Record<string, unknown>);
  const isSame =
    rows.length === batch.length &&
    rows.every((row, index) =>
      Object.entries(columnsOf(batch, index)).every(
        ([name, value]) => JSON.stringify(row[name]) === JSON.stringify(value),
      ),
    );
  if (!isSame) {
    throw new Error('The two ways to decode a request disagree.');
  }
}

function columnsOf(batch: SpanBatch, row: number): Record<string, unknown> {
  const event = batch.eventOffsets[row]!;
  return {
    Timestamp: String(batch.startTimeUnixNano[row]),
    End: String(batch.endTimeUnixNano[row]),
    TraceId: Buffer.from(batch.traceId.subarray(16 * row, 16 * row + 16)).toString('hex'),
    SpanName: textAt(batch.name, row),
    SpanKind: batch.kind[row],
    SpanAttributes: Object.fromEntries(attributesAt(batch.attributes, row)),
    StatusCode: batch.statusCode[row],
    StatusMessage: textAt(batch.statusMessage, row),
    'Events.Name': [textAt(batch.events.name, event)],
    'Events.Attributes': [Object.fromEntries(attributesAt(batch.events.attributes, event))],
  };
}
