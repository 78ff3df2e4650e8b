import { AppError, isAppError } from '@tidewatch/core';
import type { Database } from './database.js';
import { INGEST_BATCHES } from './ingest-batches-table.js';
import type { BatchRow } from './ingest-batches-table.js';
import { MAX_BLOCK_BYTES, MAX_BLOCK_ROWS } from './limits.js';
import { encodeRows } from './table-definition.js';
import type { TableShape } from './table-definition.js';

/** Rows of one table and one partition, encoded, with what `ingest_batches` records of them. */
export interface Block {
  readonly project: string;
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** Partition day, in days since the epoch; any fixed number for a table that is not partitioned by day. */
  readonly day: number;
  /** Bounds of the rows' event times, milliseconds since the epoch, both inclusive. */
  readonly minTime: number;
  readonly maxTime: number;
}

interface Waiting {
  readonly block: Block;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

interface Queue {
  readonly table: TableShape;
  readonly day: number;
  busy: boolean;
  waiting: Waiting[];
}

/** Bytes that may wait for the engine. Beyond it senders are told to come back instead of filling the memory. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;

/** Pauses before the second and third attempt at a server that dropped the connection. */
const RETRY_PAUSES_MS = [50, 250];

/**
 * The one way of rows into ClickHouse: group commit per table and partition.
 *
 * While an insert is under way, further blocks of the same table and day wait and then go together as the next one:
 * under load many requests share one insert and one fsync, without it nothing waits.
 */
export class BlockWriter {
  private readonly database: Database;
  private readonly processName: string;
  private readonly run: string;
  private readonly queues = new Map<string, Queue>();
  private readonly pending = new Set<Promise<void>>();
  private waitingBytes = 0;
  private counter = 0;

  /** @param processName Unique among running processes: it is part of every deduplication token. */
  constructor(database: Database, processName: string) {
    this.database = database;
    this.processName = processName;
    // The start time keeps tokens of this run apart from those of the run before it.
    this.run = Date.now().toString(36);
  }

  /**
   * Stores a block. Resolves when the rows are durable and, for an announced table, recorded in `ingest_batches`.
   *
   * @throws AppError as {@link Database.insert}; `store.busy` (retryable) when too much is waiting already. After an
   *   error the rows may or may not be stored; every ingest table drops rows that come again.
   */
  append(table: TableShape, block: Block): Promise<void> {
    if (
      table.announced &&
      this.waitingBytes > 0 &&
      this.waitingBytes + block.bytes.byteLength > MAX_WAITING_BYTES
    ) {
      return Promise.reject(
        new AppError({
          code: 'store.busy',
          message: `${MAX_WAITING_BYTES / 1_048_576} MiB of rows are waiting to be stored already.`,
          hint: 'ClickHouse is slower than the senders: try again later, or look at its disk.',
          retryable: true,
        }),
      );
    }
    this.waitingBytes += block.bytes.byteLength;
    const queue = this.queueOf(table, block.day);
    const appended = new Promise<void>((stored, failed) => {
      queue.waiting.push({ block, stored, failed });
      if (!queue.busy) {
        void this.work(queue);
      }
    });
    this.pending.add(appended);
    const settled = (): void => void this.pending.delete(appended);
    appended.then(settled, settled);
    return appended;
  }

  /** Resolves when nothing waits to be stored any more. */
  async drained(): Promise<void> {
    while (this.pending.size > 0) {
      await Promise.allSettled(this.pending);
    }
  }

  private queueOf(table: TableShape, day: number): Queue {
    const key = `${table.name}:${day}`;
    let queue = this.queues.get(key);
    if (queue === undefined) {
      queue = { table, day, busy: false, waiting: [] };
      this.queues.set(key, queue);
    }
    return queue;
  }

  private async work(queue: Queue): Promise<void> {
    queue.busy = true;
    while (queue.waiting.length > 0) {
      const group = takeGroup(queue);
      try {
        await this.storeGroup(queue, group);
      } finally {
        for (const { block } of group) {
          this.waitingBytes -= block.bytes.byteLength;
        }
      }
    }
    queue.busy = false;
    this.queues.delete(`${queue.table.name}:${queue.day}`);
  }

  private async storeGroup(queue: Queue, group: readonly Waiting[]): Promise<void> {
    try {
      const token = await this.insert(
        queue,
        group.map(({ block }) => block),
      );
      // The next insert of this queue must not wait for the record of this one.
      void this.announce(queue, group, token);
    } catch (error) {
      const [only] = group;
      if (
        group.length > 1 &&
        !isAppError(error, 'store.unreachable', 'store.timeout', 'store.busy', 'store.closed')
      ) {
        // One block may be at fault, or too large: its neighbours shall not fail with it.
        for (const waiting of group) {
          await this.storeGroup(queue, [waiting]);
        }
      } else if (only !== undefined) {
        group.forEach(({ failed }) => failed(error));
      }
    }
  }

  private async insert(queue: Queue, blocks: readonly Block[]): Promise<string> {
    this.counter++;
    const token = `${this.processName}:${this.run}:${this.counter}:${queue.table.name}:${queue.day}`;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.database.insert({
          table: queue.table.name,
          columns: queue.table.columns,
          structure: queue.table.structure,
          chunks: blocks.map(({ bytes }) => bytes),
          tag: `insert.${queue.table.name}`,
          token,
        });
        return token;
      } catch (error) {
        const pause = RETRY_PAUSES_MS[attempt];
        // Repeating under the same token is safe even when the first attempt did arrive.
        if (pause === undefined || !isAppError(error, 'store.unreachable')) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  private async announce(queue: Queue, group: readonly Waiting[], token: string): Promise<void> {
    try {
      if (queue.table.announced) {
        const rows = batchRows(queue, group, this.processName, token);
        const first = rows[0];
        if (first !== undefined) {
          await this.append(INGEST_BATCHES, {
            project: first.project,
            rows: rows.length,
            bytes: encodeRows(INGEST_BATCHES, rows),
            day: Math.floor(first.storedAt / 86_400_000),
            minTime: first.storedAt,
            maxTime: first.storedAt,
          });
        }
      }
      group.forEach(({ stored }) => stored());
    } catch (error) {
      group.forEach(({ failed }) => failed(error));
    }
  }
}

/** As many waiting blocks as fit one insert, at least one. */
function takeGroup(queue: Queue): Waiting[] {
  let rows = 0;
  let bytes = 0;
  let taken = 0;
  for (const { block } of queue.waiting) {
    rows += block.rows;
    bytes += block.bytes.byteLength;
    if (taken > 0 && (rows > MAX_BLOCK_ROWS || bytes > MAX_BLOCK_BYTES)) {
      break;
    }
    taken++;
  }
  return queue.waiting.splice(0, taken);
}

/** One row per project in the group. */
function batchRows(queue: Queue, group: readonly Waiting[], process: string, token: string): BatchRow[] {
  const rows = new Map<string, BatchRow>();
  const storedAt = Date.now();
  for (const { block } of group) {
    const row = rows.get(block.project);
    rows.set(block.project, {
      project: block.project,
      process,
      token,
      table: queue.table.name,
      day: queue.day,
      minTime: Math.min(block.minTime, row?.minTime ?? block.minTime),
      maxTime: Math.max(block.maxTime, row?.maxTime ?? block.maxTime),
      rows: block.rows + (row?.rows ?? 0),
      storedAt,
    });
  }
  return [...rows.values()];
}
