import type { Exemplars, MetricBatch, MetricSeries } from '@tidewatch/otlp';
import type { RowBlock } from '@tidewatch/core';
import {
  dateTime64Nano,
  enum8,
  float64,
  int64,
  lowCardinality,
  map,
  string,
  uint64,
} from '../column-types.js';
import { recordLayout, rowBlocks } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';

/** One exemplar. */
interface ExemplarRow {
  readonly project: string;
  readonly series: MetricSeries;
  readonly exemplars: Exemplars;
  readonly index: number;
  /** Time of the point that brought it, nanoseconds. */
  readonly pointTime: bigint;
}

/** `metric_exemplars`. Exemplars are few beside points: an object each costs nothing that matters. */
export const METRIC_EXEMPLARS = recordLayout(
  defineTable<ExemplarRow>(
    'metric_exemplars',
    [
      column('Project', lowCardinality, (row) => row.project),
      column('MetricName', lowCardinality, ({ series }) => series.metricName),
      column('SeriesHash', uint64, ({ series }) => series.hash),
      column('TimeUnix', dateTime64Nano, ({ exemplars, index }) => exemplars.timeUnixNano[index]!),
      column('PointTime', dateTime64Nano, (row) => row.pointTime),
      column('Value', float64, ({ exemplars, index }) => exemplars.value[index]!),
      column('ValueInt', int64, ({ exemplars, index }) => exemplars.valueInt[index]!),
      column('ValueKind', enum8({ double: 0, int: 1 }), ({ exemplars, index }) =>
        exemplars.isInt[index] === 1 ? 'int' : 'double',
      ),
      column('TraceId', string, ({ exemplars, index }) => exemplars.traceId[index]!),
      column('SpanId', string, ({ exemplars, index }) => exemplars.spanId[index]!),
      column(
        'FilteredAttributes',
        map(lowCardinality, string),
        ({ exemplars, index }) => exemplars.filteredAttributes[index]!,
      ),
    ],
    { announced: true },
  ),
  ({ exemplars, index }) => Number(exemplars.timeUnixNano[index]! / 1_000_000n),
);

/** The batch's exemplars as blocks, one per day. */
export function exemplarBlocks(project: string, batch: MetricBatch): RowBlock[] {
  const { series, exemplars } = batch;
  if (exemplars.length === 0) {
    return [];
  }
  const times = pointTimes(batch);
  const rows = Array.from({ length: exemplars.length }, (_row, index) => {
    const seriesIndex = exemplars.seriesIndex[index]!;
    const pointTime = pointOf(exemplars.timeUnixNano[index]!, times.get(seriesIndex) ?? []);
    return { project, series: series[seriesIndex]!, exemplars, index, pointTime };
  });
  return rowBlocks(METRIC_EXEMPLARS, rows);
}

/** The times of the points of every series, ascending. */
function pointTimes({
  numbers,
  histograms,
  exponentialHistograms,
  summaries,
}: MetricBatch): Map<number, bigint[]> {
  const times = new Map<number, bigint[]>();
  for (const { length, seriesIndex, timeUnixNano } of [
    numbers,
    histograms,
    exponentialHistograms,
    summaries,
  ]) {
    for (let point = 0; point < length; point++) {
      const ofSeries = times.get(seriesIndex[point]!);
      if (ofSeries === undefined) {
        times.set(seriesIndex[point]!, [timeUnixNano[point]!]);
      } else {
        ofSeries.push(timeUnixNano[point]!);
      }
    }
  }
  times.forEach((ofSeries) => ofSeries.sort((a, b) => (a < b ? -1 : Number(a > b))));
  return times;
}

/** An exemplar is measured before its point is made: its point is the first not before it, else the last. */
function pointOf(exemplar: bigint, ascending: readonly bigint[]): bigint {
  return ascending.find((time) => time >= exemplar) ?? ascending.at(-1) ?? exemplar;
}
