import { createGunzip, constants } from 'node:zlib';
import type { Readable } from 'node:stream';
import { AppError, errorCode } from '@tidewatch/core';

/** The parts of a request that decide how its body is read. */
export interface BodySource {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly stream: Readable;
}

/**
 * Reads a request body whole, ungzipped if need be.
 *
 * The limit holds for the bytes on the wire and again for the bytes after decompression, and reading stops as soon as
 * it is passed: a gzip bomb costs `limit` bytes of memory, not its full size.
 *
 * @throws AppError `request.too-large`, `request.unsupported-encoding`, `request.malformed-gzip`, `request.aborted`
 */
export async function readBody(source: BodySource, limit: number): Promise<Buffer> {
  const encoding = headerOf(source, 'content-encoding').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip') {
    throw new AppError({
      code: 'request.unsupported-encoding',
      message: `The request body is encoded as "${encoding.slice(0, 40)}"; gzip and identity are understood.`,
      hint: 'Set the compression of the client to gzip or none.',
    });
  }
  const declared = Number(headerOf(source, 'content-length'));
  if (declared > limit) {
    source.stream.resume();
    throw tooLarge(limit);
  }
  return encoding === 'gzip' ? gunzip(source.stream, limit) : collect(source.stream, limit);
}

async function collect(stream: AsyncIterable<unknown>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > limit) {
        throw tooLarge(limit);
      }
      chunks.push(bytes);
    }
  } catch (error) {
    throw classify(error);
  }
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks, size);
}

async function gunzip(stream: Readable, limit: number): Promise<Buffer> {
  const inflater = createGunzip({ finishFlush: constants.Z_FINISH });
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > limit) {
      inflater.destroy(tooLarge(limit));
    }
  });
  stream.on('error', (error) => inflater.destroy(error));
  stream.pipe(inflater);
  try {
    return await collect(inflater, limit);
  } finally {
    stream.unpipe(inflater);
    // What is left of the request is read and dropped, so that the answer reaches a client that is still sending.
    stream.resume();
  }
}

function classify(error: unknown): unknown {
  const code = errorCode(error);
  if (code?.startsWith('Z_') === true) {
    return new AppError({
      code: 'request.malformed-gzip',
      message: 'The request says Content-Encoding: gzip, but its body is not valid gzip data.',
      hint: 'Send gzip data, or leave the Content-Encoding header out.',
      cause: error,
    });
  }
  if (code === 'ECONNRESET' || code === 'ABORT_ERR') {
    return new AppError({
      code: 'request.aborted',
      message: 'The client closed the connection.',
      cause: error,
    });
  }
  return error;
}

function tooLarge(limit: number): AppError {
  return new AppError({
    code: 'request.too-large',
    message: `The request body is larger than ${limit} bytes.`,
    hint: 'Send smaller batches, or raise TIDEWATCH_MAX_BODY_BYTES.',
  });
}

function headerOf(source: BodySource, name: string): string {
  const value = source.headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}

/** The media type of a request without its parameters, in lower case; `''` when there is none. */
export function mediaType(headers: BodySource['headers']): string {
  const value = headers['content-type'];
  return ((Array.isArray(value) ? value[0] : value) ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
