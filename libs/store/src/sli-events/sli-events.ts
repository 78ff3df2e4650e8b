import type { AppError, TimeRange } from '@tidewatch/core';
import { toStoreError } from '../clickhouse-error.js';
import type { Database } from '../database.js';
import type { MetricQueries } from '../semantics/metric-queries.js';
import { countTableEvents, type Slicing, type TableQuery } from './count-events.js';
import type { SliEventQuery, SliEventSlice, SliValueQuery, SliValueSlice } from './event-query.js';
import { gaugeValues } from './gauge-values.js';
import { sampleMeans } from './sample-means.js';
import { sqlReader, wholeSlices, type SqlReader } from './sql-events.js';

/**
 * Counts what SLIs over raw events ask for, and reads the values of those over measurements.
 *
 * Slices begin at multiples of their length since the epoch; what happens at a boundary belongs to the slice that begins
 * there. Answers are in the order of the queries, by group and time. A query that fails is answered by its error and does
 * not spoil the others: `store.sli-field`, `store.sli-condition`, `store.selector-type`, `store.sql-refused`,
 * `store.sql-result`, `store.sql-limit`, `store.sql-failed`, or the engine's error.
 */
export interface SliEventsRepository {
  /**
   * Good and total events per slice and group within `range`; slices without events are absent. A span happens when it ends,
   * everything else at its own time.
   */
  count(
    project: string,
    queries: readonly SliEventQuery[],
    range: TimeRange,
    sliceMs: number,
  ): Promise<readonly (readonly SliEventSlice[] | AppError)[]>;
  /** The value of each slice that `range` touches, each as a whole; slices without measurements are absent. */
  values(
    project: string,
    queries: readonly SliValueQuery[],
    range: TimeRange,
    sliceMs: number,
  ): Promise<readonly (readonly SliValueSlice[] | AppError)[]>;
}

/** Opens the repository. */
export function sliEventsRepository(database: Database, metricQueries: MetricQueries): SliEventsRepository {
  const reader = sqlReader(database);
  return {
    count: async (project, queries, range, sliceMs) => {
      const slicing = { project, range, sliceMs };
      const [ofTables, ofSql] = await Promise.all([
        countTableEvents(database, tableQueries(queries), slicing),
        inTurn(queries, async ({ sli, groupBy }) =>
          sli.kind === 'sql' ? reader.events(sli, groupBy, slicing) : null,
        ),
      ]);
      return queries.map((_, position) => ofSql[position] ?? ofTables.get(position) ?? []);
    },
    values: async (project, queries, range, sliceMs) => {
      const slicing = wholeSlices({ project, range, sliceMs });
      const answers = await inTurn(queries, (query) =>
        valuesOf({ database, metricQueries, reader }, query, slicing),
      );
      return answers.map((answer) => answer ?? []);
    },
  };
}

function tableQueries(queries: readonly SliEventQuery[]): TableQuery[] {
  return queries.flatMap(({ sli, groupBy }, position) =>
    sli.kind === 'sql' ? [] : [{ sli, groupBy, position }],
  );
}

interface Readers {
  readonly database: Database;
  readonly metricQueries: MetricQueries;
  readonly reader: SqlReader;
}

function valuesOf(
  { database, metricQueries, reader }: Readers,
  { sli, groupBy }: SliValueQuery,
  slicing: Slicing,
): Promise<SliValueSlice[]> {
  switch (sli.kind) {
    case 'gauge':
      return gaugeValues(metricQueries, sli, groupBy, slicing);
    case 'sample-mean':
      return sampleMeans(database, sli, groupBy, slicing);
    case 'sql':
      return reader.values(sli, groupBy, slicing);
  }
}

/** One after the other, so that many SLIs do not take the engine from everybody else. */
async function inTurn<Query, Answer>(
  queries: readonly Query[],
  ask: (query: Query) => Promise<Answer>,
): Promise<(Answer | AppError)[]> {
  const answers: (Answer | AppError)[] = [];
  for (const query of queries) {
    try {
      answers.push(await ask(query));
    } catch (error) {
      answers.push(toStoreError(error, 'Reading an SLI'));
    }
  }
  return answers;
}
