import { MOMENTS } from '../semantics/distribution-rows.js';
import { histogramPoints } from '../semantics/histogram-increase-sql.js';
import type { HistogramKind } from '../semantics/histogram-increase-sql.js';
import { numberPoints } from '../semantics/increase-sql.js';
import type { PointFilter, PointKind } from '../semantics/increase-sql.js';
import { inSeries, isHistogram, isKind } from '../semantics/series-sql.js';
import type { RollupUnit } from './rollup-units.js';

/**
 * The statements of one unit, in order: minutes from raw points, then the hour from those minutes. Bound parameters:
 * `project`, `from` and `to` (ms, one full hour), `metrics`, `slices`, `slice`, `version`, and for the first also
 * `firstDay`, `lastDay`.
 *
 * Nothing is ever removed: points only come, so that a recomputed hour has at least the buckets it had before. Raw points
 * that have expired therefore leave their buckets as they are.
 */
export function unitStatements(unit: RollupUnit): readonly [minutes: string, hour: string] {
  return unit.of.table === 'metric_points'
    ? [pointMinutes(unit.of.kind), POINT_HOUR]
    : [histogramMinutes(unit.of.kind as HistogramKind), HISTOGRAM_HOUR];
}

const CHOSEN = 'MetricName IN {metrics:Array(String)} AND SeriesHash % {slices:UInt32} = {slice:UInt32}';

function filterOf(kind: string): PointFilter {
  return {
    series: `${CHOSEN} AND ${inSeries('metric_series', ['MetricName IN {metrics:Array(String)}', kind])}`,
    from: '{from:Int64}',
    to: '{to:Int64}',
  };
}

const MINUTE = 'toDateTime(intDiv(time, 60000000000) * 60)';

const POINT_COLUMNS = `Project, MetricName, SeriesHash, Bucket, Count, Sum, Min, Max, Last, LastTime, EndedAt, Increase,
  IncreaseInt, Integers, Version`;

function pointMinutes(kind: PointKind): string {
  return `INSERT INTO metric_points_1m (${POINT_COLUMNS})
    SELECT {project:String}, MetricName, SeriesHash, ${MINUTE} AS minute, countIf(valid), sumKahanIf(value, valid),
      minIf(value, valid), maxIf(value, valid), argMaxIf(value, time, valid),
      fromUnixTimestamp64Nano(maxIf(time, valid)), fromUnixTimestamp64Nano(maxIf(time, ended)),
      toFloat64(sum(integer)) + sumKahan(fraction), sum(integer), countIf(exact), {version:UInt64}
    FROM (${numberPoints(kind, filterOf(isKind(kind)))})
    GROUP BY MetricName, SeriesHash, minute`;
}

/** Bucket rows of the minutes in the hour. */
const minutesOf = (table: string): string => `${table} FINAL
    WHERE Project = {project:String} AND ${CHOSEN}
      AND Bucket >= toDateTime(intDiv({from:Int64}, 1000)) AND Bucket < toDateTime(intDiv({to:Int64}, 1000))`;

const POINT_HOUR = `INSERT INTO metric_points_1h (${POINT_COLUMNS})
    SELECT Project, MetricName, SeriesHash, toStartOfHour(Bucket) AS hour, sum(Count), sumKahan(Sum),
      minIf(Min, Count > 0), maxIf(Max, Count > 0), argMaxIf(Last, LastTime, Count > 0), max(LastTime), max(EndedAt),
      toFloat64(sum(IncreaseInt)) + sumKahan(Increase - toFloat64(IncreaseInt)), sum(IncreaseInt), sum(Integers),
      {version:UInt64}
    FROM ${minutesOf('metric_points_1m')}
    GROUP BY Project, MetricName, SeriesHash, hour`;

const HISTOGRAM_COLUMNS = `Project, MetricName, SeriesHash, Bucket, BoundsHash, ExplicitBounds, BucketCounts, Count, Sum,
  Min, Max, Skipped, Version`;

