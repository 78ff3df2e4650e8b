import { AppError } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { toNumber } from '../row-values.js';
import { LOOK_BACK_MS } from '../semantics/increase-sql.js';
import { seriesCondition } from './series-condition.js';
import type { BoundCondition } from './series-condition.js';
import type { SliceSelector } from './sli-query.js';

const DAY_MS = 86_400_000;

/** The days on which series of points in `range`, or in the look-back before it, are written. */
export function dayParameters(range: TimeRange): Parameters {
  return {
    firstDay: Math.floor((range.from - LOOK_BACK_MS) / DAY_MS),
    lastDay: Math.floor(range.to / DAY_MS),
  };
}

/** A selector with the part it plays, which also begins the names of its parameters. */
export interface Selection {
  readonly role: string;
  readonly selector: SliceSelector;
  /** `sum`: a counter; `histogram`: a histogram with explicit buckets. */
  readonly wanted: 'sum' | 'histogram';
}

/** Series of one selection that are counted in the same way. */
export interface SelectedSeries extends Selection {
  readonly temporality: 'delta' | 'cumulative';
  /** On `metric_series`: the selector's series. */
  readonly condition: BoundCondition;
}

interface KindRow {
  readonly role: string;
  readonly type: string;
  readonly temporality: string;
  readonly monotonic: boolean;
  readonly series: string;
}

/**
 * The series that `selections` find in `range`, by temporality; a selection that finds none is absent.
 *
 * @throws AppError `store.selector-type` when a series found is of another kind, cannot only rise, or does not say
 *   whether its points are increases or totals: any number computed from it would be wrong.
 */
export async function selectSeries(
  database: Database,
  project: string,
  selections: readonly Selection[],
  range: TimeRange,
): Promise<SelectedSeries[]> {
  const selected = selections.map((selection) => ({
    ...selection,
    condition: seriesCondition(selection.selector, selection.role),
  }));
  const statements = selected.map(
    ({
      role,
      condition,
    }) => `SELECT '${role}' AS role, MetricType AS type, AggregationTemporality AS temporality,
        IsMonotonic AS monotonic, uniqExact(SeriesHash) AS series
      FROM metric_series
      WHERE Project = {project:String} AND Day >= toDate({firstDay:UInt16}) AND Day <= toDate({lastDay:UInt16})
        AND ${condition.sql}
      GROUP BY type, temporality, monotonic`,
  );
  const parameters = Object.assign(
    {},
    ...selected.map(({ condition }) => condition.parameters),
  ) as Parameters;
  const rows = await database.query<KindRow>(
    statements.join('\n UNION ALL '),
    { project, ...parameters, ...dayParameters(range) },
    { tag: 'slo-slices.series', settings: { max_threads: 1 } },
  );
  for (const selection of selected) {
    rows.filter(({ role }) => role === selection.role).forEach((row) => checkKind(selection, row));
  }
  return selected.flatMap((selection) =>
    (['delta', 'cumulative'] as const)
      .filter((each) => rows.some(({ role, temporality }) => role === selection.role && temporality === each))
      .map((temporality) => ({ ...selection, temporality })),
  );
}

function checkKind({ selector, wanted }: Selection, row: KindRow): void {
  const refuse = (what: string, hint: string): never => {
    throw new AppError({
      code: 'store.selector-type',
      message: `${toNumber(row.series)} series of ${selector.metric} ${what}.`,
      hint,
    });
  };
  const needed = wanted === 'sum' ? 'a counter (a monotonic sum)' : 'an explicit-bucket histogram';
  if (row.type !== wanted) {
    refuse(
      `are of type ${row.type}, and this SLI needs ${needed}`,
      'Name another metric, or narrow `match`.',
    );
  }
  if (wanted === 'sum' && !row.monotonic) {
    refuse(
      'are sums that may also fall, and this SLI needs a counter',
      'Send the metric as a monotonic sum.',
    );
  }
  if (row.temporality === 'unspecified') {
    refuse(
      'do not say whether they are delta or cumulative',
      'Set the aggregation temporality where they are made.',
    );
  }
}
