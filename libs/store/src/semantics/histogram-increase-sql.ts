/**
 * SQL that turns stored histogram points into increases of their buckets, by the rule of `increase-sql.ts`.
 *
 * A cumulative histogram began anew when its start time changed, or its count or any bucket fell. Where its bounds
 * changed without that, how the increase spreads over the new buckets is unknown: the new bounds begin a new stream
 * segment, whose first point counts nothing and is reported as skipped. Bounds are never mixed silently.
 */
import {
  DIFFERENCE,
  KNOWN_START,
  NOTHING,
  pointMode,
  PREVIOUS_TIMES,
  seriesWindow,
  storedPoints,
  WHOLE,
} from './increase-sql.js';
import type { PointFilter } from './increase-sql.js';

/** How the points of a histogram count. */
export type HistogramKind = 'delta' | 'cumulative';

/**
 * Rows (MetricName, SeriesHash, time, bounds, counts, total, sum, min, max, skipped), one per point in the range.
 *
 * `counts` (Array(Int64)), `total` (Int64) and `sum` (Nullable) are increases; `min` and `max` are those of the point,
 * NULL for cumulative histograms: there they reach back to the start. `skipped` is 1 where changed bounds hide the increase.
 */
export function histogramPoints(kind: HistogramKind, filter: PointFilter): string {
  if (kind === 'delta') {
    return `SELECT MetricName, SeriesHash, toUnixTimestamp64Nano(TimeUnix) AS time, ExplicitBounds AS bounds,
      CAST(BucketCounts, 'Array(Int64)') AS counts, toInt64(Count) AS total, Sum AS sum, Min AS min, Max AS max,
      0 AS skipped
    FROM ${storedPoints('metric_histograms', filter, false)} AND ${RECORDED}`;
  }
  return `SELECT MetricName, SeriesHash, time, bounds,
      multiIf(mode = ${NOTHING}, arrayMap(count -> toInt64(0), current), mode = ${WHOLE}, current,
        arrayMap((count, before) -> count - before, current, previous)) AS counts,
      ${increaseOf('total', 'toInt64(0)')} AS total, ${increaseOf('sum', 'toFloat64(0)')} AS sum,
      CAST(NULL, 'Nullable(Float64)') AS min, CAST(NULL, 'Nullable(Float64)') AS max, skipped
    FROM (
      SELECT MetricName, SeriesHash, time, bounds, current, previous, total AS totalNow, lastTotal AS totalBefore,
        sum AS sumNow, lastSum AS sumBefore, ${pointMode(FELL)} AS found,
        found = ${DIFFERENCE} AND bounds != lastBounds AS skipped, if(skipped, ${NOTHING}, found) AS mode
      FROM (
        SELECT *, ${PREVIOUS_TIMES},
          lagInFrame(bounds) OVER series AS lastBounds,
          lagInFrame(total) OVER series AS lastTotal,
          lagInFrame(sum) OVER series AS lastSum,
          arrayResize(lagInFrame(current) OVER series, length(current)) AS previous
        FROM (
          SELECT MetricName, SeriesHash, toUnixTimestamp64Nano(TimeUnix) AS time, ${KNOWN_START} AS start,
            ExplicitBounds AS bounds, CAST(BucketCounts, 'Array(Int64)') AS current, toInt64(Count) AS total, Sum AS sum
          FROM ${storedPoints('metric_histograms', filter, true)} AND ${RECORDED})
        ${seriesWindow('SeriesHash')})
      WHERE time >= ${filter.from} * 1000000)`;
}

const RECORDED = 'bitAnd(Flags, 1) = 0';

/** `previous` has the length of `current`, filled up with zeros. */
const FELL = `(total < lastTotal
          OR (bounds = lastBounds AND arrayExists((count, before) -> count < before, current, previous)))`;

function increaseOf(name: string, zero: string): string {
  return `multiIf(mode = ${NOTHING}, ${zero}, mode = ${WHOLE}, ${name}Now, ${name}Now - ${name}Before)`;
}
