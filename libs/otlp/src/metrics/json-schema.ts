import { field, KEY_VALUE, message, repeated } from '../json/message-schema.js';
import type { MessageSchema } from '../json/message-schema.js';

const EXEMPLAR = message(
  [
    repeated('filteredAttributes', 7, KEY_VALUE),
    field('timeUnixNano', 2, 'fixed64'),
    field('asDouble', 3, 'double'),
    field('asInt', 6, 'sfixed64'),
    field('spanId', 4, 'id'),
    field('traceId', 5, 'id'),
  ],
  ['asDouble', 'asInt'],
);

const TIMES = [field('startTimeUnixNano', 2, 'fixed64'), field('timeUnixNano', 3, 'fixed64')];

const NUMBER_POINT = message(
  [
    repeated('attributes', 7, KEY_VALUE),
    ...TIMES,
    field('asDouble', 4, 'double'),
    field('asInt', 6, 'sfixed64'),
    repeated('exemplars', 5, EXEMPLAR),
    field('flags', 8, 'uint32'),
  ],
  ['asDouble', 'asInt'],
);

const HISTOGRAM_POINT = message([
  repeated('attributes', 9, KEY_VALUE),
  ...TIMES,
  field('count', 4, 'fixed64'),
  field('sum', 5, 'double'),
  repeated('bucketCounts', 6, 'fixed64'),
  repeated('explicitBounds', 7, 'double'),
  repeated('exemplars', 8, EXEMPLAR),
  field('flags', 10, 'uint32'),
  field('min', 11, 'double'),
  field('max', 12, 'double'),
]);

const BUCKETS = message([field('offset', 1, 'sint32'), repeated('bucketCounts', 2, 'uint64')]);

const EXPONENTIAL_HISTOGRAM_POINT = message([
  repeated('attributes', 1, KEY_VALUE),
  ...TIMES,
  field('count', 4, 'fixed64'),
  field('sum', 5, 'double'),
  field('scale', 6, 'sint32'),
  field('zeroCount', 7, 'fixed64'),
  field('positive', 8, BUCKETS),
  field('negative', 9, BUCKETS),
  field('flags', 10, 'uint32'),
  repeated('exemplars', 11, EXEMPLAR),
  field('min', 12, 'double'),
  field('max', 13, 'double'),
  field('zeroThreshold', 14, 'double'),
]);

const SUMMARY_POINT = message([
  repeated('attributes', 7, KEY_VALUE),
  ...TIMES,
  field('count', 4, 'fixed64'),
  field('sum', 5, 'double'),
  repeated('quantileValues', 6, message([field('quantile', 1, 'double'), field('value', 2, 'double')])),
  field('flags', 8, 'uint32'),
]);

/** opentelemetry.proto.resource.v1.Resource. */
export const RESOURCE = message([repeated('attributes', 1, KEY_VALUE)]);

/** opentelemetry.proto.common.v1.InstrumentationScope. */
export const SCOPE = message([
  field('name', 1, 'string'),
  field('version', 2, 'string'),
  repeated('attributes', 3, KEY_VALUE),
]);

/** What stands in a Metric beside its data. */
export const METRIC_HEAD = message([
  field('name', 1, 'string'),
  field('description', 2, 'string'),
  field('unit', 3, 'string'),
]);

/** The data of a Metric: its field number, what stands beside the points, and the message of a point. */
export interface DataSchema {
  readonly number: number;
  readonly head: MessageSchema;
  readonly point: MessageSchema;
}

const TEMPORALITY = field('aggregationTemporality', 2, 'enum');

/** The kinds of data by JSON name. */
export const DATA: Readonly<Record<string, DataSchema>> = {
  gauge: { number: 5, head: message([]), point: NUMBER_POINT },
  sum: { number: 7, head: message([TEMPORALITY, field('isMonotonic', 3, 'bool')]), point: NUMBER_POINT },
  histogram: { number: 9, head: message([TEMPORALITY]), point: HISTOGRAM_POINT },
  exponentialHistogram: { number: 10, head: message([TEMPORALITY]), point: EXPONENTIAL_HISTOGRAM_POINT },
  summary: { number: 11, head: message([]), point: SUMMARY_POINT },
};

/** Enum names: senders must not use them, and some do. */
export const ENUM_NAMES: Readonly<Record<string, number>> = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
  AGGREGATION_TEMPORALITY_DELTA: 1,
  AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
};
