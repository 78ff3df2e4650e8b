import { isAppError } from '@tidewatch/core';
import type { Database } from './database.js';
import { MAX_BLOCK_BYTES, MAX_BLOCK_ROWS } from './limits.js';
import type { TableShape } from './table-definition.js';

/** Rows of one table and one partition, encoded. */
export interface Block {
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** Partition day, in days since the epoch; any fixed number for a table that is not partitioned by day. */
  readonly day: number;
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

/** Pauses before the second and third attempt at a server that dropped the connection. */
const RETRY_PAUSES_MS = [50, 250];

/**
 * The way into ClickHouse for rows that Tidewatch itself makes (verdicts, incidents, slices): group commit per table and
 * partition. What was received from outside goes through the journal and the ingest sink instead.
 *
 * While an insert is under way, further blocks of the same table and day wait and then go together as the next one:
 * under load many callers share one insert and one fsync, without it nothing waits.
 */
export class BlockWriter {
  private readonly database: Database;
  private readonly processName: string;
  private readonly run: string;
  private readonly queues = new Map<string, Queue>();
  private readonly pending = new Set<Promise<void>>();
  private counter = 0;

  /** @param processName Unique among running processes: it is part of every deduplication token. */
  constructor(database: Database, processName: string) {
    this.database = database;
    this.processName = processName;
    // The start time keeps tokens of this run apart from those of the run before it.
    this.run = Date.now().toString(36);
  }

  /**
   * Stores a block. Resolves when the rows are durable.
   *
   * @throws AppError as {@link Database.insert}. After an error the rows may or may not be stored; every table written
   *   this way drops rows that come again.
   */
  append(table: TableShape, block: Block): Promise<void> {
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
      await this.storeGroup(queue, takeGroup(queue));
    }
    queue.busy = false;
    this.queues.delete(`${queue.table.name}:${queue.day}`);
  }

  private async storeGroup(queue: Queue, group: readonly Waiting[]): Promise<void> {
    try {
      await this.insert(
        queue,
        group.map(({ block }) => block),
      );
      group.forEach(({ stored }) => stored());
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

  private async insert(queue: Queue, blocks: readonly Block[]): Promise<void> {
    this.counter++;
    const token = `${this.processName}:${this.run}:${this.counter}:${queue.table.name}:${queue.day}`;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.database.insert({
          table: queue.table.name,
          format: 'RowBinary',
          columns: queue.table.columns,
          structure: queue.table.structure,
          chunks: blocks.map(({ bytes }) => bytes),
          tag: `insert.${queue.table.name}`,
          token,
        });
        return;
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
