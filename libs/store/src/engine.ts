import type { Parameters } from './parameters.js';

/** One exclusively held way to the engine. Errors are thrown as the engine made them; the database classifies them. */
export interface EngineConnection {
  /** Runs one statement and returns what it writes, in the format the statement names. */
  run(sql: string, parameters: Parameters, timeoutMs: number): Promise<Buffer>;
  /** Stores encoded rows. Resolves when the engine has them under its durability settings. */
  insert(insert: BinaryInsert): Promise<void>;
}

/** ClickHouse's binary formats: row after row, or blocks of columns. */
export type BlockFormat = 'RowBinary' | 'Native';

/** Rows on their way into one table, already in a format that ClickHouse reads. */
export interface BinaryInsert {
  readonly table: string;
  readonly format: BlockFormat;
  /** Column names, quoted and separated by commas, in the order of the bytes. */
  readonly columns: string;
  /** The same columns with their types, for `file()`. */
  readonly structure: string;
  /** Statement settings, `name=value` separated by commas. */
  readonly settings: string;
  readonly chunks: readonly Uint8Array[];
  readonly timeoutMs: number;
}

/** An open engine: a fixed set of connections, used through the slots. */
export interface Engine {
  readonly kind: 'embedded' | 'server';
  /** For people: where the data lies. Holds no password. */
  readonly description: string;
  readonly connections: readonly EngineConnection[];
  /** Where this process may put files for the engine to read; `null` if it cannot see them. */
  readonly temporaryDir: string | null;
  close(): Promise<void>;
}
