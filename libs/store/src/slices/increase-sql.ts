/**
 * SQL that turns stored points into events per 10-second slice.
 *
 * Delta points are increases already. A cumulative point's increase is its difference from the point before it in the
 * same series. What happens where that is not possible follows the OpenTelemetry data model ("Resets and Gaps"):
 *
 * - The value fell, or the start time changed: the series began anew, and the whole value is the increase.
 * - No point within {@link LOOK_BACK_MS} before it: the whole value if the series provably began within that time,
 *   else nothing. An older counter that merely came back must not bring its whole history into one slice. The rule
 *   looks at the gap between points, never at where the query happens to begin, so that any range gives equal slices.
 * - A start time of 0, or equal to the point's time, is unknown: it never makes a reset, and a first point adds nothing.
 *
 * Points with the flag "no recorded value" and values that are not finite are left out. Points stored twice count once
 * (FINAL). The increase belongs to the slice that holds the point's time.
 */

/** How far before a point its predecessor may lie. Ten export intervals of the usual 60 s. */
export const LOOK_BACK_MS = 600_000;

const SLICE_NANO = '10000000000';
const LOOK_BACK_NANO = `${LOOK_BACK_MS}000000`;

/** The time bounds are bound parameters `from` and `to`; cumulative points are read from the look-back before. */
function points(table: string, series: string, lookBack: boolean): string {
  const from = lookBack ? `{from:Int64} - ${LOOK_BACK_MS}` : '{from:Int64}';
  return `${table} FINAL
      WHERE Project = {project:String} AND ${series}
        AND TimeUnix >= fromUnixTimestamp64Milli(${from}) AND TimeUnix < fromUnixTimestamp64Milli({to:Int64})
        AND bitAnd(Flags, 1) = 0`;
}

/** Which series: those of `condition` (on `metric_series`) with one temporality; the metric name narrows the index. */
export function seriesFilter(prefix: string, condition: string, temporality: 'delta' | 'cumulative'): string {
  return `MetricName = {${prefix}_metric:String} AND SeriesHash IN (
        SELECT SeriesHash FROM metric_series
        WHERE Project = {project:String} AND Day >= toDate({firstDay:UInt16}) AND Day <= toDate({lastDay:UInt16})
          AND ${condition} AND AggregationTemporality = '${temporality}')`;
}

/** Rows (slice, events): increases of delta counters. `series` from {@link seriesFilter}. */
export function deltaCounters(series: string): string {
  return `SELECT intDiv(toUnixTimestamp64Nano(TimeUnix), ${SLICE_NANO}) AS slice, sum(Value) AS events
    FROM ${points('metric_points', series, false)} AND isFinite(Value)
    GROUP BY slice`;
}

/** Rows (slice, events): increases of cumulative counters. */
export function cumulativeCounters(series: string): string {
  return `SELECT intDiv(time, ${SLICE_NANO}) AS slice, sum(increase) AS events
    FROM (
      SELECT time,
        multiIf(
          ${IS_FIRST}, if(${BEGAN_IN_LOOK_BACK}, value, 0),
          ${START_CHANGED} OR if(isInt AND lastIsInt, valueInt < lastValueInt, value < lastValue), value,
          isInt AND lastIsInt, toFloat64(valueInt - lastValueInt),
          value - lastValue) AS increase,
        ${PREVIOUS_TIMES},
        lagInFrame(value) OVER series AS lastValue,
        lagInFrame(valueInt) OVER series AS lastValueInt,
        lagInFrame(isInt) OVER series AS lastIsInt
      FROM (
        SELECT SeriesHash, ${POINT_TIMES}, Value AS value, ValueInt AS valueInt, ValueKind = 'int' AS isInt
        FROM ${points('metric_points', series, true)} AND isFinite(Value))
      ${SERIES_WINDOW})
    WHERE time >= {from:Int64} * 1000000
    GROUP BY slice`;
}

/** Good events of a histogram point: buckets that end at or below the bound parameter `threshold`. */
const GOOD_COUNT = `arraySum((count, bound) -> if(bound <= {threshold:Float64}, count, 0),
          arrayPopBack(BucketCounts), ExplicitBounds)`;

/** Without a bound nothing is known about which events were good: such points count neither way. */
const HAS_BUCKETS = 'notEmpty(ExplicitBounds)';

/** Rows (slice, good, total) of delta histograms. */
export function deltaHistograms(series: string): string {
  return `SELECT intDiv(toUnixTimestamp64Nano(TimeUnix), ${SLICE_NANO}) AS slice,
      toFloat64(sum(${GOOD_COUNT})) AS good, toFloat64(sum(Count)) AS total
    FROM ${points('metric_histograms', series, false)} AND ${HAS_BUCKETS}
    GROUP BY slice`;
}

/**
 * Rows (slice, good, total) of cumulative histograms. Where the bucket bounds changed without a reset, the share of
 * good events in the increase is unknown and the point adds nothing.
 */
export function cumulativeHistograms(series: string): string {
  const whole = `${START_CHANGED} OR total < lastTotal OR (bounds = lastBounds AND good < lastGood)`;
  const increase = (value: string, last: string): string => `multiIf(
          ${IS_FIRST}, if(${BEGAN_IN_LOOK_BACK}, ${value}, 0),
          ${whole}, ${value},
          bounds != lastBounds, 0,
          ${value} - ${last})`;
  return `SELECT intDiv(time, ${SLICE_NANO}) AS slice,
      toFloat64(sum(goodIncrease)) AS good, toFloat64(sum(totalIncrease)) AS total
    FROM (
      SELECT time, ${increase('good', 'lastGood')} AS goodIncrease, ${increase('total', 'lastTotal')} AS totalIncrease,
        ${PREVIOUS_TIMES},
        lagInFrame(good) OVER series AS lastGood,
        lagInFrame(total) OVER series AS lastTotal,
        lagInFrame(bounds) OVER series AS lastBounds
      FROM (
        SELECT SeriesHash, ${POINT_TIMES}, toInt64(${GOOD_COUNT}) AS good, toInt64(Count) AS total,
          cityHash64(ExplicitBounds) AS bounds
        FROM ${points('metric_histograms', series, true)} AND ${HAS_BUCKETS})
      ${SERIES_WINDOW})
    WHERE time >= {from:Int64} * 1000000
    GROUP BY slice`;
}

/** `start` is 0 when it is unknown. */
const POINT_TIMES = `toUnixTimestamp64Nano(TimeUnix) AS time,
          if(StartTimeUnix < TimeUnix, toUnixTimestamp64Nano(StartTimeUnix), 0) AS start`;

const PREVIOUS_TIMES = `lagInFrame(time) OVER series AS lastTime, lagInFrame(start) OVER series AS lastStart`;

const SERIES_WINDOW =
  'WINDOW series AS (PARTITION BY SeriesHash ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)';

/** `lastTime` is 0 where there is no point before. */
const IS_FIRST = `time - lastTime > ${LOOK_BACK_NANO}`;

const BEGAN_IN_LOOK_BACK = `start > 0 AND start >= time - ${LOOK_BACK_NANO}`;

/** From unknown to known it is no change, unless the series began after the point before. */
const START_CHANGED = '(start > 0 AND start != lastStart AND (lastStart > 0 OR start > lastTime))';
