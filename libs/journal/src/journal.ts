import type { BatchSink } from './batch-sink.js';
import type { IngestRecord, Signal } from './ingest-record.js';
import type { JournalEvent } from './journal-event.js';
import type { LatencySummary } from './latency.js';

/** Source of time. Ages and intervals use `monotonic`, so that setting the wall clock changes none of them. */
export interface JournalClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since any fixed moment; never goes back. */
  monotonic(): number;
}

/** How to open a journal. */
export interface JournalOptions {
  /** Folder of its own; made when missing. One process at a time. */
  readonly dir: string;
  readonly sink: BatchSink;
  /** Segments and dead letters together never take more; beyond it appends are refused. */
  readonly maxBytes: number;
  /** Size at which a segment is closed. Default 52 MiB. The flusher holds one segment in memory. */
  readonly segmentBytes?: number;
  /**
   * How long records are gathered before they are flushed, milliseconds; three times as long when the segment is a quarter
   * full by then. Default 1,000.
   */
  readonly flushIntervalMs?: number;
  /** How long a request is known again, milliseconds. Default 15 minutes. */
  readonly dedupeWindowMs?: number;
  /** How long `close` goes on flushing, milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number;
  readonly clock?: JournalClock;
  /** Called synchronously; must not throw. */
  readonly onEvent?: (event: JournalEvent) => void;
}

/** A request seen before. */
export interface SeenRequest {
  readonly items: number;
  readonly rejected: number;
  /** Resolves when the first copy is on disk; rejects when writing it failed, and then the request is unknown again. */
  readonly durable: Promise<void>;
}

/**
 * Items of one signal since the journal was opened. What an earlier process left behind counts as received, so that
 * `received = stored + rejected + duplicate + pending` holds at all times.
 */
export interface SignalCounts {
  readonly received: number;
  readonly stored: number;
  readonly rejected: number;
  readonly duplicate: number;
  /** Durable here, not stored yet. Includes `deadLettered`. */
  readonly pending: number;
  readonly deadLettered: number;
}

/** The state of a journal. */
export interface JournalStatus {
  /** Taken on disk by segments and dead letters. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Segments not yet stored, the one being written included. */
  readonly segments: number;
  /** Age of the oldest record that is not stored; `null` when there is none. Dead letters do not count. */
  readonly oldestAgeMs: number | null;
  readonly perSignal: Readonly<Record<Signal, SignalCounts>>;
  readonly insertLatency: LatencySummary;
  /** Since when the sink has been failing, milliseconds since the epoch. */
  readonly sinkFailingSince: number | null;
  readonly deadLetters: { readonly count: number; readonly bytes: number };
  /** What was found unreadable since the journal was opened. Its items, where known, are counted as rejected. */
  readonly damaged: { readonly records: number; readonly bytes: number };
}

/** A batch that the sink refused for good. */
export interface DeadLetter {
  /** Name to retry or drop it by. */
  readonly name: string;
  readonly token: string;
  readonly layout: string;
  readonly day: number;
  readonly rows: number;
  readonly bytes: number;
  /** Code and message of the sink's error. */
  readonly code: string;
  readonly message: string;
  /** When it was put aside, milliseconds since the epoch. */
  readonly time: number;
  readonly projects: readonly string[];
  readonly items: Readonly<Partial<Record<Signal, number>>>;
}

/**
 * The disk between "received" and "stored". What `append` has acknowledged survives kill -9 and power loss and is given to
 * the sink until the sink has it.
 */
export interface Journal {
  /** Whether a request of this identity is being or has been written within the window. */
  lookup(id: Uint8Array): SeenRequest | null;
  /**
   * Writes a record; resolves once it is on disk. The identity is known to `lookup` at once. An identity that is known
   * already is counted as a duplicate and not written again. Counts `items` as received, and nothing when it fails.
   *
   * @throws AppError `journal.full`, `journal.disk-full`, `journal.io` (retryable) or `journal.closed`; the record is then
   *   not in the journal and its identity is unknown again.
   */
  append(record: IngestRecord): Promise<void>;
  status(): JournalStatus;
  /** Counts items that were refused and never reach the journal: received and rejected. */
  countRejected(signal: Signal, items: number): void;
  /** Counts items of a request that was known already: received and duplicate. */
  countDuplicate(signal: Signal, items: number): void;
  /**
   * Smallest event time still held, milliseconds since the epoch; `null` when nothing is held. Dead letters do not count:
   * they would hold the watermark back until somebody looks at them. Neither do blocks whose `minTime` is 0.
   */
  oldestPendingTime(): number | null;
  /** The batches put aside, oldest first. */
  deadLetters(): Promise<DeadLetter[]>;
  /**
   * Gives a dead letter to the sink once more, under its old token, and removes it when that worked.
   *
   * @throws AppError whatever the sink throws, `journal.no-dead-letter`, `journal.dead-letter-damaged`, or
   *   `journal.busy` (retryable) while its segment is being flushed or another call deals with it.
   */
  retryDeadLetter(name: string): Promise<void>;
  /** Removes a dead letter; its items count as rejected. @throws AppError as `retryDeadLetter`. */
  dropDeadLetter(name: string): Promise<void>;
  /** Resolves when everything appended before the call is stored or a dead letter. @throws AppError `journal.closed`. */
  flushed(): Promise<void>;
  /** Takes nothing more, flushes for a bounded time, closes the files. What is not stored stays for the next opening. */
  close(): Promise<void>;
}
