import { AppError, errorCode, type RowBlock } from '@tidewatch/core';
import { crc32c } from '@node-rs/crc32';
import { SIGNALS, type IngestRecord, type Signal } from './ingest-record.js';

/*
 * A frame, little-endian:
 *
 *   0  sync         8 bytes  random, the same for all frames of a segment
 *   8  bodyLength   u32
 *  12  metaLength   u32      the body's part before the blocks' bytes
 *  16  bodyCrc      u32      CRC32C of the body
 *  20  headCrc      u32      CRC32C of bytes 0-20 and of the frame's offset in the file
 *  24  body: meta, then the bytes of the blocks one after another
 *
 * The head has a check of its own, so that a damaged body can be stepped over. `sync` finds the next frame after a damaged
 * head; being random and never leaving the file it cannot be part of anything a client sent. The offset keeps a copy of a
 * frame at another place from passing as one.
 */
const SYNC_BYTES = 8;

/** Length of what precedes the body of a frame. */
export const FRAME_HEAD_BYTES = 24;

/** Largest body: keeps offsets inside what one read call can take. */
const MAX_BODY_BYTES = 1 << 30;

const META_FIXED_BYTES = 16 + 8 + 1 + 4 + 4 + 2 + 4;
const BLOCK_FIXED_BYTES = 1 + 4 + 4 + 8 + 8 + 4;

/** A record ready to be written anywhere in a segment; the blocks' bytes are the caller's own. */
export interface EncodedRecord {
  /** Room for the head, then the meta part. */
  readonly head: Buffer;
  readonly blocks: readonly Uint8Array[];
  /** Length of the whole frame. */
  readonly bytes: number;
  readonly bodyCrc: number;
}

/** A record read back; the blocks' bytes are views of what was read. */
export interface StoredRecord extends IngestRecord {
  /** When it was appended, milliseconds since the epoch. */
  readonly time: number;
}

/** What a valid head says. */
export interface FrameHead {
  readonly bodyLength: number;
  readonly metaLength: number;
  readonly bodyCrc: number;
}

/**
 * Encodes what precedes the blocks' bytes and computes the body's CRC over both.
 *
 * @param time when the record arrived, milliseconds since the epoch
 * @throws AppError `journal.record-too-large`
 */
export function encodeRecord(record: IngestRecord, time: number): EncodedRecord {
  if (record.id.length !== 16) {
    throw new RangeError(`A record's id has 16 bytes, not ${record.id.length}.`);
  }
  const projectBytes = Buffer.byteLength(record.project);
  let metaLength = META_FIXED_BYTES + projectBytes;
  let blockBytes = 0;
  for (const block of record.blocks) {
    metaLength += BLOCK_FIXED_BYTES + Buffer.byteLength(block.layout);
    blockBytes += block.bytes.length;
  }
  if (metaLength + blockBytes > MAX_BODY_BYTES) {
    throw new AppError({
      code: 'journal.record-too-large',
      message: `A record of ${metaLength + blockBytes} bytes does not fit into the journal.`,
      hint: `Send at most ${MAX_BODY_BYTES} bytes of rows in one request.`,
    });
  }
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES + metaLength);
  writeMeta(head, record, time, projectBytes);
  let bodyCrc = crc32c(head.subarray(FRAME_HEAD_BYTES));
  const blocks: Uint8Array[] = [];
  for (const { bytes } of record.blocks) {
    if (bytes.length > 0) {
      bodyCrc = crc32c(bytes, bodyCrc);
      blocks.push(bytes);
    }
  }
  head.writeUInt32LE(metaLength + blockBytes, SYNC_BYTES);
  head.writeUInt32LE(metaLength, 12);
  head.writeUInt32LE(bodyCrc, 16);
  return { head, blocks, bytes: FRAME_HEAD_BYTES + metaLength + blockBytes, bodyCrc };
}

