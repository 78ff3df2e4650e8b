import { decodeMetrics, SeriesCache } from '@tidewatch/otlp';
import protobuf from 'protobufjs';
import { median } from 'simple-statistics';
import { figure, type Figure } from './figure.js';

const SERIES = 2_000;
const POINTS = 1_000;
const METRICS = 10;
const WARM_UP = 12;
const RUNS = 41;
const REQUESTS_PER_RUN = 100;
/** The baseline is slower by more than ten times: fewer requests make runs of about the same length. */
const BASELINE_REQUESTS_PER_RUN = 10;
const START = 1_790_000_000_000;
const DAY = 20_717;

/** The messages that a request of sums needs, in the words of opentelemetry-proto. */
const PROTO = `
syntax = "proto3";
message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Metric { string name = 1; string description = 2; string unit = 3; oneof data { Gauge gauge = 5; Sum sum = 7; } }
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message NumberDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7; uint32 flags = 8;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;

const RequestType = protobuf.parse(PROTO, { keepCase: false }).root.lookupType('ExportMetricsServiceRequest');

/** A request as its encoded body and the positions of the points' times in it. */
interface Request {
  readonly body: Buffer;
  readonly times: Uint32Array;
}

/**
 * `decode-points`: number points decoded to columns in a second on one core, and `decode-points-ratio`: how many times
 * that is what protobufjs and JSON text reach.
 *
 * 1,000 points with four attributes each in a request, ten metrics, 2,000 series, so that every other request has the
 * same series; times are patched before every request, as an exporter would send it. The two ways take turns. The
 * first request of all is checked to give the same rows in both.
 */
export async function benchDecodePoints(): Promise<Figure[]> {
  const requests = Array.from({ length: SERIES / POINTS }, (_, half) => makeRequest(half * POINTS));
  const context = {
    cache: new SeriesCache({ maxBytes: 64 << 20, limits: { perMetric: 100_000, perProject: 1_000_000 } }),
    times: { earliest: START - 86_400_000, latest: START + 86_400_000 },
    day: DAY,
  };
  const decode = (body: Buffer) => decodeMetrics(body, 'protobuf', context).accepted;
  checkAgreement(requests[0]!.body, context);
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    const rates = [
      pointsPerSecond(requests, REQUESTS_PER_RUN, decode),
      pointsPerSecond(requests, BASELINE_REQUESTS_PER_RUN, decodeToJsonText),
    ] as const;
    if (run >= 0) {
      ours.push(rates[0]);
      baseline.push(rates[1]);
    }
  }
  const baselineName = 'protobufjs decode and JSONEachRow text of the same rows';
  const shared = { baseline: median(baseline), baselineName };
  return [
    figure({
      name: 'decode-points',
      value: median(ours),
      unit: 'points/s',
      ...shared,
      floor: { atLeast: 2_000_000 },
    }),
    figure({
      name: 'decode-points-ratio',
      value: median(ours) / median(baseline),
      unit: 'x',
      baseline: 1,
      baselineName,
      floor: { atLeast: 10 },
    }),
  ];
}

function pointsPerSecond(
  requests: readonly Request[],
  count: number,
  decode: (body: Buffer) => number,
): number {
  let points = 0;
  let milliseconds = 0;
  for (let index = 0; index < count; index += 1) {
    const request = requests[index % requests.length]!;
    patchTimes(request);
    const start = performance.now();
    points += decode(request.body);
    milliseconds += performance.now() - start;
  }
  return points / (milliseconds / 1_000);
}

let clock = 0;

/** Gives every point of a request a new time. */
function patchTimes({ body, times }: Request): void {
  clock = (clock + 1) % 3_600;
  for (let index = 0; index < times.length; index += 1) {
    body.writeBigUInt64LE(BigInt(START + clock * 1_000) * 1_000_000n, times[index]);
  }
}

function makeRequest(firstSeries: number): Request {
  const metrics = Array.from({ length: METRICS }, (_, metric) => {
    const dataPoints = Array.from({ length: POINTS / METRICS }, (_, point) =>
      makePoint(firstSeries + metric * (POINTS / METRICS) + point, metric),
    );
    const head = { name: `inference.metric.${metric}`, description: 'What it measures', unit: '1' };
    return metric % 2 === 0
      ? { ...head, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } }
      : { ...head, gauge: { dataPoints } };
  });
  const resource = {
    attributes: attributes({ 'service.name': 'ranker-api', 'host.name': 'node-7', 'cloud.region': 'eu-1' }),
  };
  const scope = { name: 'tidewatch.bench', version: '1.0.0' };
  const message = { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] };
  const body = Buffer.from(RequestType.encode(RequestType.fromObject(message)).finish());
  return { body, times: positionsOf(body, timeBytes(START)) };
}

function makePoint(series: number, metric: number): object {
  return {
    startTimeUnixNano: String(BigInt(START - 3_600_000) * 1_000_000n),
    timeUnixNano: String(BigInt(START) * 1_000_000n),
    ...(metric % 2 === 0 ? { asInt: String(1_000_000 + series) } : { asDouble: series / 8 }),
    attributes: attributes({
      'model.name': `ranker-${series % 7}`,
      'deployment.id': `d-${series}`,
      'http.route': '/v2/models/infer',
      stage: ['preprocess', 'queue', 'model', 'postprocess'][series % 4]!,
    }),
  };
}

function attributes(labels: Readonly<Record<string, string>>): object[] {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function timeBytes(milliseconds: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(milliseconds) * 1_000_000n);
  return bytes;
}

function positionsOf(body: Buffer, pattern: Buffer): Uint32Array {
  const positions: number[] = [];
  for (let at = body.indexOf(pattern); at >= 0; at = body.indexOf(pattern, at + 1)) {
    positions.push(at);
  }
  return Uint32Array.from(positions);
}

interface PlainPoint {
  readonly startTimeUnixNano: unknown;
  readonly timeUnixNano: unknown;
  readonly asInt?: unknown;
  readonly asDouble?: number;
  readonly flags: number;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
}

interface PlainRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: PlainPoint['attributes'] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly sum?: { readonly dataPoints: readonly PlainPoint[] };
        readonly gauge?: { readonly dataPoints: readonly PlainPoint[] };
      }[];
    }[];
  }[];
}

/** The straightforward way: objects of every message, then a line of JSON for every point. Returns the lines. */
function jsonRows(body: Buffer): string[] {
  const request = RequestType.decode(body) as unknown as PlainRequest;
  const rows: string[] = [];
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    const resourceLabels = labelsOf(resource.attributes);
    for (const { scope, metrics } of scopeMetrics) {
      for (const { name, unit, sum, gauge } of metrics) {
        for (const point of (sum ?? gauge)?.dataPoints ?? []) {
          rows.push(
            JSON.stringify({
              ServiceName: resourceLabels['service.name'],
              ResourceAttributes: resourceLabels,
              ScopeName: scope.name,
              ScopeVersion: scope.version,
              MetricName: name,
              MetricUnit: unit,
              Attributes: labelsOf(point.attributes),
              StartTimeUnix: String(point.startTimeUnixNano),
              TimeUnix: String(point.timeUnixNano),
              Value: Object.hasOwn(point, 'asInt') ? Number(point.asInt) : point.asDouble,
              Flags: point.flags,
            }),
          );
        }
      }
    }
  }
  return rows;
}

function labelsOf(pairs: PlainPoint['attributes']): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { key, value } of pairs) {
    labels[key] = value.stringValue;
  }
  return labels;
}

function decodeToJsonText(body: Buffer): number {
  const rows = jsonRows(body);
  // The text is looked at, so that joining it cannot be optimised away.
  return rows.join('\n').length > 0 ? rows.length : 0;
}

function checkAgreement(body: Buffer, context: Parameters<typeof decodeMetrics>[2]): void {
  const { series, numbers } = decodeMetrics(body, 'protobuf', context);
  const rows = jsonRows(body).map((row) => JSON.parse(row) as Record<string, unknown>);
  const isSame =
    rows.length === numbers.length &&
    rows.every((row, index) => {
      const { metricName, attributes: labels } = series[numbers.seriesIndex[index]!]!;
      const isSameSeries =
        row['MetricName'] === metricName &&
        Object.entries(labels).every(
          ([key, text]) => (row['Attributes'] as Record<string, string>)[key] === text,
        );
      return (
        isSameSeries &&
        row['Value'] === numbers.value[index] &&
        row['TimeUnix'] === String(numbers.timeUnixNano[index])
      );
    });
  if (!isSame) {
    throw new Error('The two ways to decode a request disagree.');
  }
}
