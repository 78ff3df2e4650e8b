import { randomBytes } from 'node:crypto';
import { removeFile, writeAll, type Disk } from './disk.js';
import { appendFailure, isDiskFull } from './disk-failure.js';
import type { DiskHealth } from './disk-health.js';
import type { IngestRecord } from './ingest-record.js';
import { segmentFile, type LiveSegment } from './live-segment.js';
import { placeFrame, type EncodedRecord } from './record-frame.js';
import { sealSegment } from './seal-segment.js';
import { encodeHeader, HEADER_BYTES } from './segment-header.js';
import { SegmentIndex } from './segment-index.js';

/**
 * Most records of a segment. Reading one back and planning its batches takes about 4 microseconds a record in one go, and
 * nothing is answered meanwhile.
 */
const SEGMENT_RECORDS = 16_384;

/**
 * Least time between two syncs under concurrency, in milliseconds. At 600 requests a second the syncs themselves, their
 * interrupts and wake-ups took 6 % of the processor time of ingest. A sender that is alone is never made to wait.
 */
const SYNC_SPACING_MS = 4;

/** A record waiting for its turn. */
export interface PendingAppend {
  readonly record: IngestRecord;
  readonly encoded: EncodedRecord;
  /** When it arrived: milliseconds since the epoch, and on the monotonic clock. */
  readonly time: number;
  readonly arrivedAt: number;
  /** Called once, with an AppError or, when the record is durable, with `null`. */
  readonly settle: (error: Error | null) => void;
}

/** What a {@link SegmentWriter} works with. */
export interface SegmentWriterOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly journalId: string;
  readonly firstSequence: number;
  readonly segmentBytes: number;
  readonly health: DiskHealth;
  /** Where a segment is added once its first record is durable. */
  readonly segments: LiveSegment[];
  /** Called when there is a new segment or the state of one has changed. */
  readonly onChange: () => void;
}

/** A segment that this process writes. */
interface OwnSegment {
  readonly live: LiveSegment;
  readonly fd: number;
  readonly sync: Uint8Array;
  readonly index: SegmentIndex;
  /** Everything before is durable. */
  recordsEnd: number;
  settling: Promise<void> | null;
}

interface RollRequest {
  readonly rolled: () => void;
}

/**
 * Appends records to segments, many with one fdatasync: while one group is being synced the next gathers.
 *
 * After a failed write nothing behind the last durable record is trusted. Before anything else is accepted the segment is
 * cut there, durably, so that what was refused cannot come back beside its repetition; after a failed fdatasync, which may
 * leave pages marked clean that never reached the disk, the segment is not written to any more either.
 */
export class SegmentWriter {
  private readonly options: SegmentWriterOptions;
  private readonly queue: (PendingAppend | RollRequest)[] = [];
  private readonly unsettled = new Map<LiveSegment, OwnSegment>();
  private nextSequence: number;
  private active: OwnSegment | null = null;
  private suspect: OwnSegment | null = null;
  private running = false;
  private waitingBytes = 0;
  /** Whether the latest group held several records, and when it was begun. */
  private spacing = { isBusy: false, syncedAt: 0 };

  constructor(options: SegmentWriterOptions) {
    this.options = options;
    this.nextSequence = options.firstSequence;
  }

  /** Bytes that wait for their turn or are being written. */
  get queuedBytes(): number {
    return this.waitingBytes;
  }

  /** Queues a record. */
  append(pending: PendingAppend): void {
    this.waitingBytes += pending.encoded.bytes;
    this.enqueue(pending);
  }

  /** Ends the current segment after everything queued so far; resolves when it is final. */
  roll(): Promise<void> {
    return new Promise((rolled) => this.enqueue({ rolled }));
  }

  /** Makes the end of a segment durable. Does nothing for one that is closed. @throws what the disk throws */
  settle(live: LiveSegment): Promise<void> {
    const own = this.unsettled.get(live);
    return own === undefined ? Promise.resolve() : this.settleOwn(own);
  }

  /** Closes the files; what could not be made durable is cut by the next opening. Call after a last {@link roll}. */
  async close(): Promise<void> {
    for (const own of [...this.unsettled.values()]) {
      await this.settleOwn(own).catch(() => this.options.disk.close(own.fd).catch(() => undefined));
    }
  }

