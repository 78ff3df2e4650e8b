import { AppError } from '@tidewatch/core';
import { crc32c } from '@node-rs/crc32';

/*
 * One copy, little-endian: magic (8 bytes), format version (u32), journal id (8 bytes), sync (8 bytes), segment number
 * (u64), CRC32C of all that (u32). It stands twice at the start of a segment: everything behind depends on it.
 */
const MAGIC = Buffer.from('TWJRNL\r\n', 'latin1');
const VERSION = 1;
const COPY_BYTES = 40;

/** Length of the header, both copies. */
export const HEADER_BYTES = 2 * COPY_BYTES;

/** What the header of a segment says. */
export interface SegmentHeader {
  /** Drawn anew by each opening, so that a folder restored from a backup never reuses a token for other rows. Hex. */
  readonly journalId: string;
  /** Marks the start of each frame of this segment. 8 random bytes. */
  readonly sync: Uint8Array;
  readonly sequence: number;
}

/** The bytes of a header. `version` is given by tests only. */
export function encodeHeader(header: SegmentHeader, version = VERSION): Buffer {
  const copy = Buffer.alloc(COPY_BYTES);
  MAGIC.copy(copy);
  copy.writeUInt32LE(version, 8);
  copy.write(header.journalId, 12, 'hex');
  copy.set(header.sync, 20);
  copy.writeBigUInt64LE(BigInt(header.sequence), 28);
  copy.writeUInt32LE(crc32c(copy.subarray(0, COPY_BYTES - 4)), COPY_BYTES - 4);
  return Buffer.concat([copy, copy]);
}

/**
 * The header at the start of `bytes`, from whichever copy is intact; `null` when neither is.
 *
 * @throws AppError `journal.newer-format` for a segment of a later version of this program.
 */
export function readHeader(bytes: Buffer): SegmentHeader | null {
  return readCopy(bytes, 0) ?? readCopy(bytes, COPY_BYTES);
}

function readCopy(bytes: Buffer, at: number): SegmentHeader | null {
  const copy = bytes.subarray(at, at + COPY_BYTES);
  if (
    copy.length < COPY_BYTES ||
    copy.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0 ||
    copy.readUInt32LE(COPY_BYTES - 4) !== crc32c(copy.subarray(0, COPY_BYTES - 4))
  ) {
    return null;
  }
  const version = copy.readUInt32LE(8);
  if (version !== VERSION) {
    throw new AppError({
      code: 'journal.newer-format',
      message: `The journal holds a segment of format ${version}; this version reads ${VERSION}.`,
      hint: 'Start the version that wrote it once and let it flush, or upgrade.',
    });
  }
  return {
    journalId: copy.toString('hex', 12, 20),
    sync: Uint8Array.prototype.slice.call(copy, 20, 28),
    sequence: Number(copy.readBigUInt64LE(28)),
  };
}