function histogramMinutes(kind: HistogramKind): string {
  return `INSERT INTO metric_histograms_1m (${HISTOGRAM_COLUMNS})
    SELECT {project:String}, MetricName, SeriesHash, ${MINUTE} AS minute, cityHash64(bounds), bounds,
      sumForEach(counts), ${MOMENTS}, sum(histograms.skipped), {version:UInt64}
    FROM (${histogramPoints(kind, filterOf(isHistogram('histogram', kind)))}) AS histograms
    GROUP BY MetricName, SeriesHash, minute, bounds`;
}

const HISTOGRAM_HOUR = `INSERT INTO metric_histograms_1h (${HISTOGRAM_COLUMNS})
    SELECT {project:String}, MetricName, SeriesHash, toStartOfHour(Bucket) AS hour, cityHash64(bounds), bounds,
      sumForEach(counts), ${MOMENTS}, sum(histograms.skipped), {version:UInt64}
    FROM (
      SELECT MetricName, SeriesHash, Bucket, ExplicitBounds AS bounds, BucketCounts AS counts, Count AS total, Sum AS sum,
        Min AS min, Max AS max, Skipped AS skipped
      FROM ${minutesOf('metric_histograms_1m')}) AS histograms
    GROUP BY MetricName, SeriesHash, hour, bounds`;

/** Copies series of a day that the month does not know yet. Bound: `project`, `day`. */
export const MONTHLY_SERIES = `INSERT INTO metric_series_monthly (Project, Month, MetricName, SeriesHash, MetricType,
      AggregationTemporality, IsMonotonic, MetricUnit, MetricDescription, ServiceName, ResourceAttributes, ScopeName,
      ScopeVersion, ScopeAttributes, Attributes)
    SELECT Project, toStartOfMonth(Day), MetricName, SeriesHash, MetricType, AggregationTemporality, IsMonotonic,
      MetricUnit, MetricDescription, ServiceName, ResourceAttributes, ScopeName, ScopeVersion, ScopeAttributes, Attributes
    FROM metric_series
    WHERE Project = {project:String} AND Day = toDate({day:UInt16}) AND MetricType IN ('gauge', 'sum', 'histogram')
      AND SeriesHash NOT IN (
        SELECT SeriesHash FROM metric_series_monthly
        WHERE Project = {project:String} AND Month = toStartOfMonth(toDate({day:UInt16})))`;

/** Points of an hour by metric and kind: rows (table, metric, points, kind). Bound: `project`, `from`, `to`, `day`. */
export const HOUR_LOADS = `SELECT loads.table AS table, loads.metric AS metric, points, kind
    FROM (
      ${loadsOf('metric_points')} UNION ALL ${loadsOf('metric_histograms')}) AS loads
    INNER JOIN (
      SELECT DISTINCT MetricName AS metric,
        multiIf(MetricType = 'histogram', 'metric_histograms', 'metric_points') AS table,
        multiIf(${isKind('level')}, 'level', AggregationTemporality = 'delta', 'delta',
          ${isKind('cumulative-updown')}, 'cumulative-updown', 'cumulative') AS kind
      FROM metric_series
      WHERE Project = {project:String} AND Day = toDate({day:UInt16})
        AND (MetricType IN ('gauge', 'sum') OR (MetricType = 'histogram' AND AggregationTemporality != 'unspecified'))
      ) AS kinds ON kinds.metric = loads.metric AND kinds.table = loads.table
    ORDER BY table, kind, metric`;

function loadsOf(table: string): string {
  return `SELECT '${table}' AS table, toString(MetricName) AS metric, count() AS points FROM ${table}
        WHERE Project = {project:String} AND TimeUnix >= fromUnixTimestamp64Milli({from:Int64})
          AND TimeUnix < fromUnixTimestamp64Milli({to:Int64})
        GROUP BY metric`;
}
