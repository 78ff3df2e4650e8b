import { AppError, errorCode, errorMessage, isAppError } from '@tidewatch/core';
import { journalClosed, journalFull } from './disk-failure.js';
import type { Flusher } from './flusher.js';
import { SIGNALS, type IngestRecord, type Signal } from './ingest-record.js';
import type { DeadLetter, Journal, JournalStatus, SeenRequest } from './journal.js';
import type { JournalState } from './journal-state.js';
import { tokenPrefix } from './live-segment.js';
import { encodeRecord } from './record-frame.js';
import { segmentOfToken } from './recovery.js';
import { ENTRY_BYTES, minTimeOf } from './segment-index.js';
import type { SegmentWriter } from './segment-writer.js';

const DURABLE = Promise.resolve();

/** A record on its way to the disk. */
interface InFlight extends SeenRequest {
  readonly minTime: number;
  readonly arrivedAt: number;
}

/** What a {@link DurableJournal} is made of. */
export interface DurableJournalParts {
  readonly state: JournalState;
  readonly writer: SegmentWriter;
  readonly flusher: Flusher;
  readonly maxBytes: number;
  readonly closeTimeoutMs: number;
  readonly unlock: () => Promise<void>;
}

/** The {@link Journal} on a real disk. */
export class DurableJournal implements Journal {
  private readonly parts: DurableJournalParts;
  private readonly inFlight = new Map<string, InFlight>();
  private readonly busyLetters = new Set<string>();
  private closed: Promise<void> | null = null;

  constructor(parts: DurableJournalParts) {
    this.parts = parts;
  }

  lookup(id: Uint8Array): SeenRequest | null {
    const { window, clock } = this.parts.state;
    const waiting = this.inFlight.get(keyOf(id));
    if (waiting !== undefined) {
      return waiting;
    }
    const seen = window.get(id, clock.monotonic());
    return seen === null ? null : { ...seen, durable: DURABLE };
  }

  append(record: IngestRecord): Promise<void> {
    const { state, writer, maxBytes } = this.parts;
    const { ledger, clock, dir } = state;
    if (this.closed !== null) {
      return Promise.reject(journalClosed());
    }
    const seen = this.lookup(record.id);
    if (seen !== null) {
      // Two copies may have passed `lookup` before either of them came here.
      return seen.durable.then(() => ledger.repeat(record.signal, record.items));
    }
    const time = clock.now();
    const arrivedAt = clock.monotonic();
    let encoded;
    try {
      encoded = encodeRecord(record, time);
    } catch (error) {
      const failure = error as Error;
      return Promise.reject(failure);
    }
    if (this.bytes() + encoded.bytes + ENTRY_BYTES > maxBytes) {
      return Promise.reject(journalFull(dir, maxBytes));
    }
    const key = keyOf(record.id);
    const durable = new Promise<void>((resolve, reject) => {
      const settle = (error: Error | null) => {
        this.inFlight.delete(key);
        if (error !== null) {
          reject(error);
          return;
        }
        state.window.add(record.id, record.items, record.rejected, arrivedAt);
        ledger.acceptOne(SIGNALS.indexOf(record.signal), record.items);
        resolve();
      };
      writer.append({ record, encoded, time, arrivedAt, settle });
    });
    const { items, rejected } = record;
    this.inFlight.set(key, { items, rejected, durable, minTime: minTimeOf(record), arrivedAt });
    return durable;
  }

  status(): JournalStatus {
    const { state, maxBytes, flusher } = this.parts;
    const { segments, ledger, latency, deadLetters, damaged, clock } = state;
    const oldestAt = Math.min(
      ...segments.slice(0, 1).map(({ firstAt }) => firstAt),
      ...[...this.inFlight.values()].slice(0, 1).map(({ arrivedAt }) => arrivedAt),
    );
    return {
      bytes: this.bytes(),
      maxBytes,
      segments: segments.length,
      oldestAgeMs: oldestAt === Infinity ? null : Math.max(0, clock.monotonic() - oldestAt),
      perSignal: ledger.counts(),
      insertLatency: latency.summary(),
      sinkFailingSince: flusher.failingSince,
      deadLetters: { count: deadLetters.count, bytes: deadLetters.bytes },
      damaged: { ...damaged },
    };
  }

