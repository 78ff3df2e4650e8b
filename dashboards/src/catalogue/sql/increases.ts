import { chosen, IN_PROJECT, SERIES_DAYS, SERIES_MODEL } from './filters.js';

/*
 * By how much counters and histogram buckets grew at each stored point, by the rules that SLO evaluation counts events
 * with, so that a rate on a dashboard and a burn rate tell the same story (OpenTelemetry data model, "Resets and Gaps"):
 *
 * - A delta point is its own increase; a cumulative point's is its difference from the point before in the series.
 * - The value fell, or the start time changed: the series began anew, and the whole value is the increase.
 * - No point in the look-back: the whole value if the series provably began within it, else nothing.
 * - A start time of 0, or equal to the point's own time, is unknown: it proves nothing and never makes a reset.
 * - Bit 0 of the flags says that a point holds no value: it is left out.
 */

/** How far before a point its predecessor may lie: ten export intervals of the usual 60 s. */
const LOOK_BACK = 'INTERVAL 10 MINUTE';
const LOOK_BACK_NANO = '600000000000';

/** The first instant of the first whole bucket; without it the leftmost bucket would lack a part of its points. */
const FIRST_BUCKET = 'toStartOfInterval($__fromTime, INTERVAL $__interval_s SECOND)';

/** What the two kinds of increase read, and how they call it. */
interface SampleTable {
  readonly table: 'metric_points' | 'metric_histograms';
  readonly type: 'sum' | 'histogram';
  /** SQL condition on MetricName. */
  readonly metric: string;
  /** Condition on points that hold something. */
  readonly usable: string;
  /** Columns of which the predecessor's value is needed. */
  readonly columns: readonly string[];
}

/**
 * Common table expressions `series` (labels by hash), `points`, and `ordered`: every point beside its predecessor, and
 * `Fresh`, true when its value counts up from zero, false when from the predecessor, NULL when that is unknown.
 */
function orderedPoints(source: SampleTable, fell: string): string {
  const previous = source.columns
    .map((name) => `      lagInFrame(${name}) OVER w AS Previous${name},\n`)
    .join('');
  return `series AS (
    SELECT
      SeriesHash,
      any(ServiceName) AS Service,
      any(AggregationTemporality) AS Temporality,
      any(multiIf(MetricUnit = 'ms', 1e-3, MetricUnit = 'us', 1e-6, MetricUnit = 'ns', 1e-9, 1)) AS UnitSeconds
    FROM metric_series
    WHERE ${IN_PROJECT} AND ${source.metric} AND MetricType = '${source.type}'
      AND AggregationTemporality IN ('delta', 'cumulative')
      AND ${SERIES_DAYS}
      AND ${chosen('ServiceName', 'service')}
      AND ${chosen(SERIES_MODEL, 'model')}
    GROUP BY SeriesHash
  ),
  points AS (
    SELECT
      SeriesHash,
      MetricName,
      TimeUnix,
      toUnixTimestamp64Nano(TimeUnix) AS Time,
      if(StartTimeUnix < TimeUnix, toUnixTimestamp64Nano(StartTimeUnix), 0) AS Start,
      ${source.columns.join(', ')}
    FROM ${source.table} FINAL
    WHERE ${IN_PROJECT} AND ${source.metric} AND SeriesHash IN (SELECT SeriesHash FROM series)
      AND TimeUnix >= ${FIRST_BUCKET} - ${LOOK_BACK} AND TimeUnix <= $__toTime
      AND bitAnd(Flags, 1) = 0 AND ${source.usable}
  ),
  ordered AS (
    SELECT
      *,
${previous}      lagInFrame(Time) OVER w AS PreviousTime,
      lagInFrame(Start) OVER w AS PreviousStart,
      multiIf(
        Time - PreviousTime > ${LOOK_BACK_NANO}, if(Start > 0 AND Start >= Time - ${LOOK_BACK_NANO}, true, NULL),
        Start > 0 AND Start != PreviousStart AND (PreviousStart > 0 OR Start > PreviousTime), true,
        ${fell}
      ) AS Fresh
    FROM points
    WINDOW w AS (PARTITION BY SeriesHash ORDER BY Time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  )`;
}

/** Common table expressions that end in `increases (Service, MetricName, TimeUnix, Increase)`, one row per point. */
export function counterIncreases(metricNames: readonly string[]): string {
  const names = metricNames.map((name) => `'${name}'`).join(', ');
  const source: SampleTable = {
    table: 'metric_points',
    type: 'sum',
    metric: `MetricName IN (${names})`,
    usable: 'isFinite(Value)',
    columns: ['Value'],
  };
  return `WITH
  ${orderedPoints(source, 'Value < PreviousValue')},
  increases AS (
    SELECT
      s.Service AS Service,
      MetricName,
      TimeUnix,
      Value - if(s.Temporality = 'delta' OR Fresh, 0, PreviousValue) AS Increase
    FROM ordered AS o
    INNER JOIN series AS s ON s.SeriesHash = o.SeriesHash
    WHERE TimeUnix >= ${FIRST_BUCKET} AND (s.Temporality = 'delta' OR isNotNull(Fresh))
  )`;
}

/**
 * Common table expressions that end in `increases (Service, TimeUnix, Bounds, Increase)`, one row per point of the
 * chosen latency histogram. `Bounds` are upper bounds in seconds, the last one infinite; `Increase` holds one number per
 * bucket; where counting starts from zero, the predecessor's counts are replaced by zeros. Where the bounds changed without a reset the growth of each bucket is unknown, and the point is left out.
 */
export function bucketIncreases(): string {
  const source: SampleTable = {
    table: 'metric_histograms',
    type: 'histogram',
    metric: 'MetricName = ${latency:singlequote}',
    usable: 'notEmpty(ExplicitBounds)',
    columns: ['Count', 'BucketCounts', 'ExplicitBounds'],
  };
  const fell = 'if(Count < PreviousCount, true, if(ExplicitBounds = PreviousExplicitBounds, false, NULL))';
  return `WITH
  ${orderedPoints(source, fell)},
  increases AS (
    SELECT
      s.Service AS Service,
      TimeUnix,
      arrayPushBack(arrayMap(bound -> bound * s.UnitSeconds, ExplicitBounds), inf) AS Bounds,
      arrayMap(
        (now, before) -> toFloat64(now) - toFloat64(before),
        BucketCounts,
        arrayResize(if(s.Temporality = 'delta' OR Fresh, [], PreviousBucketCounts), length(BucketCounts))
      ) AS Increase
    FROM ordered AS o
    INNER JOIN series AS s ON s.SeriesHash = o.SeriesHash
    WHERE TimeUnix >= ${FIRST_BUCKET} AND (s.Temporality = 'delta' OR isNotNull(Fresh))
  )`;
}
