import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError, errorCode } from '@tidewatch/core';
import { overloaded, type Admission, type Reservation } from '../ingest/admission.js';
import { BodyBuffers } from './body-buffers.js';
import { gunzip, tooLarge } from './gunzip.js';

/** The parts of a request that decide how its body is read. */
export interface BodySource {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly stream: Readable;
}

/** Room that is reserved for a body of unknown length; it grows with what arrives. */
const UNKNOWN_LENGTH_BYTES = 65_536;

const bodyBuffers = new BodyBuffers();

/**
 * Reads a request's body whole, ungzipped if need be, and runs `work` on it.
 *
 * Memory is reserved before anything is read and given back when `work` has ended: it must not keep the body. The limit holds for the bytes on the
 * wire and again for the bytes after decompression.
 *
 * @throws AppError `request.too-large`, `request.unsupported-encoding`, `request.malformed-gzip`, `request.aborted`,
 *   `ingest.overloaded` (retryable), and whatever `work` throws
 */
export async function withBody<T>(
  source: BodySource,
  limit: number,
  admission: Admission,
  work: (body: Buffer, reservation: Reservation) => Promise<T>,
): Promise<T> {
  const isGzip = checkEncoding(source);
  const declared = Number(headerOf(source, 'content-length'));
  if (declared > limit) {
    throw tooLarge(limit);
  }
  const hasLength = headerOf(source, 'content-length') !== '' && Number.isInteger(declared);
  const reservation = await admission.reserve(hasLength ? declared : UNKNOWN_LENGTH_BYTES);
  const memory = hasLength ? bodyBuffers.take(declared) : null;
  try {
    const sent = await collect(source.stream, memory?.subarray(0, declared) ?? null, limit, reservation);
    return await work(isGzip ? await gunzip(sent, limit, reservation) : sent, reservation);
  } finally {
    if (memory !== null) {
      bodyBuffers.give(memory);
    }
    reservation.release();
    // What is left of the request is read and dropped, so that the answer reaches a client that is still sending.
    source.stream.resume();
  }
}

/** @returns whether the body is gzip data */
function checkEncoding(source: BodySource): boolean {
  const encoding = headerOf(source, 'content-encoding').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') {
    return false;
  }
  if (encoding === 'gzip' || encoding === 'x-gzip') {
    return true;
  }
  throw new AppError({
    code: 'request.unsupported-encoding',
    message: `The request body is encoded as "${encoding.slice(0, 40)}"; gzip and identity are understood.`,
    hint: 'Set the compression of the client to gzip or none.',
  });
}

/** Gathers the bytes of a body; with a known length straight into the memory for it, so that they exist once. */
async function collect(
  stream: Readable,
  known: Buffer | null,
  limit: number,
  reservation: Reservation,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Destroying the stream would cut the connection before the answer is sent.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      if (size + bytes.length > limit) {
        throw tooLarge(limit);
      }
      if (known === null) {
        reserveFor(reservation, size + bytes.length);
        chunks.push(bytes);
      } else {
        bytes.copy(known, size);
      }
      size += bytes.length;
    }
  } catch (error) {
    throw aborted(error);
  }
  return known?.subarray(0, size) ?? Buffer.concat(chunks, size);
}

function reserveFor(reservation: Reservation, size: number): void {
  if (
    size > reservation.bytes &&
    !reservation.grow(Math.max(size - reservation.bytes, UNKNOWN_LENGTH_BYTES))
  ) {
    throw overloaded();
  }
}

function aborted(error: unknown): unknown {
  const code = errorCode(error);
  return code === 'ECONNRESET' || code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE'
    ? new AppError({ code: 'request.aborted', message: 'The client closed the connection.', cause: error })
    : error;
}

function headerOf(source: BodySource, name: string): string {
  const value = source.headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}

/**
 * Keeps the connection open for a client that gets its answer while it is still sending, even if it asked for the
 * opposite: cut off amid its body, it would see a broken pipe instead of the answer. It closes by itself, or is cut off
 * when it is idle.
 */
export function keepOpenWhileSending(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete) {
    response.shouldKeepAlive = true;
  }
}

/** The media type of a request without its parameters, in lower case; `''` when there is none. */
export function mediaType(headers: BodySource['headers']): string {
  const value = headers['content-type'];
  return ((Array.isArray(value) ? value[0] : value) ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
