import type { Labels } from '@tidewatch/core';
import type { ExpositionValue, Label, ScrapedExemplar } from './exposition.js';
import { ProtobufWriter } from './protobuf-writer.js';
import type {
  ScrapedHistogram,
  ScrapedMetric,
  ScrapedNumber,
  ScrapedPoint,
  ScrapedSummary,
} from './scraped-metric.js';

/** The instrumentation scope of scraped series. Without a version: an upgrade of Tidewatch must not start new series. */
const SCOPE = 'tidewatch.scrape';
const CUMULATIVE = 2;
const NO_RECORDED_VALUE = 1;
const MESSAGE_FIELD = { gauge: 5, counter: 7, histogram: 9, summary: 11 } as const;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Encodes metrics as an OTLP `ExportMetricsServiceRequest` (opentelemetry/proto/collector/metrics/v1), so that scraped
 * series take the way of pushed ones from the decoder on.
 *
 * @param resource attributes of the target, `service.name` among them
 * @param timeUnixNano the time of points that have none of their own
 */
export function encodeOtlpRequest(
  metrics: readonly ScrapedMetric[],
  resource: Labels,
  timeUnixNano: bigint,
): Uint8Array {
  const writer = new ProtobufWriter();
  writer.message(1, () => {
    writer.message(1, () => writeAttributes(writer, 1, Object.entries(resource)));
    writer.message(2, () => {
      writer.message(1, () => writer.string(1, SCOPE));
      for (const metric of metrics) {
        writer.message(2, () => writeMetric(writer, metric, timeUnixNano));
      }
    });
  });
  return writer.finish();
}

/** Metric: name 1, description 2, unit 3, data 5 to 11; each kind of data has its points in field 1. */
function writeMetric(writer: ProtobufWriter, metric: ScrapedMetric, time: bigint): void {
  writer.string(1, metric.name);
  if (metric.description !== '') {
    writer.string(2, metric.description);
  }
  if (metric.unit !== '') {
    writer.string(3, metric.unit);
  }
  writer.message(MESSAGE_FIELD[metric.kind], () => {
    for (const point of metric.points) {
      writer.message(1, () => writePoint(writer, metric, point, time));
    }
    if (metric.kind === 'counter' || metric.kind === 'histogram') {
      writer.uint(2, CUMULATIVE);
    }
    if (metric.kind === 'counter') {
      writer.uint(3, 1);
    }
  });
}

/** All points have start 2 and time 3; attributes are 9 in histograms, 7 elsewhere; flags 10 in histograms, else 8. */
function writePoint(writer: ProtobufWriter, metric: ScrapedMetric, point: ScrapedPoint, time: bigint): void {
  const isHistogram = metric.kind === 'histogram';
  if (point.startTimeUnixNano > 0n) {
    writer.fixed64(2, point.startTimeUnixNano);
  }
  writer.fixed64(3, point.timeUnixNano ?? time);
  writeAttributes(writer, isHistogram ? 9 : 7, point.attributes);
  switch (point.kind) {
    case 'number':
      return writeNumber(writer, point, time);
    case 'histogram':
      return writeHistogram(writer, point, time);
    case 'summary':
      return writeSummary(writer, point);
    case 'end':
      return writer.uint(isHistogram ? 10 : 8, NO_RECORDED_VALUE);
  }
}

/** NumberDataPoint: as_double 4, exemplars 5, as_int 6. */
function writeNumber(writer: ProtobufWriter, point: ScrapedNumber, time: bigint): void {
  writeValue(writer, point.value, 4, 6);
  if (point.exemplar !== null) {
    writeExemplar(writer, 5, point.exemplar, point.timeUnixNano ?? time);
  }
}

/** HistogramDataPoint: count 4, sum 5, bucket_counts 6, explicit_bounds 7, exemplars 8. */
function writeHistogram(writer: ProtobufWriter, point: ScrapedHistogram, time: bigint): void {
  writer.fixed64(4, point.count);
  if (point.sum !== null) {
    writer.double(5, point.sum);
  }
  if (point.bucketCounts.length > 0) {
    writer.packedFixed64(6, point.bucketCounts);
  }
  if (point.bounds.length > 0) {
    writer.packedDouble(7, point.bounds);
  }
  for (const exemplar of point.exemplars) {
    writeExemplar(writer, 8, exemplar, point.timeUnixNano ?? time);
  }
}

/** SummaryDataPoint: count 4, sum 5, quantile_values 6 with quantile 1 and value 2. */
function writeSummary(writer: ProtobufWriter, point: ScrapedSummary): void {
  writer.fixed64(4, point.count);
  writer.double(5, point.sum);
  for (const [quantile, value] of point.quantiles) {
    writer.message(6, () => {
      writer.double(1, quantile);
      writer.double(2, value);
    });
  }
}

/** Exemplar: time 2, as_double 3, span_id 4, trace_id 5, as_int 6, filtered_attributes 7. */
function writeExemplar(writer: ProtobufWriter, field: number, exemplar: ScrapedExemplar, time: bigint): void {
  writer.message(field, () => {
    writer.fixed64(2, exemplar.timeUnixNano ?? time);
    writeValue(writer, exemplar.value, 3, 6);
    const others = exemplar.labels.filter(([name, value]) => {
      const id = idOf(name, value);
      if (id !== undefined) {
        writer.raw(name === 'span_id' ? 4 : 5, id);
      }
      return id === undefined;
    });
    writeAttributes(writer, 7, others);
  });
}

function writeValue(writer: ProtobufWriter, value: ExpositionValue, double: number, int: number): void {
  if (value.integer !== null && value.integer >= INT64_MIN && value.integer <= INT64_MAX) {
    writer.fixed64(int, value.integer);
  } else {
    writer.double(double, value.number);
  }
}

/** KeyValue: key 1, value 2; AnyValue: string_value 1. */
function writeAttributes(writer: ProtobufWriter, field: number, attributes: readonly Label[]): void {
  for (const [key, value] of attributes) {
    writer.message(field, () => {
      writer.string(1, key);
      writer.message(2, () => writer.string(1, value));
    });
  }
}

/** The bytes of a trace or span id; `undefined` for other labels and for ids that are none. */
function idOf(name: string, value: string): Uint8Array | undefined {
  const length = name === 'trace_id' ? 16 : name === 'span_id' ? 8 : 0;
  if (value.length !== length * 2 || length === 0 || !/^[0-9a-f]+$/i.test(value) || /^0+$/.test(value)) {
    return undefined;
  }
  return Uint8Array.from({ length }, (_, index) => parseInt(value.slice(index * 2, index * 2 + 2), 16));
}
