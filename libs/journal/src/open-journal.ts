import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { DeadLetters } from './dead-letters.js';
import { takeDirectoryLock } from './directory-lock.js';
import { nodeDisk, type Disk } from './disk.js';
import { DiskHealth } from './disk-health.js';
import { DurableJournal } from './durable-journal.js';
import { Flusher } from './flusher.js';
import { ItemLedger } from './item-counts.js';
import type { Journal, JournalClock, JournalOptions } from './journal.js';
import type { JournalState } from './journal-state.js';
import { Latency } from './latency.js';
import { recover } from './recovery.js';
import { SeenFiles } from './seen-files.js';
import { SeenWindow } from './seen-window.js';
import { SegmentWriter } from './segment-writer.js';

/** Of points, at some 57 bytes each, this is one batch: just below a million rows. */
const SEGMENT_BYTES = 52 * 1024 * 1024;
const FLUSH_INTERVAL_MS = 1_000;
const DEDUPE_WINDOW_MS = 15 * 60_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** About 160 MB; 15 minutes of 5,500 requests a second. */
const MAX_SEEN = 5_000_000;

const SYSTEM_CLOCK: JournalClock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Opens the journal in a folder, after putting right what a crash left behind, and begins to flush.
 *
 * @throws AppError `journal.locked` when another process has it open, `journal.newer-format` when a later version wrote it;
 *   otherwise what the file system throws.
 */
export function openJournal(options: JournalOptions): Promise<Journal> {
  return openJournalOn(nodeDisk, options);
}

/** {@link openJournal} on a given disk. */
export async function openJournalOn(disk: Disk, options: JournalOptions): Promise<Journal> {
  await disk.makeDirectory(options.dir);
  const unlock = await takeDirectoryLock(options.dir);
  try {
    return await assemble(disk, options, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function assemble(
  disk: Disk,
  options: JournalOptions,
  unlock: () => Promise<void>,
): Promise<DurableJournal> {
  const state = await makeState(disk, options);
  const firstSequence = await recover(state);
  const { dir, health, segments } = state;
  const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  const writer = new SegmentWriter({
    disk,
    dir,
    journalId: randomBytes(8).toString('hex'),
    firstSequence,
    segmentBytes,
    health,
    segments,
    onChange: () => flusher.wake(),
  });
  const flusher = new Flusher(state, writer, {
    intervalMs: options.flushIntervalMs ?? FLUSH_INTERVAL_MS,
    busyBytes: segmentBytes / 4,
  });
  flusher.start();
  return new DurableJournal({
    state,
    writer,
    flusher,
    maxBytes: options.maxBytes,
    closeTimeoutMs: options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS,
    unlock,
  });
}

async function makeState(disk: Disk, options: JournalOptions): Promise<JournalState> {
  const { dir, sink, clock = SYSTEM_CLOCK, onEvent = () => undefined } = options;
  const windowMs = options.dedupeWindowMs ?? DEDUPE_WINDOW_MS;
  const damaged = { records: 0, bytes: 0 };
  const deadLetters = await DeadLetters.open(disk, path.join(dir, 'dead-letter'), (file, bytes) => {
    damaged.records += 1;
    damaged.bytes += bytes;
    onEvent({ kind: 'damaged', file, records: 1, bytes });
  });
  return {
    disk,
    dir,
    clock,
    sink,
    onEvent,
    health: new DiskHealth(() => clock.monotonic(), onEvent),
    segments: [],
    ledger: new ItemLedger(),
    latency: new Latency(),
    window: new SeenWindow(windowMs, MAX_SEEN),
    seenFiles: new SeenFiles(disk, windowMs),
    deadLetters,
    damaged,
  };
}
