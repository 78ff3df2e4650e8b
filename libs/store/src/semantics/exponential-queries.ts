import { toNumber } from '../row-values.js';
import type { JsonNumber } from '../row-values.js';
import { MOMENTS, momentsOf, notesOf, onePerStep, temporalities, toMoments } from './distribution-rows.js';
import type { MomentsRow } from './distribution-rows.js';
import type { Distributions } from './distribution.js';
import { boundedBuckets } from './exponential-buckets.js';
import { mergeExponential } from './exponential-histogram.js';
import type { ExponentialHistogram } from './exponential-histogram.js';
import { EXPONENTIAL_PART, exponentialParts, unusableExponentialPoints } from './exponential-increase-sql.js';
import { exponentialQuantile } from './exponential-quantile.js';
import type { QuantileEstimate } from './exponential-quantile.js';
import { toSeries } from './number-queries.js';
import type { QueryScope } from './query-scope.js';
import type { SeriesKind } from './series-kinds.js';
import { isHistogram } from './series-sql.js';

/** Quantiles of exponential histograms per step. */
export async function exponentialDistributions(
  scope: QueryScope,
  kinds: readonly SeriesKind[],
  {
    quantiles,
    estimate,
    buckets: withBuckets,
  }: {
    readonly quantiles: readonly number[];
    readonly estimate: QuantileEstimate;
    readonly buckets: boolean;
  },
): Promise<Distributions> {
  const filter = scope.points("MetricType = 'exponential_histogram'");
  if (filter === null) {
    return { series: [], notes: [] };
  }
  const parts = temporalities(kinds).flatMap((kind) => {
    const ofKind = scope.points(isHistogram('exponential_histogram', kind));
    return ofKind === null
      ? []
      : [
          `SELECT SeriesHash, time, toInt64(sign) AS sign, part, min, max FROM (${exponentialParts(kind, ofKind)})`,
        ];
  });
  const { scale, threshold, zero, total, sum } = EXPONENTIAL_PART;
  const buckets = (offset: string, counts: string): string =>
    `sumMap(arrayMap(place -> ${offset} + place - 1, arrayEnumerate(${counts})), arrayMap(count -> sign * count, ${counts}))`;
  const rows = await scope.query<ExponentialRow>(
    `SELECT ${scope.labels} AS labels, step, scale, threshold, sum(sign * ${zero}) AS zero,
       ${buckets(EXPONENTIAL_PART.positiveOffset, EXPONENTIAL_PART.positive)} AS positive,
       ${buckets(EXPONENTIAL_PART.negativeOffset, EXPONENTIAL_PART.negative)} AS negative, ${MOMENTS}
     FROM (
       SELECT *, ${scope.step('time', 1_000_000)} AS step, ${scale} AS scale, ${threshold} AS threshold,
         sign * ${total} AS total, sign * ${sum} AS sum
       FROM (${parts.join('\n UNION ALL ')})) AS histograms ${scope.labelJoin}
     GROUP BY labels, step, scale, threshold ORDER BY labels, step, scale, threshold`,
    'metric-queries.exponential',
  );
  const [unusable] = await scope.query<{ points: string }>(
    unusableExponentialPoints(filter),
    'metric-queries.exponential-unusable',
  );
  let fallenSteps = 0;
  const series = toSeries(scope, onePerStep(rows), ({ rows: ofStep }) => {
    const histogram = mergeExponential(ofStep.map(toExponential));
    fallenSteps += [...histogram.positive, ...histogram.negative].some(([, count]) => count < 0n) ? 1 : 0;
    return {
      ...momentsOf(histogram),
      quantiles: quantiles.map((each) => exponentialQuantile(histogram, each, estimate)),
      ...(withBuckets && { buckets: boundedBuckets(histogram) }),
    };
  });
  return {
    series,
    notes: notesOf({ 'scale-unusable': toNumber(unusable?.points ?? 0), 'counts-fell': fallenSteps }),
  };
}

interface ExponentialRow extends MomentsRow {
  readonly scale: number;
  readonly threshold: JsonNumber;
  readonly zero: string;
  readonly positive: readonly [readonly string[], readonly string[]];
  readonly negative: readonly [readonly string[], readonly string[]];
}

function toExponential(row: ExponentialRow): ExponentialHistogram {
  const side = ([indices, counts]: ExponentialRow['positive']) =>
    indices.map((index, place) => [Number(index), BigInt(counts[place] ?? 0)] as const);
  return {
    scale: row.scale,
    zeroCount: BigInt(row.zero),
    zeroThreshold: toNumber(row.threshold),
    positive: side(row.positive),
    negative: side(row.negative),
    ...toMoments(row),
  };
}
