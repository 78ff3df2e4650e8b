import { crc32c } from '@node-rs/crc32';
import { SIGNALS, type IngestRecord } from './ingest-record.js';
import { noItems, type ItemCounts } from './item-counts.js';

/* Count (u32), minTime (f64), then per record: id (16), items (u32), rejected (u32), signal (u8), time (f64). */
const HEAD_BYTES = 12;

/** What one record takes in an index. */
export const ENTRY_BYTES = 33;

/* Magic (8), length of the index (u32), its CRC32C (u32); the index. */
const SEEN_MAGIC = Buffer.from('TWSEEN1\n', 'latin1');

/**
 * What must be known about a segment without reading it: which requests it holds, how many items of each signal, and the
 * smallest event time. Ends a closed segment, and stays behind as its `.seen` file.
 */
export class SegmentIndex {
  private entries: Buffer;
  private length = 0;
  private smallestTime = Infinity;
  private readonly counts: ItemCounts = noItems();

  constructor(expectedRecords = 64) {
    this.entries = Buffer.allocUnsafe(expectedRecords * ENTRY_BYTES);
  }

  get records(): number {
    return this.length / ENTRY_BYTES;
  }

  /** Smallest event time, milliseconds since the epoch; `Infinity` without any. */
  get minTime(): number {
    return this.smallestTime;
  }

  get items(): ItemCounts {
    return this.counts;
  }

  /** @param time when the record arrived, milliseconds since the epoch */
  add(record: Omit<IngestRecord, 'project'>, time: number): void {
    if (this.length + ENTRY_BYTES > this.entries.length) {
      const larger = Buffer.allocUnsafe(this.entries.length * 2 + ENTRY_BYTES);
      this.entries.copy(larger, 0, 0, this.length);
      this.entries = larger;
    }
    const signal = SIGNALS.indexOf(record.signal);
    this.entries.set(record.id, this.length);
    this.entries.writeUInt32LE(record.items, this.length + 16);
    this.entries.writeUInt32LE(record.rejected, this.length + 20);
    this.entries.writeUInt8(signal, this.length + 24);
    this.entries.writeDoubleLE(time, this.length + 25);
    this.length += ENTRY_BYTES;
    this.counts[signal]! += record.items;
    this.smallestTime = Math.min(this.smallestTime, minTimeOf(record));
  }

  /** Calls `visit` for each record in order. `id` is a view that the next call may not rely on. */
  each(visit: (id: Uint8Array, items: number, rejected: number, time: number) => void): void {
    for (let at = 0; at < this.length; at += ENTRY_BYTES) {
      visit(
        this.entries.subarray(at, at + 16),
        this.entries.readUInt32LE(at + 16),
        this.entries.readUInt32LE(at + 20),
        this.entries.readDoubleLE(at + 25),
      );
    }
  }

  encode(): Buffer {
    const bytes = Buffer.allocUnsafe(HEAD_BYTES + this.length);
    bytes.writeUInt32LE(this.records, 0);
    bytes.writeDoubleLE(this.smallestTime, 4);
    this.entries.copy(bytes, HEAD_BYTES, 0, this.length);
    return bytes;
  }

  /** The opposite of `encode`, for bytes whose CRC has been checked; `null` when they are no index. */
  static decode(bytes: Buffer): SegmentIndex | null {
    if (bytes.length < HEAD_BYTES || bytes.length !== HEAD_BYTES + bytes.readUInt32LE(0) * ENTRY_BYTES) {
      return null;
    }
    const index = new SegmentIndex(0);
    index.entries = bytes.subarray(HEAD_BYTES);
    index.length = index.entries.length;
    index.smallestTime = bytes.readDoubleLE(4);
    for (let at = 0; at < index.length; at += ENTRY_BYTES) {
      const signal = index.entries.readUInt8(at + 24);
      if (signal >= SIGNALS.length) {
        return null;
      }
      index.counts[signal]! += index.entries.readUInt32LE(at + 16);
    }
    return index;
  }
}

/** Smallest event time of a record's blocks; `Infinity` when none has one. */
export function minTimeOf(record: Pick<IngestRecord, 'blocks'>): number {
  let smallest = Infinity;
  for (const block of record.blocks) {
    // 0: rows without an event time.
    if (block.rows > 0 && block.minTime !== 0 && block.minTime < smallest) {
      smallest = block.minTime;
    }
  }
  return smallest;
}

/** The bytes of a `.seen` file. */
export function encodeSeenFile(index: SegmentIndex): Buffer[] {
  const body = index.encode();
  const head = Buffer.alloc(16);
  SEEN_MAGIC.copy(head);
  head.writeUInt32LE(body.length, 8);
  head.writeUInt32LE(crc32c(body), 12);
  return [head, body];
}

/** The index in a `.seen` file; `null` when it is damaged. */
export function readSeenFile(bytes: Buffer): SegmentIndex | null {
  if (
    bytes.length < 16 ||
    bytes.compare(SEEN_MAGIC, 0, 8, 0, 8) !== 0 ||
    bytes.readUInt32LE(8) !== bytes.length - 16 ||
    bytes.readUInt32LE(12) !== crc32c(bytes.subarray(16))
  ) {
    return null;
  }
  return SegmentIndex.decode(bytes.subarray(16));
}
