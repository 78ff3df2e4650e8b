import type { Database } from '../database.js';
import type { Retention } from '../options.js';
import { toNumber } from '../row-values.js';
import type { Distributions } from './distribution.js';
import { explicitDistributions } from './explicit-queries.js';
import { exponentialDistributions } from './exponential-queries.js';
import type { QuantileEstimate } from './exponential-quantile.js';
import { increases, levels } from './number-queries.js';
import type { AcrossSeries, OverTime, ValueSeries } from './number-queries.js';
import { planQuery } from './query-plan.js';
import type { QueryPlan } from './query-plan.js';
import { queryScope } from './query-scope.js';
import type { MetricQuery, QueryScope } from './query-scope.js';
import { findKinds, requireKinds } from './series-kinds.js';
import type { SeriesKind } from './series-kinds.js';

/** Levels of gauges per step. */
export interface GaugeQuery extends MetricQuery {
  /** Within a step and series. Default `avg`. */
  readonly over?: OverTime;
  /** Over series with the same labels. Default `sum`. */
  readonly across?: AcrossSeries;
}

/** Quantiles per step. */
export interface QuantileQuery extends MetricQuery {
  /** 0 to 1 each. */
  readonly quantiles: readonly number[];
  /** For exponential histograms. Default `bounded`. */
  readonly estimate?: QuantileEstimate;
  /** Also returns bucket counts. */
  readonly buckets?: boolean;
}

/** Results with the plan they were made by, which says what range and step they have and what they were read from. */
export interface MetricValues {
  readonly plan: QueryPlan;
  readonly series: ValueSeries[];
}

/**
 * Metrics as charts and monitors ask for them: per step of a range, from deduplicated points or their roll-ups.
 *
 * Every number is computed per series first and put together by labels then. The rules are in `docs/metric-semantics.md`.
 * All throw AppError `store.selector-type` when the selector finds series from which the number cannot be told,
 * `store.query-range` (see {@link planQuery}), or the engine's error.
 *
 * `now` decides which raw points are still kept. Default: the clock.
 */
export interface MetricQueries {
  /** What sums rose by in each step. No extrapolation: an increase belongs to the step that holds its point. */
  increase(project: string, query: MetricQuery, now?: number): Promise<MetricValues>;
  /** The increase per second of the step, or of the part of it that lies in the range. */
  rate(project: string, query: MetricQuery, now?: number): Promise<MetricValues>;
  gauge(project: string, query: GaugeQuery, now?: number): Promise<MetricValues>;
  /** Counts, sums and quantiles of explicit or exponential histograms, of both temporalities. */
  distribution(
    project: string,
    query: QuantileQuery,
    now?: number,
  ): Promise<Distributions & { readonly plan: QueryPlan }>;
}

const DAY_MS = 86_400_000;

/** Raw points expire by parts of a day: within this of their end some may be gone already. */
const EXPIRING_MS = 3_600_000;

/** Opens the repository. */
export function metricQueries(database: Database, retention: Retention): MetricQueries {
  const open = async (project: string, query: MetricQuery, now: number): Promise<Opened> => {
    const rolledTo = await readRolledTo(database, project);
    const rawFrom = now - retention.rawDays * DAY_MS + EXPIRING_MS;
    const plan = planQuery(query.range, query.step, { rawFrom, rolledTo }, query.resolution ?? null);
    const scope = queryScope(database, project, query, plan);
    return { scope, plan, kinds: await findKinds(scope) };
  };
  const increase: MetricQueries['increase'] = async (project, query, now = Date.now()) => {
    const { scope, plan, kinds } = await open(project, query, now);
    return { plan, series: await increases(scope, query.selector.metric, kinds) };
  };
  return {
    increase,
    rate: async (project, query, now) => {
      const { plan, series } = await increase(project, query, now);
      return { plan, series: series.map((one) => perSecond(one, plan)) };
    },
    gauge: async (project, query, now = Date.now()) => {
      const { scope, plan, kinds } = await open(project, query, now);
      const { over = 'avg', across = 'sum' } = query;
      return {
        plan,
        series: kinds.length === 0 ? [] : await levels(scope, query.selector.metric, kinds, { over, across }),
      };
    },
    distribution: async (project, query, now = Date.now()) => {
      const rolled = await open(project, query, now);
      // Exponential histograms have no roll-ups: what raw points there are answers.
      const raw = (): Promise<Opened> => open(project, { ...query, resolution: 'raw' }, now);
      const found = rolled.kinds.length > 0 ? rolled : await raw();
      const { quantiles, estimate = 'bounded', buckets = false } = query;
      const type = found.kinds[0]?.type === 'exponential_histogram' ? 'exponential_histogram' : 'histogram';
      requireKinds(
        query.selector.metric,
        found.kinds,
        `one type of histogram, delta or cumulative (${type})`,
        (kind) => kind.type === type && kind.temporality !== 'unspecified',
      );
      if (found.kinds.length === 0) {
        return { plan: found.plan, series: [], notes: [] };
      }
      if (type === 'histogram') {
        const wanted = { quantiles, buckets };
        return { plan: found.plan, ...(await explicitDistributions(found.scope, found.kinds, wanted)) };
      }
      const { plan, scope, kinds } = found.plan.resolution === 'raw' ? found : await raw();
      return { plan, ...(await exponentialDistributions(scope, kinds, { quantiles, estimate, buckets })) };
    },
  };
}

interface Opened {
  readonly scope: QueryScope;
  readonly plan: QueryPlan;
  readonly kinds: readonly SeriesKind[];
}

async function readRolledTo(database: Database, project: string): Promise<number | null> {
  const [row] = await database.query<{ hours: string; last: number }>(
    'SELECT count() AS hours, toUnixTimestamp(max(Hour)) AS last FROM rollup_hours WHERE Project = {project:String}',
    { project },
    { tag: 'metric-queries.rolled-to', settings: { max_threads: 1 } },
  );
  return row === undefined || toNumber(row.hours) === 0 ? null : row.last * 1000 + 3_600_000;
}

function perSecond({ labels, points }: ValueSeries, { to, step }: QueryPlan): ValueSeries {
  return {
    labels,
    points: points.map(({ at, value }) => ({
      at,
      value: (value * 1000) / (Math.min(at + step, to) - at),
      integer: null,
    })),
  };
}
