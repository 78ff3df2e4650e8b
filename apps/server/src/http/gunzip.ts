import { createGunzip, gunzipSync } from 'node:zlib';
import { AppError, errorCode } from '@tidewatch/core';
import { overloaded, type Reservation } from '../ingest/admission.js';

/** Up to this size data is inflated on the spot: below 10 ms of work, and no wait for a thread that ClickHouse uses too. */
const SYNCHRONOUS_BYTES = 1_048_576;
/** Deflate cannot do better; a trailer that claims more is wrong. */
const MAXIMUM_RATIO = 1_032;
const CHUNK_BYTES = 131_072;

/**
 * Inflates gzip data.
 *
 * The last four bytes of gzip data are the size of what it holds, modulo 2^32. That much is reserved first, so that data
 * which does not fit costs nothing; a size that turns out wrong is found while inflating, chunk by chunk.
 *
 * @param reservation grows by what the data inflates to
 * @throws AppError `request.malformed-gzip`, `request.too-large`, `ingest.overloaded` (retryable)
 */
export async function gunzip(data: Buffer, limit: number, reservation: Reservation): Promise<Buffer> {
  if (data.length < 18) {
    throw malformed();
  }
  const claimed = data.readUInt32LE(data.length - 4);
  if (claimed > limit && claimed <= data.length * MAXIMUM_RATIO) {
    throw tooLarge(limit);
  }
  const expected = Math.min(claimed, limit, data.length * MAXIMUM_RATIO);
  await reservation.extend(expected);
  if (expected <= SYNCHRONOUS_BYTES) {
    const inflated = inflateNow(data, expected);
    if (inflated !== null) {
      return inflated;
    }
  }
  return inflateInChunks(data, expected, limit, reservation);
}

/** @returns `null` when the data holds more than `expected` bytes, as data of several members does */
function inflateNow(data: Buffer, expected: number): Buffer | null {
  try {
    return gunzipSync(data, { maxOutputLength: Math.max(1, expected) });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') {
      return null;
    }
    throw malformed(error);
  }
}

async function inflateInChunks(
  data: Buffer,
  expected: number,
  limit: number,
  reservation: Reservation,
): Promise<Buffer> {
  let inflated: Buffer = Buffer.allocUnsafeSlow(expected);
  let size = 0;
  const inflater = createGunzip({ chunkSize: CHUNK_BYTES });
  inflater.end(data);
  try {
    for await (const chunk of inflater) {
      const bytes = chunk as Buffer;
      if (size + bytes.length > limit) {
        throw tooLarge(limit);
      }
      if (size + bytes.length > inflated.length) {
        inflated = enlarge(inflated, size, Math.min(limit, 2 * (size + bytes.length)), reservation);
      }
      size += bytes.copy(inflated, size);
    }
  } catch (error) {
    throw errorCode(error)?.startsWith('Z_') === true ? malformed(error) : error;
  }
  return inflated.subarray(0, size);
}

function enlarge(buffer: Buffer, size: number, wanted: number, reservation: Reservation): Buffer {
  if (!reservation.grow(wanted - buffer.length)) {
    throw overloaded();
  }
  const larger = Buffer.allocUnsafeSlow(wanted);
  buffer.copy(larger, 0, 0, size);
  return larger;
}

function malformed(cause?: unknown): AppError {
  return new AppError({
    code: 'request.malformed-gzip',
    message: 'The request says that its body is gzip, but the body is not valid gzip data.',
    hint: 'Send gzip data, or leave the Content-Encoding header out.',
    cause,
  });
}

/** The error of a body beyond the limit, before or after decompression. */
export function tooLarge(limit: number): AppError {
  return new AppError({
    code: 'request.too-large',
    message: `The request body is larger than ${limit} bytes.`,
    hint: 'Send smaller batches, or raise TIDEWATCH_MAX_BODY_BYTES.',
  });
}
