import type { AppError, TimeRange } from '@tidewatch/core';
import { toStoreError } from '../clickhouse-error.js';
import type { Database } from '../database.js';
import { toNumber, type JsonNumber } from '../row-values.js';
import { Bindings } from './bindings.js';
import { byKey } from './by-key.js';
import { eventCounts, needsLabels } from './event-counts-sql.js';
import type { SliEventSlice, TableEvents } from './event-query.js';
import { labelledParameters } from './labelled-samples.js';

/** A query of one of the store's own tables, and where its answer goes. */
export interface TableQuery {
  readonly sli: TableEvents;
  readonly groupBy: readonly string[];
  readonly position: number;
}

/** Answers by position of their query. */
export type Answers<Slice> = Map<number, readonly Slice[] | AppError>;

/** When, and in slices of what length. */
export interface Slicing {
  readonly project: string;
  readonly range: TimeRange;
  readonly sliceMs: number;
}

/** Queries in one statement: as many as the engine plans in no time. */
const QUERIES_PER_STATEMENT = 20;

/** Counts the events of queries of tables, those of one table together. */
export async function countTableEvents(
  database: Database,
  queries: readonly TableQuery[],
  slicing: Slicing,
): Promise<Answers<SliEventSlice>> {
  const answers: Answers<SliEventSlice> = new Map();
  for (const batch of batchesOf(queries)) {
    for (const [position, answer] of await countBatch(database, batch, slicing)) {
      answers.set(position, answer);
    }
  }
  return answers;
}

function batchesOf(queries: readonly TableQuery[]): TableQuery[][] {
  return byKey(queries, tableOf).flatMap((list) =>
    Array.from({ length: Math.ceil(list.length / QUERIES_PER_STATEMENT) }, (_, index) =>
      list.slice(index * QUERIES_PER_STATEMENT, (index + 1) * QUERIES_PER_STATEMENT),
    ),
  );
}

/** Queries with the same text share statements. How long labels are waited for is one parameter of a statement. */
function tableOf({ sli }: TableQuery): string {
  return sli.kind === 'predictions' && needsLabels(sli) ? `predictions ${sli.labelDelayMs}` : sli.kind;
}

async function countBatch(
  database: Database,
  batch: readonly TableQuery[],
  slicing: Slicing,
): Promise<Answers<SliEventSlice>> {
  try {
    return await runBatch(database, batch, slicing);
  } catch (error) {
    const failure = toStoreError(error, 'Counting events');
    const [only] = batch;
    if (batch.length === 1 || failure.retryable || only === undefined) {
      return new Map(batch.map(({ position }) => [position, failure]));
    }
    // One of them is wrong, such as an expression that does not compile: the others must not suffer.
    const answers: Answers<SliEventSlice> = new Map();
    for (const query of batch) {
      for (const [position, answer] of await countBatch(database, [query], slicing)) {
        answers.set(position, answer);
      }
    }
    return answers;
  }
}

interface CountRow {
  readonly query: number;
  readonly slice: JsonNumber;
  readonly grp: string[];
  readonly good: JsonNumber;
  readonly total: JsonNumber;
}

async function runBatch(
  database: Database,
  batch: readonly TableQuery[],
  { project, range, sliceMs }: Slicing,
): Promise<Answers<SliEventSlice>> {
  const [first] = batch;
  const labelled = first?.sli.kind === 'predictions' && needsLabels(first.sli) ? first.sli : null;
  const bindings = new Bindings({
    ...{ project, from: range.from, to: range.to, slice: sliceMs },
    ...labelledParameters(labelled !== null, range, labelled?.labelDelayMs ?? 0),
  });
  const parts = batch.map(
    ({ sli, groupBy, position }) =>
      `SELECT toUInt32(${position}) AS query, slice, grp, good, total FROM (${eventCounts({ sli, groupBy, bindings })})`,
  );
  const rows = await database.query<CountRow>(parts.join('\n UNION ALL '), bindings.parameters, {
    tag: `sli-events.${first?.sli.kind ?? 'none'}`,
    // Keys contain the time by which the tables are partitioned.
    settings: { do_not_merge_across_partitions_select_final: 1 },
  });
  const answers = new Map<number, SliEventSlice[]>(batch.map(({ position }) => [position, []]));
  for (const { query, slice, grp, good, total } of rows) {
    answers.get(query)?.push({
      group: grp,
      start: toNumber(slice) * sliceMs,
      good: toNumber(good),
      total: toNumber(total),
    });
  }
  for (const slices of answers.values()) {
    slices.sort(inOrder);
  }
  return answers;
}

/** By group, then by time. */
export function inOrder(
  one: { readonly group: readonly string[]; readonly start: number },
  other: { readonly group: readonly string[]; readonly start: number },
): number {
  const [a, b] = [JSON.stringify(one.group), JSON.stringify(other.group)];
  return a < b ? -1 : a > b ? 1 : one.start - other.start;
}
