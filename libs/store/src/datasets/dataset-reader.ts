import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import type { BaselineTable, FeatureColumn } from '@tidewatch/samples';
import { Database } from '../database.js';
import { openEmbeddedEngine } from '../embedded-engine.js';
import { sqlLiteral } from '../parameters.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { kindOfColumn, type ColumnKind, type DescribedColumn } from './parquet-columns.js';

/** A dataset, and the columns of it that are no features. */
export interface ReadDataset {
  readonly table: BaselineTable;
  readonly ignored: readonly string[];
}

/** What datasets may hold. */
export interface DatasetLimits {
  /** Columns. */
  readonly entries: number;
  /** Characters in a column's name and in a text. */
  readonly nameLength: number;
  readonly textLength: number;
}

/** Reads uploaded files through ClickHouse's own readers. */
export interface DatasetReader {
  /**
   * The features of a Parquet file, column by column: memory is that of one column, however many there are.
   *
   * @throws AppError `samples.malformed` for a file that cannot be read, or that is beyond the limits
   */
  readParquet(bytes: Uint8Array, limits: DatasetLimits): Promise<ReadDataset>;
  close(): Promise<void>;
}

/** Twenty million doubles and their sorted copy fit into a query's memory. */
const MAX_ROWS = 20_000_000;

/** Texts of a column that are told apart; a column with more of them identifies rows and has no distribution. */
const MAX_TEXTS = 1_000_000;

/**
 * Opens the reader. Files lie in the embedded engine's own temporary directory while they are read. Beside a server, which
 * cannot see the files of this process, an embedded engine of its own is started for the first of them.
 *
 * @param temporaryDir `null` beside a server
 */
export function datasetReader(database: Database, temporaryDir: string | null): DatasetReader {
  let own: Promise<OwnEngine> | null = null;
  const place = async (): Promise<{ readonly database: Database; readonly directory: string }> => {
    if (temporaryDir !== null) {
      return { database, directory: temporaryDir };
    }
    own ??= openOwnEngine();
    return own;
  };
  return {
    readParquet: async (bytes, limits) => {
      const { database: engine, directory } = await place();
      const file = path.join(directory, `dataset-${randomUUID()}.parquet`);
      await writeFile(file, bytes);
      try {
        return await readColumns(engine, `file(${sqlLiteral(file)}, 'Parquet')`, limits);
      } catch (error) {
        // What the engine cannot do with a file is the file's fault; that it is busy or closed is not.
        throw isAppError(error, 'store.query', 'store.memory')
          ? malformed(`ClickHouse cannot read it as Parquet: ${reasonOf(error)}`)
          : error;
      } finally {
        await rm(file, { force: true });
      }
    },
    close: async () => {
      await (await own)?.close();
    },
  };
}

interface OwnEngine {
  readonly database: Database;
  readonly directory: string;
  close(): Promise<void>;
}

