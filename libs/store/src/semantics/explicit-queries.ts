import { toNumber } from '../row-values.js';
import type { JsonNumber } from '../row-values.js';
import { MOMENTS, momentsOf, notesOf, onePerStep, temporalities, toMoments } from './distribution-rows.js';
import type { MomentsRow } from './distribution-rows.js';
import type { Distributions } from './distribution.js';
import { mergeExplicit } from './explicit-histogram.js';
import type { ExplicitHistogram } from './explicit-histogram.js';
import { explicitQuantile } from './explicit-quantile.js';
import { histogramPoints } from './histogram-increase-sql.js';
import { toSeries } from './number-queries.js';
import { bucketTable } from './query-scope.js';
import type { QueryScope } from './query-scope.js';
import type { SeriesKind } from './series-kinds.js';
import { isHistogram } from './series-sql.js';

/** Quantiles of explicit-bucket histograms per step, by the rules of Prometheus. */
export async function explicitDistributions(
  scope: QueryScope,
  kinds: readonly SeriesKind[],
  { quantiles, buckets: withBuckets }: { readonly quantiles: readonly number[]; readonly buckets: boolean },
): Promise<Distributions> {
  const parts = temporalities(kinds).flatMap((kind) => {
    const filter = scope.points(isHistogram('histogram', kind));
    return filter === null
      ? []
      : [
          `SELECT SeriesHash, ${scope.step('time', 1_000_000)} AS step, bounds, counts, total, sum, min, max, skipped
           FROM (${histogramPoints(kind, filter)})`,
        ];
  });
  const buckets = scope.buckets("MetricType = 'histogram'");
  if (buckets !== null) {
    parts.push(`SELECT SeriesHash, ${scope.step('toInt64(toUnixTimestamp(Bucket)) * 1000', 1)} AS step,
        ExplicitBounds AS bounds, BucketCounts AS counts, Count AS total, Sum AS sum, Min AS min, Max AS max,
        Skipped AS skipped
      FROM ${bucketTable('metric_histograms', scope.plan)} FINAL WHERE ${buckets}`);
  }
  const rows = await scope.query<MomentsRow & { bounds: JsonNumber[]; counts: string[]; skipped: string }>(
    `SELECT ${scope.labels} AS labels, step, bounds, sumForEach(counts) AS counts, ${MOMENTS}, sum(skipped) AS skipped
     FROM (${parts.join('\n UNION ALL ')}) AS histograms ${scope.labelJoin}
     GROUP BY labels, step, bounds ORDER BY labels, step, bounds`,
    'metric-queries.histogram',
  );
  let mappedSteps = 0;
  const series = toSeries(scope, onePerStep(rows), ({ rows: ofStep }) => {
    const counting = ofStep.filter(hasObservations);
    const { histogram, mapped } = mergeExplicit(
      (counting.length > 0 ? counting : ofStep.slice(0, 1)).map(toExplicit),
    );
    mappedSteps += mapped ? 1 : 0;
    return {
      ...momentsOf(histogram),
      quantiles: quantiles.map((each) => explicitQuantile(histogram, each)),
      ...(withBuckets && {
        buckets: { bounds: histogram.bounds, counts: histogram.counts.map(Number) },
      }),
    };
  });
  const skipped = rows.reduce((sum, row) => sum + toNumber(row.skipped), 0);
  return { series, notes: notesOf({ 'bounds-mapped': mappedSteps, 'segment-skipped': skipped }) };
}

/** Different bounds among which one has no observations need no mapping. */
function hasObservations({ total }: MomentsRow): boolean {
  return total !== '0';
}

function toExplicit(row: MomentsRow & { bounds: JsonNumber[]; counts: string[] }): ExplicitHistogram {
  return { bounds: row.bounds.map(toNumber), counts: row.counts.map(BigInt), ...toMoments(row) };
}
