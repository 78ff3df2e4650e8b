/**
 * SQL that turns stored number points into increases, one per point. The one place of the rule.
 *
 * A delta point is an increase already. A cumulative point's increase is its difference from the point before it in the
 * same series. What happens where that is not possible follows the OpenTelemetry data model ("Resets and Gaps"):
 *
 * - The start time changed, or a counter fell: the series began anew, and the whole value is the increase. A sum that
 *   may fall (not monotonic) only begins anew when its start time changes.
 * - No point within {@link LOOK_BACK_MS} before it: the whole value if the series provably began within that time,
 *   else nothing. An older counter that merely came back must not bring its whole history into one step. The rule
 *   looks at the gap between points, never at where the query happens to begin: any ranges, steps and roll-ups agree.
 * - A start time of 0, or not before the point's time, is unknown: it never makes a reset, and a first point adds
 *   nothing.
 *
 * Points with the flag "no recorded value" and values that are not finite are passed over: the next point is compared
 * with the one before them. Points stored twice count once (FINAL). The increase belongs to the time of the point.
 */

/** How far before a point its predecessor may lie. Ten export intervals of the usual 60 s. */
export const LOOK_BACK_MS = 600_000;

const LOOK_BACK_NANO = `${LOOK_BACK_MS}000000`;

/** How the points of a series count. `level`: a gauge, or a sum that does not say what its points are. */
export type PointKind = 'level' | 'delta' | 'cumulative' | 'cumulative-updown';

/** Which points to read. Reads the bound parameter `project` besides. */
export interface PointFilter {
  /** Condition on metric and series. */
  readonly series: string;
  /** SQL of the bounds, milliseconds since the epoch: `{from:Int64}`. */
  readonly from: string;
  readonly to: string;
}

/** Rows of a point table in the filter's range, and in the look-back before it where predecessors are needed. */
export function storedPoints(table: string, { series, from, to }: PointFilter, lookBack: boolean): string {
  const earliest = lookBack ? `${from} - ${LOOK_BACK_MS}` : from;
  return `${table} FINAL
      WHERE Project = {project:String} AND ${series}
        AND TimeUnix >= fromUnixTimestamp64Milli(${earliest}) AND TimeUnix < fromUnixTimestamp64Milli(${to})`;
}

/**
 * Rows (MetricName, SeriesHash, time, value, valid, ended, integer, fraction, exact), one per stored point in the range.
 *
 * `time` in nanoseconds; `valid`: a finite value was recorded; `ended`: the point says that none was. The increase is
 * `integer` (Int128) plus `fraction` (Float64); `exact` tells that the point counts as an integer, and `integer` alone.
 */
export function numberPoints(kind: PointKind, filter: PointFilter): string {
  switch (kind) {
    case 'level':
      return plainPoints(filter, '0', '0', '0');
    case 'delta':
      return plainPoints(filter, 'valid AND isInt', 'valueInt', 'if(valid AND NOT isInt, value, 0)');
    case 'cumulative':
      return cumulativePoints(filter, 'if(isInt AND lastIsInt, valueInt < lastValueInt, value < lastValue)');
    case 'cumulative-updown':
      return cumulativePoints(filter, 'false');
  }
}

function plainPoints(filter: PointFilter, exact: string, integer: string, fraction: string): string {
  return `SELECT MetricName, SeriesHash, time, value, valid, ended, ${exact} AS exact,
      if(exact, toInt128(${integer}), toInt128(0)) AS integer, toFloat64(${fraction}) AS fraction
    FROM (SELECT ${POINT} FROM ${storedPoints('metric_points', filter, false)})`;
}

function cumulativePoints(filter: PointFilter, fell: string): string {
  return `SELECT MetricName, SeriesHash, time, value, valid, ended,
      valid AND isInt AND (mode != ${DIFFERENCE} OR lastIsInt) AS exact,
      multiIf(NOT exact OR mode = ${NOTHING}, toInt128(0), mode = ${WHOLE}, toInt128(valueInt),
        toInt128(valueInt) - toInt128(lastValueInt)) AS integer,
      multiIf(exact OR NOT valid OR mode = ${NOTHING}, 0, mode = ${WHOLE}, value, value - lastValue) AS fraction
    FROM (
      SELECT *, ${pointMode(fell)} AS mode
      FROM (
        SELECT *, ${PREVIOUS_TIMES},
          lagInFrame(value) OVER series AS lastValue,
          lagInFrame(valueInt) OVER series AS lastValueInt,
          lagInFrame(isInt) OVER series AS lastIsInt
        FROM (SELECT ${POINT}, ${KNOWN_START} AS start FROM ${storedPoints('metric_points', filter, true)})
        ${seriesWindow('SeriesHash, valid')})
      WHERE time >= ${filter.from} * 1000000)`;
}

const POINT = `MetricName, SeriesHash, toUnixTimestamp64Nano(TimeUnix) AS time, Value AS value,
          ValueInt AS valueInt, ValueKind = 'int' AS isInt, bitAnd(Flags, 1) = 1 AS ended,
          NOT ended AND isFinite(Value) AS valid`;

/** What a cumulative point adds: nothing, its whole value, or its difference from the point before. */
export const NOTHING = 0;
export const WHOLE = 1;
export const DIFFERENCE = 2;

/** 0 when it is unknown. */
export const KNOWN_START = 'if(StartTimeUnix < TimeUnix, toUnixTimestamp64Nano(StartTimeUnix), 0)';

/** Time and start of the point before; 0 where there is none. Over the window of {@link seriesWindow}. */
export const PREVIOUS_TIMES =
  'lagInFrame(time) OVER series AS lastTime, lagInFrame(start) OVER series AS lastStart';

/** The points of a series in order of time. SeriesHash covers the metric's name. */
export function seriesWindow(partition: string): string {
  return `WINDOW series AS (PARTITION BY ${partition} ORDER BY time
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
}

/**
 * How a point with `time`, `start`, `lastTime` and `lastStart` counts.
 *
 * @param fell SQL condition: the value is one that the series could not have reached from the point before.
 */
export function pointMode(fell: string): string {
  const first = `time - lastTime > ${LOOK_BACK_NANO}`;
  const beganInLookBack = `start > 0 AND start >= time - ${LOOK_BACK_NANO}`;
  // From unknown to known is no change, unless the series began after the point before.
  const startChanged = 'start > 0 AND start != lastStart AND (lastStart > 0 OR start > lastTime)';
  return `multiIf(${first}, if(${beganInLookBack}, ${WHOLE}, ${NOTHING}),
          (${startChanged}) OR ${fell}, ${WHOLE}, ${DIFFERENCE})`;
}
