import { errorCode, errorMessage, isAppError, type SealedBatch } from '@tidewatch/core';
import { removeFile, writeFileDurably } from './disk.js';
import { isDiskFull, journalClosed } from './disk-failure.js';
import { addItems, noItems } from './item-counts.js';
import type { JournalState } from './journal-state.js';
import { segmentFile, tokenPrefix, type LiveSegment } from './live-segment.js';
import { planBatches, type BatchPlan, type PlannedBatch } from './plan-batches.js';
import { ReadBuffer } from './read-buffer.js';
import { readSegment, type SegmentContents } from './read-segment.js';
import { setAside } from './recovery.js';
import { encodeSeenFile, SegmentIndex } from './segment-index.js';
import type { SegmentWriter } from './segment-writer.js';
import { Waker } from './waker.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** A sink that throws what is no AppError has a defect. Its batch must not hold up the others for ever. */
const ATTEMPTS_AFTER_DEFECT = 5;

/** How many intervals a segment stays open that fills fast. */
const BUSY_INTERVALS = 3;

/** When a segment is closed for flushing. */
export interface FlushPace {
  /** Age of its first record, in milliseconds. */
  readonly intervalMs: number;
  /** A segment of this size after one interval stays open for {@link BUSY_INTERVALS}, or until it is full. */
  readonly busyBytes: number;
}

/** Ends the work on a segment when the journal is being closed. */
class Stopped extends Error {}

/** Gives segments to the sink, oldest first, one batch after another, and removes those that it has. */
export class Flusher {
  private readonly state: JournalState;
  private readonly writer: SegmentWriter;
  private readonly pace: FlushPace;
  private readonly changes = new Waker();
  private readonly stopping = new Waker();
  private readonly readBuffer = new ReadBuffer();
  private waiters: {
    readonly upTo: number;
    readonly resolve: () => void;
    readonly reject: (e: Error) => void;
  }[] = [];
  private closing = false;
  private stopped = false;
  private running: Promise<void> | null = null;
  private failing: { readonly since: number; readonly sinceMonotonic: number } | null = null;

  constructor(state: JournalState, writer: SegmentWriter, pace: FlushPace) {
    this.state = state;
    this.writer = writer;
    this.pace = pace;
  }

  /** Since when the sink has been failing, milliseconds since the epoch. */
  get failingSince(): number | null {
    return this.failing?.since ?? null;
  }

  start(): void {
    this.running = this.run();
  }

  /** Something about the segments has changed. */
  wake(): void {
    this.changes.wake();
  }

  /** Resolves when no segment numbered `upTo` or less is left. */
  whenStored(upTo: number): Promise<void> {
    if (this.stopped) {
      return Promise.reject(journalClosed());
    }
    return new Promise((resolve, reject) => {
      this.waiters.push({ upTo, resolve, reject });
      this.releaseWaiters();
    });
  }