  countRejected(signal: Signal, items: number): void {
    this.parts.state.ledger.reject(signal, items);
  }

  countDuplicate(signal: Signal, items: number): void {
    this.parts.state.ledger.repeat(signal, items);
  }

  oldestPendingTime(): number | null {
    let oldest = Infinity;
    for (const { minTime } of this.parts.state.segments) {
      oldest = Math.min(oldest, minTime);
    }
    for (const { minTime } of this.inFlight.values()) {
      oldest = Math.min(oldest, minTime);
    }
    return oldest === Infinity ? null : oldest;
  }

  async deadLetters(): Promise<DeadLetter[]> {
    return this.parts.state.deadLetters.all().map(({ letter }) => letter);
  }

  retryDeadLetter(name: string): Promise<void> {
    const { deadLetters, sink, ledger, onEvent } = this.parts.state;
    return this.withLetter(name, async () => {
      const { batch, items } = await deadLetters.read(name);
      await sink.insert(batch);
      try {
        await sink.announce([batch]);
      } catch (error) {
        if (!isAppError(error) || error.retryable) {
          throw error;
        }
        const code = errorCode(error) ?? 'unknown';
        onEvent({ kind: 'announce-refused', token: batch.token, code, message: errorMessage(error) });
      }
      await deadLetters.remove(name);
      ledger.takeBack(items);
      ledger.store(items);
    });
  }

  dropDeadLetter(name: string): Promise<void> {
    const { deadLetters, ledger } = this.parts.state;
    return this.withLetter(name, async () => {
      const { items } = deadLetters.find(name);
      await deadLetters.remove(name);
      ledger.takeBack(items);
      ledger.lose(items);
    });
  }

  async flushed(): Promise<void> {
    const { state, writer, flusher } = this.parts;
    if (this.closed !== null) {
      throw journalClosed();
    }
    await writer.roll();
    await flusher.whenStored(state.segments.at(-1)?.sequence ?? 0);
  }

  close(): Promise<void> {
    this.closed ??= this.closeOnce();
    return this.closed;
  }

  private async closeOnce(): Promise<void> {
    const { writer, flusher, closeTimeoutMs, unlock } = this.parts;
    await writer.roll();
    await flusher.finish(closeTimeoutMs);
    await writer.close();
    await unlock();
  }

  private bytes(): number {
    const { segments, deadLetters } = this.parts.state;
    let bytes = deadLetters.bytes + this.parts.writer.queuedBytes;
    for (const { fileBytes } of segments) {
      bytes += fileBytes;
    }
    return bytes;
  }

  /** A letter whose segment is not done must stay: a crash would send its batch again. */
  private async withLetter(name: string, work: () => Promise<void>): Promise<void> {
    if (this.closed !== null) {
      throw journalClosed();
    }
    const { segments, deadLetters } = this.parts.state;
    const { token } = deadLetters.find(name).letter;
    const prefix = segmentOfToken(token);
    const flushing = segments.some((each) => tokenPrefix(each.journalId, each.sequence) === prefix);
    if (flushing || this.busyLetters.has(name)) {
      throw new AppError({
        code: 'journal.busy',
        message: flushing
          ? `The other batches of the segment of dead letter ${name} are still being stored.`
          : `The dead letter ${name} is already being dealt with.`,
        hint: 'Try again once they are: see the journal in `tidewatch status`.',
        retryable: true,
      });
    }
    this.busyLetters.add(name);
    try {
      await work();
    } finally {
      this.busyLetters.delete(name);
    }
  }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1');
}
