import { toNumber } from '../row-values.js';
import type { JsonNumber } from '../row-values.js';
import { numberPoints } from './increase-sql.js';
import type { PointKind } from './increase-sql.js';
import { bucketTable } from './query-scope.js';
import type { QueryScope } from './query-scope.js';
import { requireKinds } from './series-kinds.js';
import type { SeriesKind } from './series-kinds.js';
import { isKind } from './series-sql.js';

/** One series of results, or several put together: a value per step, oldest first. Steps without points are absent. */
export interface ValueSeries {
  /** The labels asked for by `by`; empty where a series has none. */
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly ValuePoint[];
}

/** The value of one step. */
export interface ValuePoint {
  /** Beginning of the step, ms. */
  readonly at: number;
  readonly value: number;
  /** The value exactly, where every point behind it counts as an integer. */
  readonly integer: bigint | null;
}

/** What a gauge's points within a step become, per series. */
export type OverTime = 'avg' | 'min' | 'max' | 'last';

/** How series with the same labels are put together. */
export type AcrossSeries = 'sum' | 'avg' | 'min' | 'max';

/** What every row of results has. */
export interface StepRow {
  readonly labels: readonly string[];
  readonly step: string;
}

/**
 * Increases per step: per series first, then summed by labels.
 *
 * @throws AppError `store.selector-type` when a series found is no sum, or does not say whether its points are increases.
 */
export async function increases(
  scope: QueryScope,
  metric: string,
  kinds: readonly SeriesKind[],
): Promise<ValueSeries[]> {
  requireKinds(
    metric,
    kinds,
    'a sum, delta or cumulative',
    ({ type, temporality }) => type === 'sum' && temporality !== 'unspecified',
  );
  const found = (['delta', 'cumulative', 'cumulative-updown'] as const).filter((kind) =>
    kinds.some((each) => pointKindOf(each) === kind),
  );
  const parts = found.flatMap((kind) => rawIncreases(scope, kind));
  const buckets = scope.buckets("MetricType = 'sum'");
  if (buckets !== null && found.length > 0) {
    parts.push(`SELECT SeriesHash, ${scope.step('toInt64(toUnixTimestamp(Bucket)) * 1000', 1)} AS step,
        sum(IncreaseInt) AS integer, sumKahan(Increase - toFloat64(IncreaseInt)) AS fraction,
        min(Integers = Count) AS exact
      FROM ${bucketTable('metric_points', scope.plan)} FINAL WHERE ${buckets} AND Count > 0
      GROUP BY SeriesHash, step`);
  }
  if (parts.length === 0) {
    return [];
  }
  const rows = await scope.query<StepRow & { integer: string; fraction: JsonNumber; exact: number }>(
    `SELECT ${scope.labels} AS labels, step, sum(integer) AS integer, sumKahan(fraction) AS fraction,
       min(exact) AS exact
     FROM (${parts.join('\n UNION ALL ')}) AS increases ${scope.labelJoin}
     GROUP BY labels, step ORDER BY labels, step`,
    'metric-queries.increase',
  );
  return toSeries(scope, rows, (row) => ({
    value: Number(row.integer) + toNumber(row.fraction),
    integer: row.exact === 1 ? BigInt(row.integer) : null,
  }));
}

function rawIncreases(scope: QueryScope, kind: PointKind): string[] {
  const filter = scope.points(isKind(kind));
  return filter === null
    ? []
    : [
        `SELECT SeriesHash, ${scope.step('time', 1_000_000)} AS step, sum(integer) AS integer,
           sumKahan(fraction) AS fraction, toUInt8(min(exact)) AS exact
         FROM (${numberPoints(kind, filter)}) WHERE valid
         GROUP BY SeriesHash, step`,
      ];
}

function pointKindOf({ temporality, monotonic }: SeriesKind): PointKind {
  if (temporality !== 'cumulative') {
    return temporality === 'delta' ? 'delta' : 'level';
  }
  return monotonic ? 'cumulative' : 'cumulative-updown';
}

