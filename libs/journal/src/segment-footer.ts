import { crc32c } from '@node-rs/crc32';
import { SegmentIndex } from './segment-index.js';

/*
 * The end of a closed segment: the index, then magic (8 bytes), where the records end (f64), length of the index (u32), its
 * CRC32C (u32), CRC32C of the trailer (u32), which starts from the segment's sync so that no payload can pass as a trailer.
 */
const MAGIC = Buffer.from('TWSEALED', 'latin1');

/** Length of the part of the footer behind the index. */
export const TRAILER_BYTES = 28;

/** Where things are in a closed segment. */
export interface Trailer {
  readonly recordsEnd: number;
  readonly indexLength: number;
  readonly indexCrc: number;
}

/** The footer of a segment whose records end at `recordsEnd`. */
export function encodeFooter(index: SegmentIndex, recordsEnd: number, sync: Uint8Array): Buffer[] {
  const body = index.encode();
  const trailer = Buffer.alloc(TRAILER_BYTES);
  MAGIC.copy(trailer);
  trailer.writeDoubleLE(recordsEnd, 8);
  trailer.writeUInt32LE(body.length, 16);
  trailer.writeUInt32LE(crc32c(body), 20);
  trailer.writeUInt32LE(trailerCrc(trailer, sync), 24);
  return [body, trailer];
}

function trailerCrc(trailer: Buffer, sync: Uint8Array): number {
  return crc32c(trailer.subarray(0, 24), crc32c(sync));
}

/**
 * The trailer in the last {@link TRAILER_BYTES} of a file of `size` bytes; `null` when the segment was never closed or its
 * trailer is damaged.
 */
export function readTrailer(end: Buffer, size: number, sync: Uint8Array): Trailer | null {
  if (end.length < TRAILER_BYTES) {
    return null;
  }
  const trailer = end.subarray(end.length - TRAILER_BYTES);
  const recordsEnd = trailer.readDoubleLE(8);
  const indexLength = trailer.readUInt32LE(16);
  const whole =
    trailer.compare(MAGIC, 0, 8, 0, 8) === 0 &&
    trailer.readUInt32LE(24) === trailerCrc(trailer, sync) &&
    recordsEnd + indexLength + TRAILER_BYTES === size;
  return whole ? { recordsEnd, indexLength, indexCrc: trailer.readUInt32LE(20) } : null;
}

/** The index that a trailer points to; `null` when it is damaged. */
export function readIndex(bytes: Buffer, trailer: Trailer): SegmentIndex | null {
  return crc32c(bytes) === trailer.indexCrc ? SegmentIndex.decode(bytes) : null;
}
