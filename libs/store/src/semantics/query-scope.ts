import { attributeKeysOf } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { ParameterValue, Parameters } from '../parameters.js';
import { labelValue, seriesCondition } from '../slices/series-condition.js';
import type { SliceSelector } from '../slices/sli-query.js';
import { LOOK_BACK_MS } from './increase-sql.js';
import type { PointFilter } from './increase-sql.js';
import type { QueryPlan } from './query-plan.js';
import { inSeries, seriesDays } from './series-sql.js';
import type { SeriesTable } from './series-sql.js';

const DAY_MS = 86_400_000;

/** Which series, when, and how they are put together. */
export interface MetricQuery {
  readonly selector: SliceSelector;
  readonly range: TimeRange;
  /** Length of a step, ms. */
  readonly step: number;
  /** Labels to keep apart; a series without one has it empty. Default: none, one result for all series. */
  readonly by?: readonly string[];
  /** Reads raw points or one kind of roll-up regardless of range and step. */
  readonly resolution?: 'raw' | '1m' | '1h';
}

/** The SQL pieces that all queries of one metric share. */
export interface QueryScope {
  readonly plan: QueryPlan;
  readonly by: readonly string[];
  /** Raw points of the series that `kind` (condition on a series row) chooses; `null` when buckets answer everything. */
  points(kind: string): PointFilter | null;
  /** Condition on bucket rows of those series; `null` when raw points answer everything. */
  buckets(kind: string): string | null;
  /** Number of the step that holds `time` (SQL, milliseconds; nanoseconds with a factor of 1,000,000). */
  step(time: string, factor: number): string;
  /** Puts each series' rows under its labels: `JOIN …` on SeriesHash, and the SQL of the labels. */
  readonly labelJoin: string;
  readonly labels: string;
  /** SELECT … of series rows, from every table that the query touches. */
  seriesRows(columns: string, groupBy: string): string;
  query<Row>(sql: string, tag: string): Promise<Row[]>;
}

/** Binds a query to a project and a plan. */
export function queryScope(
  database: Database,
  project: string,
  query: MetricQuery,
  plan: QueryPlan,
): QueryScope {
  const by = query.by ?? [];
  const condition = seriesCondition(query.selector, 'metric');
  const values = by.map((label, index) => labelValue(attributeKeysOf(label), `by${index}`));
  const parameters = bind(project, plan, by, condition.parameters);
  const tables: SeriesTable[] = [
    ...(plan.seam > plan.from ? (['metric_series_monthly'] as const) : []),
    ...(plan.seam < plan.to ? (['metric_series'] as const) : []),
  ];
  const metric = 'MetricName = {metric_metric:String}';
  const seriesRows = (columns: string, groupBy: string): string => {
    const selects = tables.map(
      (table) =>
        `SELECT ${columns} FROM ${table} WHERE ${seriesDays(table)} AND ${condition.sql} GROUP BY ${groupBy}`,
    );
    return selects.join('\n UNION ALL ');
  };
  return {
    plan,
    by,
    points: (kind) =>
      plan.seam < plan.to
        ? {
            series: `${metric} AND ${inSeries('metric_series', [condition.sql, kind])}`,
            from: '{seam:Int64}',
            to: '{to:Int64}',
          }
        : null,
    buckets: (kind) =>
      plan.seam > plan.from
        ? `Project = {project:String} AND ${metric} AND ${inSeries('metric_series_monthly', [condition.sql, kind])}
             AND Bucket >= fromUnixTimestamp({bucketFrom:UInt32}) AND Bucket < fromUnixTimestamp({bucketTo:UInt32})`
        : null,
    step: (time, factor) => `intDiv(${time} - {from:Int64} * ${factor}, {step:Int64} * ${factor})`,
    labelJoin:
      by.length === 0
        ? ''
        : `INNER JOIN (
             SELECT SeriesHash, any(labels) AS labels
             FROM (${seriesRows(`SeriesHash, any([${values.join(', ')}]) AS labels`, 'SeriesHash')})
             GROUP BY SeriesHash) AS named USING (SeriesHash)`,
    labels: by.length === 0 ? 'emptyArrayString()' : 'labels',
    seriesRows,
    query: (sql, tag) =>
      database.query(sql, usedIn(sql, parameters), {
        tag,
        settings: { do_not_merge_across_partitions_select_final: 1 },
      }),
  };
}

function bind(
  project: string,
  plan: QueryPlan,
  by: readonly string[],
  condition: Readonly<Record<string, ParameterValue>>,
): Parameters {
  const labels = by.flatMap((label, index) =>
    attributeKeysOf(label).map((key, position) => [`by${index}_key${position}`, key] as const),
  );
  return {
    project,
    from: plan.from,
    seam: plan.seam,
    to: plan.to,
    step: plan.step,
    bucketFrom: plan.from / 1000,
    bucketTo: plan.seam / 1000,
    firstDay: Math.floor((plan.seam - LOOK_BACK_MS) / DAY_MS),
    firstMonth: Math.floor(plan.from / DAY_MS),
    lastDay: Math.floor(plan.to / DAY_MS),
    ...condition,
    ...Object.fromEntries(labels),
  };
}

/** Those of `parameters` that `sql` names: which ones a query needs depends on its parts. */
function usedIn(sql: string, parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => sql.includes(`{${name}:`)));
}

/** The bucket table of a plan that reads buckets: `metric_points` becomes `metric_points_1m`. */
export function bucketTable(table: 'metric_points' | 'metric_histograms', plan: QueryPlan): string {
  return `${table}_${plan.resolution === '1h' ? '1h' : '1m'}`;
}
