/**
 * SQL that turns stored exponential histogram points into signed parts whose sum is their increase, by the rule of
 * `increase-sql.ts`.
 *
 * Points of one series may differ in scale, offset and zero threshold, and SQL does not bring them together. A cumulative
 * point is given as itself with a plus and the point before it with a minus, each with its own scale; both are added up
 * per scale and threshold here and brought to one scale afterwards (`exponential-histogram.ts`). That is exact because
 * coarsening is linear. A scale that falls without a new start is no reset.
 */
import type { HistogramKind } from './histogram-increase-sql.js';
import { DIFFERENCE, KNOWN_START, pointMode, PREVIOUS_TIMES, seriesWindow } from './increase-sql.js';
import { storedPoints, WHOLE } from './increase-sql.js';
import type { PointFilter } from './increase-sql.js';

/** Scales whose buckets doubles can tell apart. Points of others count nothing and are reported. */
const USABLE = 'Scale BETWEEN -10 AND 20 AND isFinite(ZeroThreshold)';

/**
 * Rows (SeriesHash, time, sign, part, min, max), to be read through {@link EXPONENTIAL_PART}.
 *
 * `sign` is 1, -1, or 0 for a point that adds nothing. Min and max are NULL for cumulative histograms.
 */
export function exponentialParts(kind: HistogramKind, filter: PointFilter): string {
  const usable = { ...filter, series: `${filter.series} AND bitAnd(Flags, 1) = 0 AND ${USABLE}` };
  if (kind === 'delta') {
    return `SELECT SeriesHash, toUnixTimestamp64Nano(TimeUnix) AS time, 1 AS sign, ${PART} AS part,
      Min AS min, Max AS max
    FROM ${storedPoints('metric_exp_histograms', usable, false)}`;
  }
  return `SELECT SeriesHash, time, signed.1 AS sign, signed.2 AS part,
      CAST(NULL, 'Nullable(Float64)') AS min, CAST(NULL, 'Nullable(Float64)') AS max
    FROM (
      SELECT SeriesHash, time, arrayJoin(multiIf(
          mode = ${DIFFERENCE}, [(toInt64(1), current), (toInt64(-1), previous)],
          [(toInt64(mode = ${WHOLE}), current)])) AS signed
      FROM (
        SELECT *, ${pointMode(FELL)} AS mode
        FROM (
          SELECT *, ${PREVIOUS_TIMES}, lagInFrame(current) OVER series AS previous
          FROM (
            SELECT SeriesHash, toUnixTimestamp64Nano(TimeUnix) AS time, ${KNOWN_START} AS start, ${PART} AS current
            FROM ${storedPoints('metric_exp_histograms', usable, true)})
          ${seriesWindow('SeriesHash')})
        WHERE time >= ${filter.from} * 1000000))`;
}

/** Number of points in the filter's range whose scale is out of bounds. */
export function unusableExponentialPoints(filter: PointFilter): string {
  return `SELECT count() AS points
    FROM ${storedPoints('metric_exp_histograms', filter, false)} AND bitAnd(Flags, 1) = 0 AND NOT (${USABLE})`;
}

/** The fields of `part`, by what they are. */
export const EXPONENTIAL_PART = {
  scale: 'part.1',
  threshold: 'part.2',
  zero: 'part.3',
  positiveOffset: 'part.4',
  positive: 'part.5',
  negativeOffset: 'part.6',
  negative: 'part.7',
  total: 'part.8',
  sum: 'part.9',
} as const;

const PART = `(Scale, ZeroThreshold, toInt64(ZeroCount), toInt64(PositiveOffset), CAST(PositiveBucketCounts, 'Array(Int64)'),
          toInt64(NegativeOffset), CAST(NegativeBucketCounts, 'Array(Int64)'), toInt64(Count), Sum)`;

/**
 * Buckets can be compared one by one only where scale and zero bucket stayed the same; else the count alone tells.
 */
const FELL = `(current.8 < previous.8
          OR (current.1 = previous.1 AND current.2 = previous.2
            AND (current.3 < previous.3 OR ${bucketFell(4, 5)} OR ${bucketFell(6, 7)})))`;

function bucketFell(offset: number, counts: number): string {
  const position = `place + previous.${offset} - current.${offset}`;
  // A position outside the array reads as 0; one below 1 would count from the end.
  return `arrayExists((before, place) ->
            before > current.${counts}[if(${position} >= 1, ${position}, length(current.${counts}) + 1)],
            previous.${counts}, arrayEnumerate(previous.${counts}))`;
}
