import { floorTime } from '@tidewatch/core';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import { INGEST_BATCHES, type BatchRow } from '../ingest-batches-table.js';
import { toNumber } from '../row-values.js';
import { encodeRows } from '../table-definition.js';
import { dropFinished } from './drop-finished.js';
import {
  EMBEDDINGS,
  ENCODED_INPUTS,
  KEPT_INPUTS,
  type EmbeddingRow,
  type EncoderIdentity,
  type InputKey,
  type InputOutcome,
  type KeptInput,
  type PendingInput,
  type SampleDimensions,
} from './embedding-tables.js';
import {
  PENDING_PARTITION_MS,
  pendingSpans,
  readPending,
  RECEIVED_WITHIN,
  UNMARKED,
  type InputStream,
  type PendingLimits,
} from './pending-inputs.js';

/** A pending input that an encoder is done with: the input's own key, version and dimensions, and what became of it. */
export interface EncodedRow extends InputKey {
  readonly modelVersion: string;
  readonly dimensions: SampleDimensions;
  readonly outcome: EncodedOutcome;
}

/** A vector with what was measured on the input, or the reason why there is none. */
export type EncodedOutcome =
  | {
      readonly vector: Float32Array;
      readonly features: Readonly<Record<string, number>>;
      readonly encoder: EncoderIdentity;
    }
  | { readonly refused: string };

/** What waits to be encoded. */
export interface EncodingBacklog {
  readonly rows: number;
  readonly bytes: number;
  /** Arrival of the oldest, milliseconds; `null` when nothing waits. */
  readonly oldestAt: number | null;
}

/** Hands raw inputs to whoever encodes them, and takes back what became of them. */
export interface EncodingRepository {
  /** The oldest inputs by arrival, of all projects, of which nothing became yet. */
  pending(limits: PendingLimits): Promise<PendingInput[]>;
  /**
   * Event time of the earliest input that waits, of one stream unless it is absent; `null` when none does. Vectors may
   * still come for any time from there on.
   */
  oldestPending(stream?: InputStream): Promise<number | null>;
  /**
   * Stores vectors, then inputs to be kept, then tells evaluation of the vectors, then marks the inputs as done. After a
   * crash in between the inputs are handed out again, and what is stored then replaces what is stored now.
   */
  store(encoded: readonly EncodedRow[], kept: readonly KeptInput[]): Promise<void>;
  /**
   * Deletes raw inputs of which all is done. They lie in parts of the ten minutes in which they came; a part goes, data
   * and all, when those have passed and everything in it is marked.
   *
   * @returns how many inputs were dropped
   */
  dropFinished(now: number): Promise<number>;
  backlog(): Promise<EncodingBacklog>;
}

const DAY_MS = 86_400_000;

/** Opens the repository. @param processName Unique among running processes: it is part of the announcements' tokens. */
export function encodingRepository(
  database: Database,
  writer: BlockWriter,
  processName: string,
): EncodingRepository {
  const announce = announcer(writer, processName);
  return {
    pending: (limits) => readPending(database, limits),
    oldestPending: (stream) => oldestPending(database, stream),
    store: async (encoded, kept) => {
      const vectors = encoded.flatMap(vectorOf);
      await appendRows(writer, EMBEDDINGS.table, vectors, EMBEDDINGS.timeOf);
      await appendRows(writer, KEPT_INPUTS, kept, ({ timestamp }) => timestamp);
      await announce(vectors);
      await mark(writer, encoded);
    },
    dropFinished: (now) => dropFinished(database, now),
    backlog: () => backlog(database),
  };
}

