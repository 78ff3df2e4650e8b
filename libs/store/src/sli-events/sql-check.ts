import type { Database } from '../database.js';
import { READ_TIMEOUT_MS } from '../limits.js';
import type { Parameters } from '../parameters.js';
import type { SqlSource } from './event-query.js';
import { refused, sqlError } from './sql-refusal.js';
import { checkSyntax, checkTables, FUNCTIONS_REFUSED, resultColumns } from './sql-syntax.js';
import { projectFilters } from './sql-tables.js';

/** A statement that may be run: as the engine writes it, and what it yields. */
export interface CheckedSql {
  /** One SELECT without comments, settings and format. */
  readonly sql: string;
  /** Type of each column by its name. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Setting under which no statement reads another project's rows. */
export function isolated(project: string): Readonly<Record<string, string>> {
  return { additional_table_filters: projectFilters(project) };
}

/** The parameters of a statement's own placeholders, for one stretch of time. */
export function statementParameters(
  { parameters }: SqlSource,
  { from, to }: { readonly from: number; readonly to: number },
): Parameters {
  return { ...parameters, from: (from / 1000).toFixed(3), to: (to / 1000).toFixed(3) };
}

/** How to name the limits of a statement in a message. */
export function limitsOf({ timeoutMs, maximumRows }: SqlSource): string {
  return `${Math.min(timeoutMs, READ_TIMEOUT_MS) / 1000} s, ${maximumRows} rows read`;
}

/**
 * Checks that a statement only reads, only Tidewatch's tables, and only a stretch of time.
 *
 * The engine itself tells: it rewrites the text in its own hand, which leaves no comments and one way to quote; its syntax
 * tree shows what the statement is made of, before anything is evaluated; its resolved tree shows which tables are meant.
 *
 * @throws AppError `store.sql-refused`, or the engine's error when it says nothing about the statement.
 */
export async function checkSql(
  database: Database,
  project: string,
  source: SqlSource,
  range: { readonly from: number; readonly to: number },
): Promise<CheckedSql> {
  try {
    const sql = await canonicalSql(database, source.sql);
    checkPlaceholders(sql, source);
    const explain = async (what: string): Promise<string[]> => {
      const rows = await database.query<{ explain: string }>(
        `SELECT explain FROM (EXPLAIN ${what} SELECT * FROM (${sql}))`,
        statementParameters(source, range),
        { tag: 'sli-events.sql-check', settings: isolated(project) },
      );
      return rows.map((row) => row.explain);
    };
    await checkFunctions(database, checkSyntax(await explain('AST')));
    const resolved = await explain('QUERY TREE passes = 1');
    checkTables(resolved, await currentDatabase(database));
    return { sql, columns: resultColumns(resolved) };
  } catch (error) {
    throw sqlError(error, 'check', limitsOf(source));
  }
}

async function canonicalSql(database: Database, text: string): Promise<string> {
  const [row] = await database.query<{ sql: string }>(
    'SELECT formatQuerySingleLine({statement:String}) AS sql',
    { statement: text },
    { tag: 'sli-events.sql-format' },
  );
  const sql = row?.sql ?? '';
  if (!/^\(*(SELECT|WITH)\b/.test(sql)) {
    throw refused(`is no SELECT: ${sql.slice(0, 60)}`, 'An SLI only reads.');
  }
  // A name with a line break would put lines into the trees that are none.
  if (/`[^`]*\\[^`]*`/.test(withoutTexts(sql))) {
    throw refused('quotes a name with special characters', 'Use names without line breaks and backslashes.');
  }
  return sql;
}

/** Without the texts of string literals, which the engine's own hand always writes in the same way. */
function withoutTexts(sql: string): string {
  return sql.replace(/`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'/gs, (quoted) =>
    quoted.startsWith("'") ? "''" : quoted,
  );
}

const PLACEHOLDER = /\{(\w+):([^{}]+)\}/g;

/** Values are texts and numbers: neither names nor whole expressions. */
const VALUE_TYPE =
  /^(Nullable\()?(String|Bool|U?Int\d+|Float(32|64)|Decimal(\d+)?\(.*|Date(32)?|DateTime(64)?(\(.*)?)\)*$/;

function checkPlaceholders(sql: string, { parameters }: SqlSource): void {
  const known = new Set([...Object.keys(parameters), 'from', 'to']);
  const found = new Set<string>();
  for (const [, name = '', type = ''] of withoutTypeTexts(sql).matchAll(PLACEHOLDER)) {
    if (!VALUE_TYPE.test(type)) {
      throw refused(
        `takes the parameter ${name} as ${type}`,
        'Parameters are texts, numbers and times: {name:String}, {name:Float64}.',
      );
    }
    if (!known.has(name)) {
      throw refused(
        `takes the parameter ${name}, which has no value`,
        'Add it to the parameters of the SLI.',
      );
    }
    if ((name === 'from' || name === 'to') && !type.startsWith('DateTime64(')) {
      throw refused(`takes {${name}} as ${type}`, `Write {${name}:DateTime64(3)}.`);
    }
    found.add(name);
  }
  if (!found.has('from') || !found.has('to')) {
    throw refused(
      'is not bounded in time',
      'Compare a time column with both: WHERE Timestamp >= {from:DateTime64(3)} AND Timestamp < {to:DateTime64(3)}.',
    );
  }
  const unused = Object.keys(parameters).filter((name) => !found.has(name));
  if (unused.length > 0) {
    throw refused(
      `does not take the parameter ${unused.join(', ')}`,
      'Take it out of the parameters of the SLI.',
    );
  }
}

/** Placeholders outside of texts; a time zone inside of one stays. */
function withoutTypeTexts(sql: string): string {
  return sql.replace(
    /\{\w+:[^{}']*(?:'[^'{}\\]*'[^{}']*)*\}|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'/gs,
    (part) => (part.startsWith('{') ? part : "''"),
  );
}

async function checkFunctions(database: Database, names: readonly string[]): Promise<void> {
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM system.functions
     WHERE lower(name) IN {names:Array(String)}
       AND (match(name, {refused:String}) OR origin != 'System')
     ORDER BY name LIMIT 1`,
    { names: names.map((name) => name.toLowerCase()), refused: FUNCTIONS_REFUSED },
    { tag: 'sli-events.sql-functions' },
  );
  const [found] = rows;
  if (found !== undefined) {
    throw refused(
      `names the function ${found.name}, which reaches beyond the stored rows`,
      "An SLI computes from Tidewatch's own tables, with functions of ClickHouse itself.",
    );
  }
}

async function currentDatabase(database: Database): Promise<string> {
  const [row] = await database.query<{ name: string }>(
    'SELECT currentDatabase() AS name',
    {},
    { tag: 'sli-events.sql-database' },
  );
  return row?.name ?? '';
}
