import { AppError, isAppError } from '@tidewatch/core';
import type { SealedBatch } from '@tidewatch/core';
import { LAYOUTS } from './all-layouts.js';
import type { Database } from './database.js';
import { INGEST_BATCHES } from './ingest-batches-table.js';
import type { BatchRow } from './ingest-batches-table.js';
import type { Layout } from './layouts.js';
import { encodeRows } from './table-definition.js';

/** Where sealed batches go. The journal's flusher is written against exactly this. */
export interface IngestSink {
  /**
   * Stores a batch: one insert under the batch's token, one part per partition. Repeating it changes nothing.
   *
   * @throws AppError retryable for everything that is not the batch's fault (unreachable, slow, full, no rights, wrong
   *   shape of the database, closing); not retryable, `store.block|layout|query`, when the rows themselves are refused.
   */
  insert(batch: SealedBatch): Promise<void>;
  /**
   * Records stored batches in `ingest_batches`, one row per batch and project. Repeating it changes nothing.
   *
   * @throws AppError, always retryable.
   */
  announce(batches: readonly SealedBatch[]): Promise<void>;
}

/**
 * Settings of the one insert behind a batch; measured in docs/decisions/0012-metric-points.md.
 *
 * Duplicate keys inside a batch are left to the merges and to FINAL: looking for them while inserting costs more than
 * the rest of the insert. The two squashing limits make one block, hence one part per partition, of whatever the batch holds.
 */
const INSERT_SETTINGS = {
  optimize_on_insert: 0,
  min_insert_block_size_rows: 1_048_576,
  min_insert_block_size_bytes: 0,
  // Raw inputs are partitioned by ten minutes of their arrival: those of a day without ClickHouse lie in 144 partitions.
  max_partitions_per_insert_block: 0,
} as const;

/** Opens the sink. @param processName Unique among running processes; `Process` of the announced batches. */
export function ingestSink(database: Database, processName: string): IngestSink {
  // Announcements are deduplicated within a day of storing only: after a start, or after one that failed, it is not
  // known whether the batches at hand were announced before, perhaps yesterday.
  let unsure = true;
  return {
    insert: (batch) => insert(database, batch),
    announce: async (batches) => {
      const announced = batches.filter(({ layout }) => LAYOUTS.get(layout).announced);
      if (announced.length === 0) {
        return;
      }
      try {
        const known = unsure ? await knownTokens(database, announced) : new Set<string>();
        await announceBatches(
          database,
          processName,
          announced.filter(({ token }) => !known.has(token)),
        );
        unsure = false;
      } catch (error) {
        unsure = true;
        throw asRetryable(error);
      }
    },
  };
}

async function insert(database: Database, batch: SealedBatch): Promise<void> {
  const layout = LAYOUTS.get(batch.layout);
  const chunks = layout.chunks(batch);
  try {
    await database.insert({
      table: layout.table,
      format: layout.format,
      columns: layout.columns,
      structure: layout.structure,
      chunks,
      tag: `ingest.${layout.table}`,
      token: batch.token,
      insertSettings: INSERT_SETTINGS,
    });
  } catch (error) {
    if (isAppError(error, 'store.query') && !(await takesRows(database, layout))) {
      // The table refuses any row at all: waiting for somebody to mend it loses nothing, giving the batch up would.
      throw asRetryable(error);
    }
    throw error;
  }
}

/** Whether the table takes an insert of these columns at all, tried with none of its own rows. */
async function takesRows(database: Database, { table, columns }: Layout): Promise<boolean> {
  try {
    await database.command(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${table} WHERE 0`, {
      tag: `ingest.probe.${table}`,
    });
    return true;
  } catch {
    return false;
  }
}

function asRetryable(error: unknown): unknown {
  if (!isAppError(error) || error.retryable) {
    return error;
  }
  const { code, message, hint } = error;
  return new AppError({
    code,
    message,
    retryable: true,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

async function knownTokens(database: Database, batches: readonly SealedBatch[]): Promise<Set<string>> {
  const rows = await database.query<{ token: string }>(
    'SELECT DISTINCT Token AS token FROM ingest_batches WHERE Token IN {tokens:Array(String)}',
    { tokens: batches.map(({ token }) => token) },
    { tag: 'ingest.announced' },
  );
  return new Set(rows.map(({ token }) => token));
}

async function announceBatches(
  database: Database,
  process: string,
  batches: readonly SealedBatch[],
): Promise<void> {
  const [first] = batches;
  if (first === undefined) {
    return;
  }
  const storedAt = Date.now();
  const rows = batches.flatMap((batch) => batchRows(batch, process, storedAt));
  await database.insert({
    table: INGEST_BATCHES.name,
    format: 'RowBinary',
    columns: INGEST_BATCHES.columns,
    structure: INGEST_BATCHES.structure,
    chunks: [encodeRows(INGEST_BATCHES, rows)],
    tag: 'ingest.announce',
    token: `${first.token}:announce`,
  });
}

/** One row per project: a project may have several parts in a batch. */
function batchRows(batch: SealedBatch, process: string, storedAt: number): BatchRow[] {
  const { token, day } = batch;
  const { table } = LAYOUTS.get(batch.layout);
  const rows = new Map<string, BatchRow>();
  for (const part of batch.parts) {
    const row = rows.get(part.project);
    rows.set(part.project, {
      project: part.project,
      process,
      token,
      table,
      day,
      minTime: Math.min(part.minTime, row?.minTime ?? part.minTime),
      maxTime: Math.max(part.maxTime, row?.maxTime ?? part.maxTime),
      rows: part.rows + (row?.rows ?? 0),
      storedAt,
    });
  }
  return [...rows.values()];
}
