import type {
  ExponentialHistogramPoints,
  HistogramPoints,
  MetricSeries,
  PointColumns,
  SummaryPoints,
} from '@tidewatch/otlp';
import type { RowBlock } from '@tidewatch/core';
import {
  array,
  dateTime64Nano,
  float64,
  int32,
  lowCardinality,
  nullable,
  uint32,
  uint64,
} from '../column-types.js';
import type { Layout } from '../layouts.js';
import { rowLayout } from '../row-blocks.js';
import { RowBinaryWriter } from '../row-binary.js';
import { tableShape } from '../table-definition.js';
import { dayBlocks } from './day-rows.js';

/**
 * Writes what follows the identity of point `index`: a row of the table. No object per point, as the batch is columns
 * already.
 */
type WriteRow<Points> = (writer: RowBinaryWriter, points: Points, index: number) => void;

interface PointTable<Points> {
  readonly layout: Layout;
  readonly write: WriteRow<Points>;
}

const counts = array(uint64);
const numbers = array(float64);
const optional = nullable(float64);

const IDENTITY = [
  { name: 'Project', sql: lowCardinality.sql },
  { name: 'MetricName', sql: lowCardinality.sql },
  { name: 'SeriesHash', sql: uint64.sql },
  { name: 'TimeUnix', sql: dateTime64Nano.sql },
  { name: 'StartTimeUnix', sql: dateTime64Nano.sql },
  { name: 'Flags', sql: uint32.sql },
] as const;

const DISTRIBUTION = [
  { name: 'Count', sql: uint64.sql },
  { name: 'Sum', sql: optional.sql },
  { name: 'Min', sql: optional.sql },
  { name: 'Max', sql: optional.sql },
] as const;

/** `metric_histograms`. */
export const HISTOGRAMS: PointTable<HistogramPoints> = {
  layout: pointLayout('metric_histograms', [
    ...DISTRIBUTION,
    { name: 'BucketCounts', sql: counts.sql },
    { name: 'ExplicitBounds', sql: numbers.sql },
  ]),
  write: (writer, points, index) => {
    writeDistribution(writer, points, index);
    counts.write(writer, points.bucketCounts[index]!);
    numbers.write(writer, points.explicitBounds[index]!);
  },
};

/** `metric_exp_histograms`. */
export const EXPONENTIAL_HISTOGRAMS: PointTable<ExponentialHistogramPoints> = {
  layout: pointLayout('metric_exp_histograms', [
    ...DISTRIBUTION,
    { name: 'Scale', sql: int32.sql },
    { name: 'ZeroCount', sql: uint64.sql },
    { name: 'ZeroThreshold', sql: float64.sql },
    { name: 'PositiveOffset', sql: int32.sql },
    { name: 'PositiveBucketCounts', sql: counts.sql },
    { name: 'NegativeOffset', sql: int32.sql },
    { name: 'NegativeBucketCounts', sql: counts.sql },
  ]),
  write: (writer, points, index) => {
    writeDistribution(writer, points, index);
    writer.int32(points.scale[index]!);
    writer.uint64(points.zeroCount[index]!);
    writer.float64(points.zeroThreshold[index]!);
    writer.int32(points.positiveOffset[index]!);
    counts.write(writer, points.positiveBucketCounts[index]!);
    writer.int32(points.negativeOffset[index]!);
    counts.write(writer, points.negativeBucketCounts[index]!);
  },
};

/** `metric_summaries`. */
export const SUMMARIES: PointTable<SummaryPoints> = {
  layout: pointLayout('metric_summaries', [
    { name: 'Count', sql: uint64.sql },
    { name: 'Sum', sql: float64.sql },
    { name: 'Quantiles', sql: numbers.sql },
    { name: 'QuantileValues', sql: numbers.sql },
  ]),
  write: (writer, points, index) => {
    writer.uint64(points.count[index]!);
    writer.float64(points.sum[index]!);
    numbers.write(writer, points.quantiles[index]!);
    numbers.write(writer, points.quantileValues[index]!);
  },
};

/** Project, metric name and hash of each series as they stand in front of every one of its rows. */
export function seriesPrefixes(project: string, series: readonly MetricSeries[]): Buffer[] {
  return series.map(({ metricName, hash }) => {
    const writer = new RowBinaryWriter(64);
    writer.text(project);
    writer.text(metricName);
    writer.uint64(hash);
    return writer.finish();
  });
}

/** All of `points` as blocks, one per day. */
export function distributionBlocks<Points extends PointColumns>(
  table: PointTable<Points>,
  points: Points,
  prefixes: readonly Buffer[],
): RowBlock[] {
  return dayBlocks({
    layout: table.layout,
    times: points.timeUnixNano,
    rowBytes: 256,
    write: (writer, index) => {
      writer.raw(prefixes[points.seriesIndex[index]!]!);
      writer.int64(points.timeUnixNano[index]!);
      writer.int64(points.startTimeUnixNano[index]!);
      writer.uint32(points.flags[index]!);
      table.write(writer, points, index);
    },
  });
}

function pointLayout(
  table: string,
  columns: readonly { readonly name: string; readonly sql: string }[],
): Layout {
  return rowLayout(tableShape(table, [...IDENTITY, ...columns], { announced: true }), 1);
}

function writeDistribution(
  writer: RowBinaryWriter,
  points: HistogramPoints | ExponentialHistogramPoints,
  index: number,
): void {
  writer.uint64(points.count[index]!);
  optional.write(writer, points.hasSum[index] === 1 ? points.sum[index]! : null);
  optional.write(writer, points.hasMin[index] === 1 ? points.min[index]! : null);
  optional.write(writer, points.hasMax[index] === 1 ? points.max[index]! : null);
}
