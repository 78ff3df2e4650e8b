import { AppError } from '@tidewatch/core';
import { toStoreError } from './clickhouse-error.js';
import type { BinaryInsert, Engine, EngineConnection } from './engine.js';
import {
  MAX_RESULT_ROWS,
  READ_MEMORY_BYTES,
  READ_SLOTS,
  READ_THREADS,
  READ_TIMEOUT_MS,
  WRITE_MEMORY_BYTES,
  WRITE_TIMEOUT_MS,
} from './limits.js';
import { checkParameters, sqlLiteral } from './parameters.js';
import type { Parameters } from './parameters.js';
import { Slots } from './slots.js';
import type { Lane } from './slots.js';

/** How one statement is run. */
export interface StatementOptions {
  /** Origin of the statement, stored as its `log_comment`: `verdicts.latest`. */
  readonly tag: string;
  readonly timeoutMs?: number;
  /** Fails when the result has more rows. Default {@link MAX_RESULT_ROWS}. */
  readonly rows?: number;
  readonly lane?: Lane;
  /** Further ClickHouse settings, by name. */
  readonly settings?: Readonly<Record<string, number | string>>;
}

/** Rows for {@link Database.insert}; settings and limits are added there. */
export type RowsInsert = Omit<BinaryInsert, 'settings' | 'timeoutMs'> & {
  readonly tag: string;
  /** Further ClickHouse settings, by name. */
  readonly insertSettings?: Readonly<Record<string, number | string>>;
  /** Two inserts into one table under the same token are stored once. */
  readonly token: string;
};

/**
 * Runs statements on the engine: bounded in time, memory, threads and number, tagged with their origin, with bound
 * parameters. The only way to the engine for everything else in this library.
 */
export class Database {
  readonly kind: 'embedded' | 'server';
  readonly description: string;
  private readonly engine: Engine;
  private readonly slots: Slots<EngineConnection>;
  private readonly onStatement: (tag: string) => void;
  private closing: Promise<void> | null = null;
  private refusal: AppError | null = null;

  /** @param onStatement is told of every statement by its tag */
  constructor(engine: Engine, onStatement: (tag: string) => void = () => undefined) {
    this.onStatement = onStatement;
    this.kind = engine.kind;
    this.description = engine.description;
    this.engine = engine;
    this.slots = new Slots(engine.connections, READ_SLOTS);
  }

  /**
   * The rows of a SELECT. 64-bit integers come as strings (a double would round them), NaN and infinities as `"nan"`,
   * `"inf"`: `toNumber` and `toFiniteOrNull` read both. `sql` carries no FORMAT and no SETTINGS.
   *
   * @throws AppError `store.query|timeout|memory|unreachable|busy|closed`.
   */
  async query<Row>(sql: string, parameters: Parameters, options: StatementOptions): Promise<Row[]> {
    const bytes = await this.run(`${sql}\nFORMAT JSONEachRow`, parameters, options);
    const text = bytes.toString('utf8').trimEnd();
    // Line breaks inside values are escaped, so that every raw one separates two rows.
    return text === '' ? [] : (JSON.parse(`[${text.replaceAll('\n', ',')}]`) as Row[]);
  }

  /** The rows of a SELECT in RowBinary: for bulk numbers, where JSON would cost more than the query. */
  async queryBinary(sql: string, parameters: Parameters, options: StatementOptions): Promise<Buffer> {
    return this.run(`${sql}\nFORMAT RowBinary`, parameters, options);
  }

  /** Runs a statement that returns nothing, such as CREATE TABLE. */
  async command(sql: string, options: StatementOptions): Promise<void> {
    await this.held('write', options.tag, (connection) =>
      connection.run(sql, {}, options.timeoutMs ?? WRITE_TIMEOUT_MS),
    );
  }

  /**
   * Runs an INSERT … SELECT. In the lane of reads by default: it may take as long as one, and a slot stays free for what
   * is being ingested. Nothing deduplicates it: it must write what may be written twice.
   */
  async insertSelect(sql: string, parameters: Parameters, options: StatementOptions): Promise<void> {
    await this.run(sql, parameters, {
      timeoutMs: WRITE_TIMEOUT_MS,
      ...options,
      settings: { insert_deduplicate: 0, async_insert: 0, max_insert_threads: 1, ...options.settings },
    });
  }

  /** Stores rows; resolves when they are as durable as the table's settings promise. */
  async insert(insert: RowsInsert): Promise<void> {
    const settings = settingsText({
      insert_deduplicate: 1,
      insert_deduplication_token: insert.token,
      // A server may have asynchronous inserts on by default; those answer before anything is durable.
      async_insert: 0,
      max_execution_time: WRITE_TIMEOUT_MS / 1000,
      max_memory_usage: WRITE_MEMORY_BYTES,
      // One thread keeps the rows of a block together, hence one part and one deduplication entry.
      max_threads: 1,
      max_insert_threads: 1,
      log_comment: insert.tag,
      ...insert.insertSettings,
    });
    const { table, format, columns, structure, chunks } = insert;
    await this.held('write', insert.tag, (connection) =>
      connection.insert({
        table,
        format,
        columns,
        structure,
        chunks,
        settings,
        timeoutMs: WRITE_TIMEOUT_MS,
      }),
    );
  }

  /** Waits for what is running, then closes the engine. Later calls fail with `store.closed`. */
  close(): Promise<void> {
    this.closing ??= this.slots.drained().then(() => this.engine.close());
    return this.closing;
  }

  private run(sql: string, parameters: Parameters, options: StatementOptions): Promise<Buffer> {
    checkParameters(sql, parameters);
    const timeoutMs = options.timeoutMs ?? READ_TIMEOUT_MS;
    const settings = settingsText({
      max_execution_time: timeoutMs / 1000,
      max_memory_usage: READ_MEMORY_BYTES,
      max_threads: READ_THREADS,
      max_result_rows: options.rows ?? MAX_RESULT_ROWS,
      result_overflow_mode: 'throw',
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_denormals: 1,
      log_comment: options.tag,
      ...options.settings,
    });
    return this.held(options.lane ?? 'read', options.tag, (connection) =>
      connection.run(`${sql}\nSETTINGS ${settings}`, parameters, timeoutMs),
    );
  }

  /** From now on every statement fails with `reason`, as something that passes; `null` lets them through again. */
  refuse(reason: AppError | null): void {
    this.refusal =
      reason === null || reason.retryable
        ? reason
        : new AppError({ code: reason.code, message: reason.explanation, retryable: true, cause: reason });
  }

  private async held<R>(
    lane: Lane,
    tag: string,
    work: (connection: EngineConnection) => Promise<R>,
  ): Promise<R> {
    if (this.closing !== null) {
      throw new AppError({
        code: 'store.closed',
        message: `The store is closed; ${tag} came too late.`,
        retryable: true,
      });
    }
    if (this.refusal !== null) {
      throw this.refusal;
    }
    this.onStatement(tag);
    try {
      return await this.slots.use(lane, work);
    } catch (error) {
      throw toStoreError(error, `Store statement ${tag}`);
    }
  }
}

function settingsText(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? String(value) : sqlLiteral(value)}`)
    .join(', ');
}
