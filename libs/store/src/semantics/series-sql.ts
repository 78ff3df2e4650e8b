import type { PointKind } from './increase-sql.js';

/** Where series are looked up: per day as long as raw points live, per month as long as roll-ups do. */
export type SeriesTable = 'metric_series' | 'metric_series_monthly';

/**
 * Condition on a series table: project and days, bound as parameters `firstDay` (of days) or `firstMonth` (any day of the
 * first month), and `lastDay`; in days since the epoch.
 */
export function seriesDays(table: SeriesTable): string {
  const [day, first, last] =
    table === 'metric_series'
      ? ['Day', 'toDate({firstDay:UInt16})', 'toDate({lastDay:UInt16})']
      : ['Month', 'toStartOfMonth(toDate({firstMonth:UInt16}))', 'toStartOfMonth(toDate({lastDay:UInt16}))'];
  return `Project = {project:String} AND ${day} >= ${first} AND ${day} <= ${last}`;
}

/** Which series of number points are of `kind`. */
export function isKind(kind: PointKind): string {
  switch (kind) {
    case 'level':
      return "(MetricType = 'gauge' OR (MetricType = 'sum' AND AggregationTemporality = 'unspecified'))";
    case 'delta':
      return "MetricType = 'sum' AND AggregationTemporality = 'delta'";
    case 'cumulative':
      return "MetricType = 'sum' AND AggregationTemporality = 'cumulative' AND IsMonotonic";
    case 'cumulative-updown':
      return "MetricType = 'sum' AND AggregationTemporality = 'cumulative' AND NOT IsMonotonic";
  }
}

/** Which series are histograms, explicit or exponential, of one temporality. */
export function isHistogram(
  type: 'histogram' | 'exponential_histogram',
  temporality: 'delta' | 'cumulative',
): string {
  return `MetricType = '${type}' AND AggregationTemporality = '${temporality}'`;
}

/** Condition on point rows: their series is one of those that `conditions` choose from a series table. */
export function inSeries(table: SeriesTable, conditions: readonly string[]): string {
  return `SeriesHash IN (SELECT SeriesHash FROM ${table} WHERE ${[seriesDays(table), ...conditions].join(' AND ')})`;
}
