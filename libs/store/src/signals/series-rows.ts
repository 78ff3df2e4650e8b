import type { MetricSeries } from '@tidewatch/otlp';
import { bool, date, enum8, lowCardinality, map, string, uint64 } from '../column-types.js';
import { recordLayout } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';

/** A series on one day. */
export interface SeriesRow {
  readonly project: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly series: MetricSeries;
}

const DAY_MS = 86_400_000;

const labels = map(lowCardinality, string);

/** `metric_series`: every label of a series, once per day on which it has points. */
export const METRIC_SERIES = recordLayout(
  defineTable<SeriesRow>(
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
  ),
  ({ day }) => day * DAY_MS,
);
