import type { FastifyRequest } from 'fastify';
import { AppError } from '@tidewatch/core';

/**
 * Reads a body byte for byte: a signature is about the bytes.
 *
 * @param limit in bytes
 * @throws AppError `request.too-large`, `request.unsupported-encoding`
 */
export async function readRaw({ raw }: FastifyRequest, limit: number): Promise<Buffer> {
  const encoding = raw.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new AppError({
      code: 'request.unsupported-encoding',
      message: `The request body is encoded as "${encoding.slice(0, 40)}".`,
      hint: 'Send it as it is, without compression.',
    });
  }
  if (Number(raw.headers['content-length'] ?? 0) > limit) {
    throw tooLarge(limit);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  // Destroying the stream would cut the connection before the answer is sent.
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > limit) {
      throw tooLarge(limit);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): AppError {
  return new AppError({
    code: 'request.too-large',
    message: `The request body is larger than ${limit} bytes.`,
    hint: 'Send less at a time.',
  });
}
