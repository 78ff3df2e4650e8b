import { nanoHalves } from '../load/request-template.js';
import { attribute, WireWriter } from '../load/wire-writer.js';

/** A run of items of one exporter: their numbers, and when they happened. */
export interface ItemRange {
  readonly exporter: string;
  /** Number of the first item; the others follow without a gap. */
  readonly first: number;
  readonly count: number;
  /** Milliseconds since the epoch; later items are nanoseconds apart. */
  readonly timeMs: number;
  /** When the exporter began, ms: the start time of its cumulative counter. */
  readonly startedAt: number;
}

const CUMULATIVE = 2;

/** The metric whose points carry the items' numbers, and the counter whose value is how many items there were. */
export const CRASH_METRICS = { sequence: 'crash.sequence', counter: 'crash.requests' } as const;
/** The model of the predictions. */
export const CRASH_MODEL = 'crash';

/** An `ExportMetricsServiceRequest`: one gauge point per item, and one point of a cumulative counter. */
export function metricsBody(range: ItemRange): Buffer {
  return envelope(range, (scope) => {
    scope.message(2, (metric) => {
      metric.text(1, CRASH_METRICS.sequence).message(5, (gauge) => {
        for (let item = 0; item < range.count; item += 1) {
          gauge.message(1, (point) => {
            point.fixed64(3, nanoAfter(range, item)).fixed64(6, { low: range.first + item, high: 0 });
            attribute(point, 7, 'exporter', range.exporter);
          });
        }
      });
    });
    scope.message(2, (metric) => {
      metric.text(1, CRASH_METRICS.counter).message(7, (sum) => {
        sum.message(1, (point) => {
          point.fixed64(2, nanoHalves(range.startedAt)).fixed64(3, nanoAfter(range, 0));
          point.fixed64(6, { low: range.first + range.count, high: 0 });
          attribute(point, 7, 'exporter', range.exporter);
        });
        sum.varint(2, CUMULATIVE).varint(3, 1);
      });
    });
  });
}

/** An `ExportTraceServiceRequest`: one span per item, each with an id of its own. */
export function spansBody(range: ItemRange): Buffer {
  return envelope(range, (scope) => {
    for (let item = 0; item < range.count; item += 1) {
      scope.message(2, (span) => {
        span.bytes(1, identifier(range, item, 16)).bytes(2, identifier(range, item, 8));
        span.text(5, 'crash').varint(6, 1);
        span.fixed64(7, nanoAfter(range, item)).fixed64(8, nanoAfter(range, item));
        itemAttributes(span, 9, range, item);
      });
    }
  });
}

/** An `ExportLogsServiceRequest`: one record per item. */
export function logsBody(range: ItemRange): Buffer {
  return envelope(range, (scope) => {
    for (let item = 0; item < range.count; item += 1) {
      scope.message(2, (record) => {
        record.fixed64(1, nanoAfter(range, item)).varint(2, 9);
        record.message(5, (body) => body.text(1, `item ${range.first + item}`));
        itemAttributes(record, 6, range, item);
      });
    }
  });
}

/** NDJSON for `POST /v1/predictions`: one sample per item. */
export function predictionsBody(range: ItemRange): Buffer {
  const lines = Array.from({ length: range.count }, (_, item) =>
    JSON.stringify({
      prediction_id: `${range.exporter}-${range.first + item}`,
      model: CRASH_MODEL,
      timestamp: new Date(range.timeMs).toISOString(),
      features: { number: range.first + item },
    }),
  );
  return Buffer.from(lines.join('\n'));
}

/** The frame that metrics, spans and logs share: resource and scope around `build`. */
function envelope(range: ItemRange, build: (scope: WireWriter) => void): Buffer {
  const writer = new WireWriter().message(1, (resource) => {
    resource.message(1, (message) => attribute(message, 1, 'service.name', range.exporter));
    resource.message(2, (scope) => {
      scope.message(1, (name) => name.text(1, 'crash'));
      build(scope);
    });
  });
  return writer.finish().bytes;
}

function itemAttributes(writer: WireWriter, field: number, range: ItemRange, item: number): void {
  attribute(writer, field, 'exporter', range.exporter);
  attribute(writer, field, 'number', range.first + item);
}

function nanoAfter({ timeMs }: ItemRange, item: number): { low: number; high: number } {
  const { low, high } = nanoHalves(timeMs);
  const sum = low + item;
  return { low: sum >>> 0, high: high + (sum > 0xffff_ffff ? 1 : 0) };
}

/** Unique per exporter and item: the exporter's name and the number. */
function identifier({ exporter, first }: ItemRange, item: number, size: number): Buffer {
  const bytes = Buffer.alloc(size, 1);
  bytes.write(exporter.slice(-2), 0, 'latin1');
  bytes.writeUInt32BE(first + item, size - 4);
  return bytes;
}
