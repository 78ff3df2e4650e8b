import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { READ_MEMORY_BYTES, READ_TIMEOUT_MS } from '../limits.js';
import { toNumber, type JsonNumber } from '../row-values.js';
import { inOrder, type Slicing } from './count-events.js';
import type { SliEventSlice, SliValueSlice, SqlEvents, SqlSource, SqlValues } from './event-query.js';
import { checkSql, isolated, limitsOf, statementParameters, type CheckedSql } from './sql-check.js';
import { sqlError, wrongResult } from './sql-refusal.js';

/** Rows of slices and groups that a statement may yield. */
const MOST_SLICES = 100_000;

/** Statements of which it is remembered that they were checked. */
const REMEMBERED = 1_000;

/** Runs the SELECTs that people write as SLIs. */
export interface SqlReader {
  /** @throws AppError `store.sql-refused`, `store.sql-result`, `store.sql-limit`, `store.sql-failed`, or the store's error. */
  events(sli: SqlEvents, groupBy: readonly string[], slicing: Slicing): Promise<SliEventSlice[]>;
  /** The last value of each slice. Throws as {@link SqlReader.events}. */
  values(sli: SqlValues, groupBy: readonly string[], slicing: Slicing): Promise<SliValueSlice[]>;
}

/** Opens a reader, which checks each statement once. */
export function sqlReader(database: Database): SqlReader {
  const checked = new Map<string, CheckedSql>();
  const check = async (sli: SqlSource, { project, range }: Slicing): Promise<CheckedSql> => {
    const key = JSON.stringify([sli.sql, Object.keys(sli.parameters).sort()]);
    const known = checked.get(key) ?? (await checkSql(database, project, sli, range));
    checked.delete(key);
    checked.set(key, known);
    if (checked.size > REMEMBERED) {
      checked.delete(checked.keys().next().value ?? key);
    }
    return known;
  };
  return {
    events: async (sli, groupBy, slicing) => {
      const statement = await check(sli, slicing);
      const counted = sli.result.kind;
      checkColumns(statement, [counted, 'total'], groupBy);
      const rows = await run<{ counted: JsonNumber; total: JsonNumber }>(database, sli, slicing, {
        sql: statement.sql,
        groupBy,
        numbers: [counted, 'total'],
        columns: 'sum(__number0) AS counted, sum(__number1) AS total',
      });
      return rows.flatMap((row) => eventsOf(row, counted, slicing.sliceMs)).sort(inOrder);
    },
    values: async (sli, groupBy, slicing) => {
      const statement = await check(sli, slicing);
      checkColumns(statement, ['value'], groupBy);
      const rows = await run<{ value: JsonNumber }>(database, sli, slicing, {
        sql: statement.sql,
        groupBy,
        // Of two values of the same moment the larger, so that the answer is always the same.
        numbers: ['value'],
        columns: 'tupleElement(max((__at, __number0)), 2) AS value',
      });
      return rows
        .map((row) => ({
          group: row.grp,
          start: toNumber(row.slice) * slicing.sliceMs,
          value: toNumber(row.value),
        }))
        .sort(inOrder);
    },
  };
}

/** Counts are whole; good ones no more than all. A slice without events is none. */
function eventsOf(
  row: SliceRow & { readonly counted: JsonNumber; readonly total: JsonNumber },
  kind: 'good' | 'bad',
  sliceMs: number,
): SliEventSlice[] {
  const total = Math.round(toNumber(row.total));
  const counted = Math.min(total, Math.max(0, Math.round(toNumber(row.counted))));
  return total > 0
    ? [
        {
          group: row.grp,
          start: toNumber(row.slice) * sliceMs,
          good: kind === 'good' ? counted : total - counted,
          total,
        },
      ]
    : [];
}

const NUMBER_TYPE =
  /^(LowCardinality\()?(Nullable\()?(U?Int\d+|Float(32|64)|Decimal\(.*\)|Bool|BFloat16)\)*$/;
const TIME_TYPE = /^(LowCardinality\()?(Nullable\()?DateTime(64)?(\(.*\))?\)*$/;

function checkColumns({ columns }: CheckedSql, numbers: readonly string[], groupBy: readonly string[]): void {
  const missing = ['time', ...numbers, ...groupBy].filter((name) => !columns.has(name));
  if (missing.length > 0) {
    throw wrongResult(
      `yields no column ${missing.join(', ')}, only ${[...columns.keys()].join(', ')}`,
      `Name the columns with AS: time, ${numbers.join(', ')}, and one for each label that the SLO is grouped by.`,
    );
  }
  const time = columns.get('time') ?? '';
  if (!TIME_TYPE.test(time)) {
    throw wrongResult(`yields time as ${time}`, 'It has to be a DateTime or DateTime64.');
  }
  for (const name of numbers) {
    const type = columns.get(name) ?? '';
    if (!NUMBER_TYPE.test(type)) {
      throw wrongResult(`yields ${name} as ${type}`, 'It has to be a number.');
    }
  }
}

interface SliceRow {
  readonly slice: JsonNumber;
  readonly grp: string[];
}

interface Summary {
  readonly sql: string;
  readonly groupBy: readonly string[];
  /** Columns that hold numbers; a row counts when all of them are finite. */
  readonly numbers: readonly string[];
  /** What to make of them, by their position. */
  readonly columns: string;
}

/** What the statement yields for times within the range, per slice and group. */
async function run<Row>(
  database: Database,
  sli: SqlSource,
  { project, range, sliceMs }: Slicing,
  { sql, groupBy, numbers, columns }: Summary,
): Promise<(Row & SliceRow)[]> {
  const labels = groupBy.map((label) => `ifNull(toString(${quotedName(label)}), '')`);
  const group = labels.length === 0 ? 'emptyArrayString()' : `[${labels.join(', ')}]`;
  const values = numbers.map((name, index) => `ifNull(toFloat64(${name}), nan) AS __number${index}`);
  const finite = numbers.map((_, index) => `isFinite(__number${index})`);
  try {
    return await database.query<Row & SliceRow>(
      `SELECT intDiv(__at, ${sliceMs}) AS slice, __group AS grp, ${columns}
       FROM (SELECT ifNull(toUnixTimestamp64Milli(toDateTime64(time, 3)), 0) AS __at, ${group} AS __group, ${values.join(', ')}
         FROM (${sql}))
       WHERE __at >= ${range.from} AND __at < ${range.to} AND ${finite.join(' AND ')}
       GROUP BY slice, grp`,
      statementParameters(sli, range),
      {
        tag: 'sli-events.sql',
        timeoutMs: Math.min(sli.timeoutMs, READ_TIMEOUT_MS),
        rows: MOST_SLICES,
        settings: sqlSettings(project, sli),
      },
    );
  } catch (error) {
    throw sqlError(error, 'run', limitsOf(sli));
  }
}

function sqlSettings(project: string, { maximumRows }: SqlSource): Record<string, string | number> {
  return {
    ...isolated(project),
    max_memory_usage: READ_MEMORY_BYTES,
    max_rows_to_read: Math.max(1, Math.floor(maximumRows)),
    read_overflow_mode: 'throw',
    // Last: it forbids to change settings, and with them also table functions.
    readonly: 1,
  };
}

function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** The whole slices that `range` touches. */
export function wholeSlices({ range, ...rest }: Slicing): Slicing & { readonly range: TimeRange } {
  const { sliceMs } = rest;
  return {
    ...rest,
    range: {
      from: Math.floor(range.from / sliceMs) * sliceMs,
      to: Math.ceil(range.to / sliceMs) * sliceMs,
    },
  };
}
