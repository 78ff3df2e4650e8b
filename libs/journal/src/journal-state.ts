import type { BatchSink } from './batch-sink.js';
import type { DeadLetters } from './dead-letters.js';
import type { Disk } from './disk.js';
import type { DiskHealth } from './disk-health.js';
import type { ItemLedger } from './item-counts.js';
import type { JournalClock } from './journal.js';
import type { JournalEvent } from './journal-event.js';
import type { Latency } from './latency.js';
import type { LiveSegment } from './live-segment.js';
import type { SeenFiles } from './seen-files.js';
import type { SeenWindow } from './seen-window.js';

/** What the parts of an open journal share. */
export interface JournalState {
  readonly disk: Disk;
  readonly dir: string;
  readonly clock: JournalClock;
  readonly sink: BatchSink;
  readonly onEvent: (event: JournalEvent) => void;
  readonly health: DiskHealth;
  /** Oldest first; the last one may be open. */
  readonly segments: LiveSegment[];
  readonly ledger: ItemLedger;
  readonly latency: Latency;
  readonly window: SeenWindow;
  readonly seenFiles: SeenFiles;
  readonly deadLetters: DeadLetters;
  /** Counts what was found unreadable. */
  readonly damaged: { records: number; bytes: number };
}