function writeMeta(into: Buffer, record: IngestRecord, time: number, projectBytes: number): void {
  let at = FRAME_HEAD_BYTES;
  into.set(record.id, at);
  at = into.writeDoubleLE(time, at + 16);
  at = into.writeUInt8(SIGNALS.indexOf(record.signal), at);
  at = into.writeUInt32LE(record.items, at);
  at = into.writeUInt32LE(record.rejected, at);
  at = into.writeUInt16LE(projectBytes, at);
  at += into.write(record.project, at);
  at = into.writeUInt32LE(record.blocks.length, at);
  for (const block of record.blocks) {
    const length = into.write(block.layout, at + 1);
    into.writeUInt8(length, at);
    at = into.writeInt32LE(block.day, at + 1 + length);
    at = into.writeUInt32LE(block.rows, at);
    at = into.writeDoubleLE(block.minTime, at);
    at = into.writeDoubleLE(block.maxTime, at);
    at = into.writeUInt32LE(block.bytes.length, at);
  }
}

/** Completes the head for the place where the frame is about to be written. */
export function placeFrame(encoded: EncodedRecord, sync: Uint8Array, offset: number): void {
  encoded.head.set(sync, 0);
  encoded.head.writeUInt32LE(headCrc(encoded.head, 0, offset), 20);
}

function headCrc(bytes: Buffer, at: number, offset: number): number {
  return crc32c(bytes.subarray(at, at + 20), crc32c(`${offset}`));
}

/** The head at `at`, or `null` when there is none or it is damaged. `at` is also the offset in the file. */
export function readFrameHead(bytes: Buffer, at: number, sync: Uint8Array): FrameHead | null {
  if (
    at + FRAME_HEAD_BYTES > bytes.length ||
    bytes.compare(sync, 0, SYNC_BYTES, at, at + SYNC_BYTES) !== 0 ||
    bytes.readUInt32LE(at + 20) !== headCrc(bytes, at, at)
  ) {
    return null;
  }
  const bodyLength = bytes.readUInt32LE(at + 8);
  const metaLength = bytes.readUInt32LE(at + 12);
  return metaLength > bodyLength ? null : { bodyLength, metaLength, bodyCrc: bytes.readUInt32LE(at + 16) };
}

/** The record of a body, or `null` when the body is damaged. */
export function readBody(body: Buffer, head: FrameHead): StoredRecord | null {
  if (body.length !== head.bodyLength || crc32c(body) !== head.bodyCrc) {
    return null;
  }
  try {
    return decodeBody(body, head.metaLength);
  } catch (error) {
    // A body of valid CRC that cannot be decoded comes from a defect, and must not stop the records around it.
    if (['ERR_OUT_OF_RANGE', 'ERR_BUFFER_OUT_OF_BOUNDS'].includes(errorCode(error) ?? '')) {
      return null;
    }
    throw error;
  }
}

function decodeBody(body: Buffer, metaLength: number): StoredRecord | null {
  const time = body.readDoubleLE(16);
  const signal: Signal | undefined = SIGNALS[body.readUInt8(24)];
  const items = body.readUInt32LE(25);
  const rejected = body.readUInt32LE(29);
  const projectEnd = 35 + body.readUInt16LE(33);
  const count = body.readUInt32LE(projectEnd);
  let at = projectEnd + 4;
  let data = metaLength;
  const blocks: RowBlock[] = [];
  for (let i = 0; i < count; i += 1) {
    const layoutEnd = at + 1 + body.readUInt8(at);
    const length = body.readUInt32LE(layoutEnd + 24);
    blocks.push({
      layout: body.toString('utf8', at + 1, layoutEnd),
      day: body.readInt32LE(layoutEnd),
      rows: body.readUInt32LE(layoutEnd + 4),
      minTime: body.readDoubleLE(layoutEnd + 8),
      maxTime: body.readDoubleLE(layoutEnd + 16),
      bytes: body.subarray(data, data + length),
    });
    at = layoutEnd + 28;
    data += length;
  }
  if (signal === undefined || at !== metaLength || data !== body.length) {
    return null;
  }
  return {
    id: body.subarray(0, 16),
    project: body.toString('utf8', 35, projectEnd),
    signal,
    items,
    rejected,
    time,
    blocks,
  };
}
