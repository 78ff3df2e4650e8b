import { bucketIncreases } from './increases.js';

/**
 * p50, p95 and p99 per service and bucket of time, in seconds, from summed bucket counts.
 *
 * Interpolation follows Prometheus' `histogram_quantile` for classic histograms (promql/quantile.go, `bucketQuantile`):
 * the rank is q times the number of observations; inside the bucket that holds it values are taken to be spread evenly;
 * a rank in the overflow bucket gives the highest finite bound; the first bucket starts at 0, unless its upper bound is
 * not positive, which is then the answer. Series whose bounds differ are summed bound by bound.
 */
export function latencyPercentiles(): string {
  return `${bucketIncreases()},
  buckets AS (
    SELECT $__timeInterval(TimeUnix) AS time, Service AS service, Bound, sum(InBucket) AS Observations
    FROM increases
    ARRAY JOIN Bounds AS Bound, Increase AS InBucket
    GROUP BY time, service, Bound
  ),
  ladders AS (
    SELECT
      time,
      service,
      arraySort(groupArray((Bound, Observations))) AS Steps,
      arrayMap(step -> step.1, Steps) AS UpperBounds,
      arrayCumSum(arrayMap(step -> step.2, Steps)) AS Cumulative
    FROM buckets
    GROUP BY time, service
    HAVING Cumulative[-1] > 0
  ),
  ranked AS (
    SELECT
      time,
      service,
      UpperBounds,
      arrayJoin([(0.5, 'p50'), (0.95, 'p95'), (0.99, 'p99')]) AS Wanted,
      Wanted.1 * Cumulative[-1] AS Rank,
      arrayFirstIndex(count -> count >= Rank, Cumulative) AS Step,
      if(Step = 1, 0, UpperBounds[Step - 1]) AS Lower,
      if(Step = 1, 0, Cumulative[Step - 1]) AS Below,
      Cumulative[Step] - Below AS Inside
    FROM ladders
  )
SELECT
  time,
  service,
  Wanted.2 AS percentile,
  multiIf(
    isInfinite(UpperBounds[Step]), UpperBounds[-2],
    Step = 1 AND UpperBounds[1] <= 0, UpperBounds[1],
    Lower + (UpperBounds[Step] - Lower) * (Rank - Below) / Inside
  ) AS latency
FROM ranked
ORDER BY time, service, percentile`;
}
