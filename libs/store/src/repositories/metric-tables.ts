import type { HistogramPoints, MetricSeries, NumberPoints } from '@tidewatch/otlp';
import {
  array,
  bool,
  date,
  enum8,
  float64,
  int64,
  lowCardinality,
  map,
  nullable,
  string,
  uint32,
  uint64,
  dateTime64Nano,
} from '../column-types.js';
import { RowBinaryWriter } from '../row-binary.js';
import { column, defineTable, tableShape } from '../table-definition.js';

/** A series on one day. */
export interface SeriesRow {
  readonly project: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly series: MetricSeries;
}

const labels = map(lowCardinality, string);

/** `metric_series`: every label of a series, once per day on which it has points. */
export const METRIC_SERIES = defineTable<SeriesRow>(
  'metric_series',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Day', date, (row) => row.day),
    column('MetricName', lowCardinality, ({ series }) => series.metricName),
    column('SeriesHash', uint64, ({ series }) => series.hash),
    column(
      'MetricType',
      enum8({ gauge: 1, sum: 2, histogram: 3, exponential_histogram: 4, summary: 5 }),
      ({ series }) => series.metricType,
    ),
    column(
      'AggregationTemporality',
      enum8({ unspecified: 0, delta: 1, cumulative: 2 }),
      ({ series }) => series.temporality,
    ),
    column('IsMonotonic', bool, ({ series }) => series.isMonotonic),
    column('MetricUnit', lowCardinality, ({ series }) => series.unit),
    column('MetricDescription', string, ({ series }) => series.description),
    column('ServiceName', lowCardinality, ({ series }) => series.serviceName),
    column('ResourceAttributes', labels, ({ series }) => series.resourceAttributes),
    column('ResourceSchemaUrl', lowCardinality, ({ series }) => series.resourceSchemaUrl),
    column('ScopeName', lowCardinality, ({ series }) => series.scopeName),
    column('ScopeVersion', lowCardinality, ({ series }) => series.scopeVersion),
    column('ScopeAttributes', labels, ({ series }) => series.scopeAttributes),
    column('ScopeSchemaUrl', lowCardinality, ({ series }) => series.scopeSchemaUrl),
    column('Attributes', labels, ({ series }) => series.attributes),
  ],
  // The points that follow announce themselves.
  { announced: false },
);

const IDENTITY = [
  { name: 'Project', sql: lowCardinality.sql },
  { name: 'MetricName', sql: lowCardinality.sql },
  { name: 'SeriesHash', sql: uint64.sql },
  { name: 'TimeUnix', sql: dateTime64Nano.sql },
  { name: 'StartTimeUnix', sql: dateTime64Nano.sql },
] as const;

/** `metric_points`, written column by column from the decoded batch: no object per point. */
export const METRIC_POINTS = tableShape(
  'metric_points',
  [
    ...IDENTITY,
    { name: 'Value', sql: float64.sql },
    { name: 'ValueInt', sql: int64.sql },
    { name: 'ValueKind', sql: enum8({ double: 0, int: 1 }).sql },
    { name: 'Flags', sql: uint32.sql },
  ],
  { announced: true },
);

/** `metric_histograms`, likewise. */
export const METRIC_HISTOGRAMS = tableShape(
  'metric_histograms',
  [
    ...IDENTITY,
    { name: 'Count', sql: uint64.sql },
    { name: 'Sum', sql: nullable(float64).sql },
    { name: 'Min', sql: nullable(float64).sql },
    { name: 'Max', sql: nullable(float64).sql },
    { name: 'BucketCounts', sql: array(uint64).sql },
    { name: 'ExplicitBounds', sql: array(float64).sql },
    { name: 'Flags', sql: uint32.sql },
  ],
  { announced: true },
);

/** Project, metric name and hash of each series as they stand in front of every one of its points. */
export function seriesPrefixes(project: string, series: readonly MetricSeries[]): Buffer[] {
  return series.map(({ metricName, hash }) => {
    const writer = new RowBinaryWriter(64);
    writer.text(project);
    writer.text(metricName);
    writer.uint64(hash);
    return writer.finish();
  });
}

/** The chosen points of `points` as rows of {@link METRIC_POINTS}. */
export function encodeNumberPoints(
  points: NumberPoints,
  prefixes: readonly Buffer[],
  chosen: ArrayLike<number>,
): Buffer {
  const times = halves(points.timeUnixNano);
  const starts = halves(points.startTimeUnixNano);
  const integers = halves(points.valueInt);
  const writer = new RowBinaryWriter(chosen.length * 96);
  for (let position = 0; position < chosen.length; position++) {
    const index = chosen[position]!;
    writer.raw(prefixes[points.seriesIndex[index]!]!);
    writer.halves64(times[2 * index]!, times[2 * index + 1]!);
    writer.halves64(starts[2 * index]!, starts[2 * index + 1]!);
    writer.float64(points.value[index]!);
    writer.halves64(integers[2 * index]!, integers[2 * index + 1]!);
    writer.uint8(points.isInt[index]!);
    writer.uint32(points.flags[index]!);
  }
  return writer.finish();
}

/** The chosen points of `points` as rows of {@link METRIC_HISTOGRAMS}. */
export function encodeHistogramPoints(
  points: HistogramPoints,
  prefixes: readonly Buffer[],
  chosen: ArrayLike<number>,
): Buffer {
  const counts = array(uint64);
  const bounds = array(float64);
  const optional = nullable(float64);
  const writer = new RowBinaryWriter(chosen.length * 256);
  for (let position = 0; position < chosen.length; position++) {
    const index = chosen[position]!;
    writer.raw(prefixes[points.seriesIndex[index]!]!);
    writer.int64(points.timeUnixNano[index]!);
    writer.int64(points.startTimeUnixNano[index]!);
    writer.uint64(points.count[index]!);
    optional.write(writer, points.hasSum[index] === 1 ? points.sum[index]! : null);
    optional.write(writer, points.hasMin[index] === 1 ? points.min[index]! : null);
    optional.write(writer, points.hasMax[index] === 1 ? points.max[index]! : null);
    counts.write(writer, points.bucketCounts[index]!);
    bounds.write(writer, points.explicitBounds[index]!);
    writer.uint32(points.flags[index]!);
  }
  return writer.finish();
}

/** The low and high halves of 64-bit integers, in turn: copying them makes no bigint. Little-endian hosts only. */
function halves(values: BigInt64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