/** Series of levels: gauges, and cumulative sums, whose value is a level as well. */
const IS_LEVEL = "MetricType IN ('gauge', 'sum')";

/**
 * Levels per step: each series' points by `over`, then the series by `across`.
 *
 * `last` is absent where the series ended after its last value of the step (flag "no recorded value").
 *
 * @throws AppError `store.selector-type` when a series found is neither a gauge nor a sum, or a sum of increases.
 */
export async function levels(
  scope: QueryScope,
  metric: string,
  kinds: readonly SeriesKind[],
  { over, across }: { over: OverTime; across: AcrossSeries },
): Promise<ValueSeries[]> {
  requireKinds(
    metric,
    kinds,
    'a gauge or a cumulative sum',
    ({ type, temporality }) => type === 'gauge' || (type === 'sum' && temporality !== 'delta'),
  );
  const parts: string[] = [];
  const filter = scope.points(IS_LEVEL);
  if (filter !== null) {
    parts.push(`SELECT SeriesHash, ${scope.step('time', 1_000_000)} AS step, countIf(valid) AS points,
        sumKahanIf(value, valid) AS total, minIf(value, valid) AS least, maxIf(value, valid) AS most,
        argMaxIf(value, time, valid) AS latest, maxIf(time, valid) AS latestAt, maxIf(time, ended) AS endedAt
      FROM (${numberPoints('level', filter)}) GROUP BY SeriesHash, step`);
  }
  const buckets = scope.buckets(IS_LEVEL);
  if (buckets !== null) {
    parts.push(`SELECT SeriesHash, ${scope.step('toInt64(toUnixTimestamp(Bucket)) * 1000', 1)} AS step, Count AS points,
        Sum AS total, Min AS least, Max AS most, Last AS latest, toUnixTimestamp64Nano(LastTime) AS latestAt,
        toUnixTimestamp64Nano(EndedAt) AS endedAt
      FROM ${bucketTable('metric_points', scope.plan)} FINAL WHERE ${buckets}`);
  }
  const rows = await scope.query<StepRow & { value: JsonNumber }>(
    `SELECT ${scope.labels} AS labels, step, ${across}(level) AS value
     FROM (
       SELECT SeriesHash, step, ${OVER_TIME[over]} AS level
       FROM (${parts.join('\n UNION ALL ')})
       GROUP BY SeriesHash, step
       HAVING sum(points) > 0${over === 'last' ? ' AND maxIf(latestAt, points > 0) > max(endedAt)' : ''}) AS levels
     ${scope.labelJoin}
     GROUP BY labels, step ORDER BY labels, step`,
    'metric-queries.gauge',
  );
  return toSeries(scope, rows, (row) => ({ value: toNumber(row.value), integer: null }));
}

const OVER_TIME: Readonly<Record<OverTime, string>> = {
  avg: 'sumKahan(total) / sum(points)',
  min: 'minIf(least, points > 0)',
  max: 'maxIf(most, points > 0)',
  last: 'argMaxIf(latest, latestAt, points > 0)',
};

/** Rows in order of labels and step, as one series per set of labels. */
export function toSeries<Row extends StepRow, Point extends object>(
  { plan, by }: QueryScope,
  rows: readonly Row[],
  convert: (row: Row) => Point,
): { labels: Readonly<Record<string, string>>; points: (Point & { at: number })[] }[] {
  const series = new Map<string, { labels: Record<string, string>; points: (Point & { at: number })[] }>();
  for (const row of rows) {
    const key = JSON.stringify(row.labels);
    let one = series.get(key);
    if (one === undefined) {
      one = {
        labels: Object.fromEntries(by.map((label, index) => [label, row.labels[index] ?? ''])),
        points: [],
      };
      series.set(key, one);
    }
    one.points.push({ at: plan.from + toNumber(row.step) * plan.step, ...convert(row) });
  }
  return [...series.values()];
}