  private enqueue(entry: PendingAppend | RollRequest): void {
    this.queue.push(entry);
    if (!this.running) {
      this.running = true;
      void this.run();
    }
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const first = this.queue[0]!;
      if ('rolled' in first) {
        this.queue.shift();
        this.closeActive();
        first.rolled();
        continue;
      }
      if (this.active !== null && (this.room() < first.encoded.bytes || this.recordRoom() === 0)) {
        this.closeActive();
      }
      await this.gather();
      const group = this.takeGroup();
      this.spacing = { isBusy: group.length > 1, syncedAt: performance.now() };
      await this.writeOrRefuse(group);
    }
    this.running = false;
  }

  /** Where several senders share syncs anyway, some milliseconds more let them share a quarter as many. */
  private async gather(): Promise<void> {
    const waitMs = this.spacing.syncedAt + SYNC_SPACING_MS - performance.now();
    if (this.spacing.isBusy && waitMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  private room(): number {
    return this.options.segmentBytes - (this.active?.recordsEnd ?? HEADER_BYTES);
  }

  private recordRoom(): number {
    return SEGMENT_RECORDS - (this.active?.index.records ?? 0);
  }

  /** The first record and all behind it that fit into the same segment. */
  private takeGroup(): PendingAppend[] {
    const group: PendingAppend[] = [];
    const most = this.recordRoom();
    let room = this.room();
    for (const entry of this.queue) {
      if ('rolled' in entry || group.length === most || (group.length > 0 && entry.encoded.bytes > room)) {
        break;
      }
      group.push(entry);
      room -= entry.encoded.bytes;
    }
    this.queue.splice(0, group.length);
    return group;
  }

  private async writeOrRefuse(group: readonly PendingAppend[]): Promise<void> {
    let failure: Error | null = null;
    try {
      if (this.suspect !== null) {
        await this.settleOwn(this.suspect);
      }
      await this.writeGroup(group);
      this.options.health.worked();
    } catch (error) {
      this.options.health.failed(error, this.options.dir);
      failure = appendFailure(error, this.options.dir);
    }
    for (const { encoded, settle } of group) {
      this.waitingBytes -= encoded.bytes;
      settle(failure);
    }
  }

  private async writeGroup(group: readonly PendingAppend[]): Promise<void> {
    const { disk, dir, segments, onChange, journalId } = this.options;
    const own = this.active ?? (await this.create(group[0]!));
    const fresh = own.recordsEnd === 0;
    const { sync } = own;
    const buffers: Uint8Array[] = fresh
      ? [encodeHeader({ journalId, sync, sequence: own.live.sequence })]
      : [];
    let end = fresh ? HEADER_BYTES : own.recordsEnd;
    for (const { encoded } of group) {
      placeFrame(encoded, own.sync, end);
      buffers.push(encoded.head, ...encoded.blocks);
      end += encoded.bytes;
    }
    try {
      await writeAll(disk, own.fd, buffers, own.recordsEnd);
      // Both have to end before anything else is done with the descriptor.
      const synced = await Promise.allSettled([
        disk.sync(own.fd),
        fresh ? disk.syncDirectory(dir) : undefined,
      ]);
      const failed = synced.find((each) => each.status === 'rejected');
      if (failed !== undefined) {
        throw failed.reason;
      }
    } catch (error) {
      await this.undo(own, error);
      throw error;
    }
    own.recordsEnd = end;
    own.live.fileBytes = end;
    for (const { record, time } of group) {
      own.index.add(record, time);
    }
    own.live.minTime = own.index.minTime;
    if (fresh) {
      segments.push(own.live);
      onChange();
    }
  }

  private async create(first: PendingAppend): Promise<OwnSegment> {
    const { disk, dir, journalId } = this.options;
    const sequence = this.nextSequence;
    const file = segmentFile(dir, sequence, 'seg');
    this.nextSequence += 1;
    const fd = await disk.open(file, 'wx');
    const index = new SegmentIndex();
    const live: LiveSegment = {
      sequence,
      file,
      journalId,
      state: 'open',
      fileBytes: 0,
      items: index.items,
      minTime: Infinity,
      firstAt: first.arrivedAt,
      openedAt: performance.now(),
    };
    const own = { live, fd, sync: randomBytes(8), index, recordsEnd: 0, settling: null };
    this.unsettled.set(live, own);
    this.active = own;
    return own;
  }

  /** Takes back a write that failed part of the way. */
  private async undo(own: OwnSegment, error: unknown): Promise<void> {
    const { disk } = this.options;
    if (isDiskFull(error) && own.recordsEnd > 0) {
      try {
        await disk.truncate(own.fd, own.recordsEnd);
        await disk.sync(own.fd);
        return;
      } catch {
        // Then it is as uncertain as after any other failure.
      }
    }
    this.active = null;
    this.suspect = own;
    this.finalise(own);
    await this.settleOwn(own).catch(() => undefined);
  }

  private closeActive(): void {
    const own = this.active;
    if (own === null) {
      return;
    }
    this.active = null;
    this.finalise(own);
    // The flusher, which needs the segment, tries again and reports.
    this.settleOwn(own).catch(() => undefined);
  }

  /** From here on the flusher may wait for the segment. */
  private finalise(own: OwnSegment): void {
    own.live.state = 'closing';
    this.options.onChange();
  }

  private settleOwn(own: OwnSegment): Promise<void> {
    own.settling ??= this.settleOnce(own).finally(() => {
      own.settling = null;
    });
    return own.settling;
  }

  private async settleOnce(own: OwnSegment): Promise<void> {
    const { disk, dir, onChange } = this.options;
    if (own.recordsEnd === 0) {
      await removeFile(disk, own.live.file);
      await disk.syncDirectory(dir);
    } else {
      own.live.fileBytes = await sealSegment(disk, own.fd, own);
    }
    this.unsettled.delete(own.live);
    if (this.suspect === own) {
      this.suspect = null;
    }
    own.live.state = 'closed';
    await disk.close(own.fd).catch(() => undefined);
    onChange();
  }
}
