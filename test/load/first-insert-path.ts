import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Chdb from 'chdb';
import { metricsRequest } from './metrics-request.js';
import { decodeByReflection } from './otlp-reflection.js';
import type { RequestTemplate } from './request-template.js';
import { spansRequest } from './spans-request.js';

// What a straightforward receiver does, as a baseline in the same run: protobufjs decodes a request into objects, and
// the rows go as JSONEachRow text into the exporter's wide table, one insert per request. No HTTP, no fsync: both would
// only make it slower.
//
//   node dist/test/load/first-insert-path.js metrics|spans ITEMS_PER_REQUEST SECONDS FOLDER
//
// Prints one line of JSON: {"items", "seconds", "cpuSeconds"}.

/** What the baseline managed. */
export interface FirstInsertPathResult {
  readonly items: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Resource {
  readonly attributes: readonly Attribute[];
}
type Item = Readonly<Record<string, unknown>> & { readonly attributes: readonly Attribute[] };

const EXPORTERS = 8;
const DDL = {
  metrics: `CREATE TABLE wide (ResourceAttributes Map(LowCardinality(String), String), ServiceName LowCardinality(String),
    MetricName LowCardinality(String), Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9),
    TimeUnix DateTime64(9), Value Float64) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
    ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix))`,
  spans: `CREATE TABLE wide (ResourceAttributes Map(LowCardinality(String), String), ServiceName LowCardinality(String),
    TraceId String, SpanId String, ParentSpanId String, SpanName LowCardinality(String), SpanKind LowCardinality(String),
    StatusCode LowCardinality(String), Timestamp DateTime64(9), Duration UInt64,
    SpanAttributes Map(LowCardinality(String), String)) ENGINE = MergeTree PARTITION BY toDate(Timestamp)
    ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
};

const [kind = 'metrics', items = '1000', seconds = '10', folder = '.'] = process.argv.slice(2);
const isMetrics = kind === 'metrics';
const dataDir = mkdtempSync(join(folder, 'first-insert-path-'));
const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;
const session = new Session(dataDir);
await session.queryAsync(DDL[isMetrics ? 'metrics' : 'spans']);

const target = { host: '-', port: 0 };
const templates = Array.from({ length: EXPORTERS }, (_, exporter) =>
  isMetrics
    ? metricsRequest(target, { exporter, points: Number(items) })
    : spansRequest(target, exporter, Number(items)),
);
const cpuBefore = process.cpuUsage();
const start = performance.now();
let done = 0;
for (let round = 0; performance.now() - start < Number(seconds) * 1_000; round += 1) {
  const template = templates[round % EXPORTERS]!;
  template.stamp(Date.now());
  const rows = rowsOf(bodyOf(template));
  await session.queryAsync(`INSERT INTO wide FORMAT JSONEachRow\n${rows.join('\n')}`);
  done += template.items;
}
const elapsed = (performance.now() - start) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
const result: FirstInsertPathResult = {
  items: done,
  seconds: elapsed,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
};
session.close();
rmSync(dataDir, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

function bodyOf({ bytes }: RequestTemplate): Uint8Array {
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
}

function rowsOf(body: Uint8Array): string[] {
  const rows: string[] = [];
  if (isMetrics) {
    const { resourceMetrics } = decodeByReflection('MetricsRequest', body) as {
      resourceMetrics: { resource: Resource; scopeMetrics: { metrics: MetricMessage[] }[] }[];
    };
    for (const { resource, scopeMetrics } of resourceMetrics) {
      for (const metric of scopeMetrics.flatMap((each) => each.metrics)) {
        for (const point of (metric.sum ?? metric.gauge)?.dataPoints ?? []) {
          rows.push(pointRow(resource, metric.name, point));
        }
      }
    }
    return rows;
  }
  const { resourceSpans } = decodeByReflection('TraceRequest', body) as {
    resourceSpans: { resource: Resource; scopeSpans: { spans: Item[] }[] }[];
  };
  for (const { resource, scopeSpans } of resourceSpans) {
    for (const span of scopeSpans.flatMap((each) => each.spans)) {
      rows.push(spanRow(resource, span));
    }
  }
  return rows;
}

interface MetricMessage {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly Item[] };
  readonly gauge?: { readonly dataPoints: readonly Item[] };
}

function pointRow(resource: Resource, name: string, point: Item): string {
  const labels = textMap(resource.attributes);
  return JSON.stringify({
    ResourceAttributes: labels,
    ServiceName: labels['service.name'],
    MetricName: name,
    Attributes: textMap(point.attributes),
    StartTimeUnix: seconds64(point['startTimeUnixNano'] ?? point['timeUnixNano']),
    TimeUnix: seconds64(point['timeUnixNano']),
    Value: Number(point['asInt'] ?? point['asDouble']),
  });
}

function spanRow(resource: Resource, span: Item): string {
  const labels = textMap(resource.attributes);
  const status = span['status'] as { code: number };
  return JSON.stringify({
    ResourceAttributes: labels,
    ServiceName: labels['service.name'],
    TraceId: hex(span['traceId']),
    SpanId: hex(span['spanId']),
    ParentSpanId: hex(span['parentSpanId']),
    SpanName: span['name'],
    SpanKind: String(span['kind']),
    StatusCode: String(status.code),
    Timestamp: seconds64(span['startTimeUnixNano']),
    Duration: String(BigInt(String(span['endTimeUnixNano'])) - BigInt(String(span['startTimeUnixNano']))),
    SpanAttributes: textMap(span.attributes),
  });
}

function textMap(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}

function hex(bytes: unknown): string {
  return bytes === undefined ? '' : Buffer.from(bytes as Uint8Array).toString('hex');
}

/** Nanoseconds as ClickHouse reads a DateTime64(9) from text: seconds, a point, nine digits. */
function seconds64(nano: unknown): string {
  const digits = String(nano).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
