export type { BatchSink } from './batch-sink.js';
export { SIGNALS } from './ingest-record.js';
export type { IngestRecord, Signal } from './ingest-record.js';
export type {
  DeadLetter,
  Journal,
  JournalClock,
  JournalOptions,
  JournalStatus,
  SeenRequest,
  SignalCounts,
} from './journal.js';
export type { JournalEvent } from './journal-event.js';
export type { LatencySummary } from './latency.js';
export { openJournal } from './open-journal.js';
