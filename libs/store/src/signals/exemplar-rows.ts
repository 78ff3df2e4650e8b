import type { Exemplars, MetricSeries } from '@tidewatch/otlp';
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

/** The exemplars as blocks, one per day. */
export function exemplarBlocks(
  project: string,
  series: readonly MetricSeries[],
  exemplars: Exemplars,
): RowBlock[] {
  const rows = Array.from({ length: exemplars.length }, (_row, index) => ({
    project,
    series: series[exemplars.seriesIndex[index]!]!,
    exemplars,
    index,
  }));
  return rowBlocks(METRIC_EXEMPLARS, rows);
}
