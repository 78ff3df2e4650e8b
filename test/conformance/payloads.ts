import { double, fixed64, integer, lengthDelimited } from './wire.js';

/** The three signals, by their path and service. */
export const SIGNALS = ['metrics', 'traces', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

/** A request in both encodings. */
export interface Payload {
  readonly protobuf: Buffer;
  readonly json: unknown;
}

/** Nanoseconds since the epoch, now: what is sent must look recent. */
export function nowNano(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

let counter = 0;

/** Distinguishes one request from the next, so that none looks like a resend of another. */
function uniqueName(): string {
  counter += 1;
  return `conformance.${process.pid}.${counter}.${Date.now().toString(36)}`;
}

/** KeyValue { key = 1, value = 2 AnyValue { string_value = 1 } }, as attribute field `field`. */
export function stringAttribute(field: number, name: string, value: string): Buffer {
  return lengthDelimited(field, lengthDelimited(1, name), lengthDelimited(2, lengthDelimited(1, value)));
}

const RESOURCE = lengthDelimited(1, stringAttribute(1, 'service.name', 'otlp-conformance'));
const JSON_RESOURCE = {
  attributes: [{ key: 'service.name', value: { stringValue: 'otlp-conformance' } }],
};

/** Wraps items (metrics, spans or log records, field 2 of their scope) into an export request of their signal. */
export function envelope(items: readonly Buffer[], resource: Buffer = RESOURCE): Buffer {
  const scope = lengthDelimited(1, lengthDelimited(1, 'conformance'));
  const scoped = lengthDelimited(2, scope, ...items.map((item) => lengthDelimited(2, item)));
  return lengthDelimited(1, resource, scoped);
}

/** JSON names of the nesting per signal. */
export const JSON_NAMES: Readonly<Record<Signal, readonly [string, string, string]>> = {
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
};

/** The same in JSON. */
export function jsonEnvelope(
  signal: Signal,
  items: readonly unknown[],
  resource: unknown = JSON_RESOURCE,
): unknown {
  const [resources, scopes, leaves] = JSON_NAMES[signal];
  return { [resources]: [{ resource, [scopes]: [{ scope: { name: 'conformance' }, [leaves]: items }] }] };
}

/** NumberDataPoint { time_unix_nano = 3, as_double = 4 } and further fields. */
export function numberPoint(time: bigint, value: number, ...more: readonly Buffer[]): Buffer {
  return Buffer.concat([fixed64(3, time), double(4, value), ...more]);
}

/** Metric { name = 1, gauge = 5 { data_points = 1 } }. */
export function gauge(points: readonly Buffer[], name: string = uniqueName()): Buffer {
  const data = lengthDelimited(5, ...points.map((point) => lengthDelimited(1, point)));
  return Buffer.concat([lengthDelimited(1, name), data]);
}

/** A gauge with the given points, in JSON. */
export function jsonGauge(points: readonly unknown[]): unknown {
  return { name: uniqueName(), gauge: { dataPoints: points } };
}

/** `bytes` random-looking but unique bytes for ids. */
function id(bytes: number): Buffer {
  counter += 1;
  const value = Buffer.alloc(bytes, 0x5a);
  value.writeUInt32BE(process.pid % 0xffffffff, 0);
  value.writeUInt32BE(counter, bytes - 4);
  return value;
}

/** Span { trace_id = 1, span_id = 2, name = 5, kind = 6, start = 7, end = 8 }. */
export function span(traceId: Buffer = id(16), spanId: Buffer = id(8), ...more: readonly Buffer[]): Buffer {
  const now = nowNano();
  return Buffer.concat([
    ...(traceId.length === 0 ? [] : [lengthDelimited(1, traceId)]),
    ...(spanId.length === 0 ? [] : [lengthDelimited(2, spanId)]),
    lengthDelimited(5, 'predict'),
    integer(6, 2),
    fixed64(7, now - 1_000_000n),
    fixed64(8, now),
    ...more,
  ]);
}

/** A span in JSON; `fields` replace or add. */
export function jsonSpan(fields: Readonly<Record<string, unknown>> = {}): unknown {
  const now = nowNano();
  return {
    traceId: id(16).toString('hex'),
    spanId: id(8).toString('hex'),
    name: 'predict',
    kind: 2,
    startTimeUnixNano: String(now - 1_000_000n),
    endTimeUnixNano: String(now),
    ...fields,
  };
}

/** LogRecord { time = 1, severity_number = 2, severity_text = 3, body = 5 }. */
export function logRecord(...more: readonly Buffer[]): Buffer {
  return Buffer.concat([
    fixed64(1, nowNano()),
    integer(2, 9),
    lengthDelimited(3, 'INFO'),
    lengthDelimited(5, lengthDelimited(1, uniqueName())),
    ...more,
  ]);
}

/** A log record in JSON; `fields` replace or add. */
export function jsonLogRecord(fields: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    timeUnixNano: String(nowNano()),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: uniqueName() },
    ...fields,
  };
}

/** One valid, never repeated item of a signal. */
export function oneItem(signal: Signal): Payload {
  switch (signal) {
    case 'metrics':
      return {
        protobuf: envelope([gauge([numberPoint(nowNano(), 1.5)])]),
        json: jsonEnvelope('metrics', [jsonGauge([{ timeUnixNano: String(nowNano()), asDouble: 1.5 }])]),
      };
    case 'traces':
      return { protobuf: envelope([span()]), json: jsonEnvelope('traces', [jsonSpan()]) };
    case 'logs':
      return { protobuf: envelope([logRecord()]), json: jsonEnvelope('logs', [jsonLogRecord()]) };
  }
}