async function openOwnEngine(): Promise<OwnEngine> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tidewatch-datasets-'));
  const database = new Database(
    await openEmbeddedEngine({
      kind: 'embedded',
      dataDir: directory,
      announce: { pid: process.pid, url: '' },
    }),
  );
  return {
    database,
    directory,
    close: async () => {
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readColumns(database: Database, file: string, limits: DatasetLimits): Promise<ReadDataset> {
  const described = await database.query<DescribedColumn>(`DESCRIBE TABLE ${file}`, {}, tagged('describe'));
  const columns = described.map((column) => ({ ...column, kind: kindOfColumn(column.type) }));
  requireLimits(columns, limits);
  const [counted] = await database.query<{ rows: string }>(
    `SELECT count() AS rows FROM ${file}`,
    {},
    tagged('rows'),
  );
  const rows = toNumber(counted?.rows ?? 0);
  if (rows > MAX_ROWS) {
    throw malformed(`it has ${rows} rows, and at most ${MAX_ROWS} are read`);
  }
  const features: [string, FeatureColumn][] = [];
  for (const { name, kind } of columns) {
    if (kind === 'numeric') {
      features.push([name, await readNumbers(database, file, name)]);
    } else if (kind !== null) {
      features.push([name, await readTexts(database, file, { name, kind, limit: limits.textLength })]);
    }
  }
  return {
    // fromEntries defines properties, so that a feature may be called __proto__.
    table: { rows, features: Object.fromEntries(features) },
    ignored: columns.flatMap(({ name, kind }) => (kind === null ? [name] : [])),
  };
}

function requireLimits(
  columns: readonly { readonly name: string; readonly kind: ColumnKind }[],
  { entries, nameLength }: DatasetLimits,
): void {
  if (columns.length > entries) {
    throw malformed(`it has ${columns.length} columns, and at most ${entries} are read`);
  }
  if (columns.every(({ kind }) => kind === null)) {
    throw malformed('it has no column of numbers, texts or booleans');
  }
  const unnamed = columns.find(({ name }) => name === '' || name.length > nameLength);
  if (unnamed !== undefined) {
    throw malformed(
      `a column's name must have 1 to ${nameLength} characters, and one has ${unnamed.name.length}`,
    );
  }
}

async function readNumbers(database: Database, file: string, name: string): Promise<FeatureColumn> {
  const bytes = await database.queryBinary(
    `SELECT groupArrayIf(assumeNotNull(value), isFinite(value)), countIf(isNull(value)), countIf(NOT isFinite(value))
     FROM (SELECT toNullable(toFloat64(${quoted(name)})) AS value FROM ${file})`,
    {},
    tagged('numbers'),
  );
  const reader = new RowBinaryReader(bytes);
  const values = reader.float64Array();
  return { type: 'numeric', values, categories: {}, nulls: reader.uint64(), notFinite: reader.uint64() };
}

async function readTexts(
  database: Database,
  file: string,
  { name, kind, limit }: { readonly name: string; readonly kind: 'text' | 'boolean'; readonly limit: number },
): Promise<FeatureColumn> {
  const bytes = await database.queryBinary(
    `SELECT groupArrayIf(assumeNotNull(value), isNotNull(value)), groupArrayIf(toFloat64(times), isNotNull(value)), sumIf(times, isNull(value))
     FROM (SELECT toNullable(toString(${quoted(name)})) AS value, count() AS times FROM ${file}
           GROUP BY value ORDER BY times DESC, value LIMIT ${MAX_TEXTS + 1})`,
    {},
    tagged('texts'),
  );
  const reader = new RowBinaryReader(bytes);
  const texts = reader.textArray();
  const times = reader.float64Array();
  if (texts.length > MAX_TEXTS) {
    throw malformed(`the column ${name} has more than ${MAX_TEXTS} different texts: leave it out`);
  }
  if (texts.some((text) => text.length > limit)) {
    throw malformed(`the column ${name} has a text of more than ${limit} characters`);
  }
  const categories = Object.fromEntries(texts.map((text, index) => [text, times[index] ?? 0]));
  return { type: kind, values: [], categories, nulls: reader.uint64(), notFinite: 0 };
}

/** What the engine said: one line, without the place where the file lay, which is nobody's business. */
function reasonOf(error: unknown): string {
  const said = errorMessage(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return said
    .split('\n')[0]!
    .replaceAll(/\(in file\/uri [^)]*\)/g, '')
    .replaceAll(/ +(?=[:.])/g, '')
    .replace(/[.: ]+$/, '')
    .slice(0, 300);
}

function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

function tagged(what: string): { readonly tag: string } {
  return { tag: `datasets.${what}` };
}

function malformed(problem: string): AppError {
  return new AppError({
    code: 'samples.malformed',
    message: `The baseline cannot be read: ${problem}.`,
    hint: 'A baseline is stored whole or not at all: correct the file and send it again.',
  });
}