async function oldestPending(database: Database, stream: InputStream | undefined): Promise<number | null> {
  let earliest = Infinity;
  for (const span of await pendingSpans(database)) {
    const [row] = await database.query<{ rows: string; first: string }>(
      `SELECT count() AS rows, toUnixTimestamp64Milli(min(Timestamp)) AS first FROM pending_inputs
       WHERE ${RECEIVED_WITHIN} AND ${UNMARKED}
         AND ({any:Bool} OR (Project = {project:String} AND Model = {model:String} AND Name = {name:String}))`,
      { ...span, any: stream === undefined, ...(stream ?? { project: '', model: '', name: '' }) },
      { tag: 'encoding.oldest' },
    );
    if (row !== undefined && toNumber(row.rows) > 0) {
      earliest = Math.min(earliest, toNumber(row.first));
    }
  }
  return Number.isFinite(earliest) ? earliest : null;
}

async function backlog(database: Database): Promise<EncodingBacklog> {
  let total: EncodingBacklog = { rows: 0, bytes: 0, oldestAt: null };
  for (const span of await pendingSpans(database)) {
    const [row] = await database.query<Record<'waiting' | 'size' | 'first', string>>(
      `SELECT count() AS waiting, sum(Bytes) AS size, toUnixTimestamp64Milli(min(ReceivedAt)) AS first
       FROM pending_inputs FINAL WHERE ${RECEIVED_WITHIN} AND ${UNMARKED}`,
      { ...span },
      // Keys contain the arrival, by which both tables are partitioned.
      { tag: 'encoding.backlog', settings: { do_not_merge_across_partitions_select_final: 1 } },
    );
    const waiting = toNumber(row?.waiting ?? 0);
    total = {
      rows: total.rows + waiting,
      bytes: total.bytes + toNumber(row?.size ?? 0),
      oldestAt: total.oldestAt ?? (row === undefined || waiting === 0 ? null : toNumber(row.first)),
    };
  }
  return total;
}

function vectorOf({ outcome, ...input }: EncodedRow): EmbeddingRow[] {
  return 'refused' in outcome ? [] : [{ ...input, ...outcome }];
}

/** Partitions of one insert: fewer than ClickHouse takes in one. */
const PARTITIONS_PER_BLOCK = 50;

async function mark(writer: BlockWriter, encoded: readonly EncodedRow[]): Promise<void> {
  const byPartition = new Map<number, InputOutcome[]>();
  for (const row of encoded) {
    const partition = floorTime(row.receivedAt, PENDING_PARTITION_MS);
    const rows = byPartition.get(partition) ?? [];
    rows.push({ key: row, outcome: 'refused' in row.outcome ? row.outcome.refused || 'refused' : '' });
    byPartition.set(partition, rows);
  }
  const partitions = [...byPartition.values()];
  for (let from = 0; from < partitions.length; from += PARTITIONS_PER_BLOCK) {
    const rows = partitions.slice(from, from + PARTITIONS_PER_BLOCK).flat();
    await writer.append(ENCODED_INPUTS, {
      rows: rows.length,
      bytes: encodeRows(ENCODED_INPUTS, rows),
      day: 0,
    });
  }
}

/** Writes down which event times vectors touched, one row per project and day, as the ingest sink does for its batches. */
function announcer(
  writer: BlockWriter,
  process: string,
): (vectors: readonly EmbeddingRow[]) => Promise<void> {
  // The start time keeps tokens of this run apart from those of the run before it.
  const run = Date.now().toString(36);
  let counter = 0;
  return async (vectors) => {
    const storedAt = Date.now();
    const rows = new Map<string, BatchRow>();
    for (const { project, timestamp } of vectors) {
      const day = Math.floor(timestamp / DAY_MS);
      const key = JSON.stringify([project, day]);
      const row = rows.get(key);
      rows.set(key, {
        project,
        process,
        token: row?.token ?? `${process}:encode:${run}:${counter++}`,
        table: EMBEDDINGS.table.name,
        day,
        minTime: Math.min(timestamp, row?.minTime ?? timestamp),
        maxTime: Math.max(timestamp, row?.maxTime ?? timestamp),
        rows: 1 + (row?.rows ?? 0),
        storedAt,
      });
    }
    await appendRows(writer, INGEST_BATCHES, [...rows.values()], (row) => row.storedAt);
  };
}