  /** Flushes what is left for at most `ms`, without waiting for a sink that fails, and stops. */
  async finish(ms: number): Promise<void> {
    this.closing = true;
    this.changes.wake();
    this.stopping.wake();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.running, late]);
    clearTimeout(timer);
    this.stopped = true;
    this.stopping.wake();
    for (const { reject } of this.waiters.splice(0)) {
      reject(journalClosed());
    }
  }

  private async run(): Promise<void> {
    const { segments } = this.state;
    const { seenFiles, clock } = this.state;
    while (!this.stopped) {
      const segment = segments[0];
      if (segment === undefined || segment.state === 'open') {
        if (this.closing) {
          return;
        }
        await this.waitForWork(segment);
        continue;
      }
      try {
        await this.untilDiskWorks(segment.file, () => this.writer.settle(segment));
        await this.flush(segment);
        await seenFiles.expire(clock.monotonic());
      } catch (error) {
        if (!(error instanceof Stopped)) {
          throw error;
        }
        return;
      }
    }
  }

  private async waitForWork(segment: LiveSegment | undefined): Promise<void> {
    if (segment === undefined) {
      await this.changes.sleep();
      return;
    }
    const { intervalMs, busyBytes } = this.pace;
    await this.waitWhileOpen(segment, segment.openedAt + intervalMs);
    if (segment.fileBytes >= busyBytes) {
      // ClickHouse spends more on merging parts than on taking them: under load fewer, larger ones save some of it.
      await this.waitWhileOpen(segment, segment.openedAt + BUSY_INTERVALS * intervalMs);
    }
    if (segment.state === 'open' && !this.closing) {
      await this.writer.roll();
    }
  }

  private async waitWhileOpen(segment: LiveSegment, deadline: number): Promise<void> {
    while (!this.closing && segment.state === 'open' && performance.now() < deadline) {
      // Rounded up: a timer may fire a little early, and would then have to be set again for nothing.
      await this.changes.sleep(Math.ceil(deadline - performance.now()));
    }
  }

  private async flush(segment: LiveSegment): Promise<void> {
    const contents = await this.untilDiskWorks(segment.file, () => this.read(segment));
    if (contents === null) {
      await this.untilDiskWorks(segment.file, () =>
        setAside(this.state, segment.file, segment.sequence, segment.fileBytes),
      );
      this.state.ledger.lose(segment.items);
      this.removed(segment);
      return;
    }
    const plan = planBatches(tokenPrefix(segment.journalId, segment.sequence), contents.records);
    this.reportDamage(segment, contents, plan);
    const stored: SealedBatch[] = [];
    for (const planned of plan.batches) {
      if (await this.insert(planned)) {
        stored.push(planned.batch);
      }
    }
    await this.announce(stored);
    await this.retire(segment, contents);
    this.state.ledger.store(plan.itemsWithoutRows);
    this.removed(segment);
  }

  /** @returns `null` when the segment cannot be read at all, or somebody has removed it. */
  private async read(segment: LiveSegment): Promise<SegmentContents | null> {
    try {
      return readSegment(await this.readBuffer.readWhole(this.state.disk, segment.file));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        return null;
      }
      throw error;
    }
  }

  private reportDamage(segment: LiveSegment, contents: SegmentContents, plan: BatchPlan): void {
    const { ledger, damaged, onEvent } = this.state;
    if (contents.damage.records > 0) {
      damaged.records += contents.damage.records;
      damaged.bytes += contents.damage.bytes;
      onEvent({ kind: 'damaged', file: segment.file, ...contents.damage });
    }
    const readable = noItems();
    addItems(readable, plan.itemsWithoutRows);
    plan.batches.forEach(({ items }) => addItems(readable, items));
    ledger.lose(segment.items.map((items, signal) => items - readable[signal]!));
  }

  /** @returns whether the sink has the batch; otherwise it is among the dead letters. */
  private async insert(planned: PlannedBatch): Promise<boolean> {
    const { sink, latency, ledger, deadLetters, clock, onEvent } = this.state;
    const { token, layout, rows } = planned.batch;
    if (deadLetters.hasToken(token)) {
      // Put aside before a crash that came before the segment was done.
      return false;
    }
    const refusal = await this.untilSinkTakes(token, async () => {
      const start = clock.monotonic();
      await sink.insert(planned.batch);
      latency.record(clock.monotonic() - start);
    });
    if (refusal === null) {
      ledger.store(planned.items);
      return true;
    }
    const name = await this.untilDiskWorks(token, () => deadLetters.put(planned, refusal.error, clock.now()));
    ledger.putAside(planned.items);
    onEvent({ kind: 'dead-letter', name, token, layout, rows, ...explain(refusal.error) });
    return false;
  }

  private async announce(stored: readonly SealedBatch[]): Promise<void> {
    const token = stored[0]?.token;
    if (token === undefined) {
      return;
    }
    const refusal = await this.untilSinkTakes(token, () => this.state.sink.announce(stored));
    if (refusal !== null) {
      this.state.onEvent({ kind: 'announce-refused', token, ...explain(refusal.error) });
    }
  }

  /** Keeps the identities, then removes the segment. */
  private async retire(segment: LiveSegment, contents: SegmentContents): Promise<void> {
    const { disk, dir, seenFiles, clock } = this.state;
    const index = new SegmentIndex(contents.records.length);
    contents.records.forEach((record) => index.add(record, record.time));
    const file = segmentFile(dir, segment.sequence, 'seen');
    const write = () => writeFileDurably(disk, file, encodeSeenFile(index));
    await this.untilDiskWorks(file, async () => {
      try {
        await write();
        await removeFile(disk, segment.file);
      } catch (error) {
        if (!isDiskFull(error)) {
          throw error;
        }
        // The segment's own bytes are the room that is missing. A crash just here forgets its requests, not its rows.
        await removeFile(disk, segment.file);
        await write().catch((again: unknown) => this.state.health.failed(again, file));
      }
    });
    seenFiles.add(file, clock.monotonic());
  }

  private removed(segment: LiveSegment): void {
    const { segments } = this.state;
    segments.splice(segments.indexOf(segment), 1);
    this.releaseWaiters();
  }

  private releaseWaiters(): void {
    const oldest = this.state.segments[0]?.sequence ?? Infinity;
    const done = this.waiters.filter(({ upTo }) => upTo < oldest);
    this.waiters = this.waiters.filter(({ upTo }) => upTo >= oldest);
    done.forEach(({ resolve }) => resolve());
  }

  /** Repeats `work` until the sink takes it or refuses it for good. @returns the refusal */
  private async untilSinkTakes(
    token: string,
    work: () => Promise<void>,
  ): Promise<{ readonly error: unknown } | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work();
        this.checkStopped();
        this.sinkWorked();
        return null;
      } catch (error) {
        this.checkStopped();
        const final = isAppError(error) ? !error.retryable : attempt >= ATTEMPTS_AFTER_DEFECT;
        if (final) {
          return { error };
        }
        this.sinkFailed(token, error);
        await this.pause(attempt);
      }
    }
  }

  /** Repeats `work` until the disk lets it pass. */
  private async untilDiskWorks<T>(file: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await work();
        this.checkStopped();
        return result;
      } catch (error) {
        this.checkStopped();
        this.state.health.failed(error, file);
        await this.pause(attempt);
      }
    }
  }

  private async pause(attempt: number): Promise<void> {
    if (!this.closing) {
      await this.stopping.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
      this.checkStopped();
      return;
    }
    // What fails now is left to the next opening, which sends the same batches again.
    throw new Stopped();
  }

  private checkStopped(): void {
    if (this.stopped) {
      throw new Stopped();
    }
  }

  private sinkFailed(token: string, error: unknown): void {
    if (this.failing === null) {
      const { clock, onEvent } = this.state;
      this.failing = { since: clock.now(), sinceMonotonic: clock.monotonic() };
      onEvent({ kind: 'sink-failing', token, ...explain(error) });
    }
  }

  private sinkWorked(): void {
    if (this.failing !== null) {
      const afterMs = this.state.clock.monotonic() - this.failing.sinceMonotonic;
      this.failing = null;
      this.state.onEvent({ kind: 'sink-recovered', afterMs });
    }
  }
}

function explain(error: unknown): { code: string; message: string } {
  return { code: errorCode(error) ?? 'unknown', message: errorMessage(error) };
}
