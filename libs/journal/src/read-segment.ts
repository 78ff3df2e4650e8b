import { FRAME_HEAD_BYTES, readBody, readFrameHead, type StoredRecord } from './record-frame.js';
import { readTrailer } from './segment-footer.js';
import { HEADER_BYTES, readHeader, type SegmentHeader } from './segment-header.js';

/** What is in a segment, as far as it can be read. */
export interface SegmentContents {
  readonly header: SegmentHeader;
  readonly records: readonly StoredRecord[];
  /** Where the last whole record ends. */
  readonly recordsEnd: number;
  /** Whether the segment has an intact trailer. */
  readonly closed: boolean;
  /** Unreadable stretches between records, and at the end of a closed segment. `records` is a lower bound. */
  readonly damage: { readonly records: number; readonly bytes: number };
  /** Bytes behind the last whole record of a segment that was not closed. */
  readonly tornBytes: number;
}

/**
 * Reads all whole records of a segment: a pure function of its bytes, so that a replay sees the same records.
 *
 * After a damaged body the next record follows where the head says; after a damaged head it is found by its sync bytes and
 * counts only if its own head is intact and belongs to that offset. Garbage is therefore never taken for a record.
 *
 * @returns `null` when both copies of the segment's header are unreadable.
 * @throws AppError `journal.newer-format`
 */
export function readSegment(bytes: Buffer): SegmentContents | null {
  const header = readHeader(bytes);
  if (header === null) {
    return null;
  }
  const trailer = readTrailer(bytes, bytes.length, header.sync);
  const limit = trailer?.recordsEnd ?? bytes.length;
  const records: StoredRecord[] = [];
  const damage = { records: 0, bytes: 0 };
  let recordsEnd = HEADER_BYTES;
  let skipped = 0;
  let at = HEADER_BYTES;
  while (at < limit) {
    const { record, next } = readFrame(bytes, at, limit, header.sync);
    if (record === null) {
      skipped += 1;
    } else {
      if (skipped > 0) {
        damage.records += skipped;
        damage.bytes += at - recordsEnd;
        skipped = 0;
      }
      records.push(record);
      recordsEnd = next;
    }
    at = next;
  }
  const rest = Math.max(0, limit - recordsEnd);
  if (trailer !== null && rest > 0) {
    damage.records += skipped;
    damage.bytes += rest;
  }
  return {
    header,
    records,
    recordsEnd,
    closed: trailer !== null,
    damage,
    tornBytes: trailer === null ? rest : 0,
  };
}

/** The record at `at`, if it is whole, and where to go on. */
function readFrame(
  bytes: Buffer,
  at: number,
  limit: number,
  sync: Uint8Array,
): { record: StoredRecord | null; next: number } {
  const head = readFrameHead(bytes, at, sync);
  if (head !== null) {
    const bodyAt = at + FRAME_HEAD_BYTES;
    const end = bodyAt + head.bodyLength;
    if (end <= limit) {
      return { record: readBody(bytes.subarray(bodyAt, end), head), next: end };
    }
  }
  return { record: null, next: nextFrame(bytes, at + 1, limit, sync) };
}

function nextFrame(bytes: Buffer, from: number, limit: number, sync: Uint8Array): number {
  for (let at = bytes.indexOf(sync, from); at !== -1 && at < limit; at = bytes.indexOf(sync, at + 1)) {
    if (readFrameHead(bytes, at, sync) !== null) {
      return at;
    }
  }
  return limit;
}
