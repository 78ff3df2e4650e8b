import type { FastifyRequest } from 'fastify';
import { AppError } from '@tidewatch/core';
import { mediaType } from './request-body.js';

/**
 * Reads the JSON that somebody sends to change something.
 *
 * Only `application/json` is taken: a page on another site cannot send it with a reader's browser without being asked first.
 *
 * @param limit in bytes
 * @throws AppError `request.unsupported-media-type`, `request.unsupported-encoding`, `request.too-large`, `request.invalid`
 */
export async function readJson({ raw }: FastifyRequest, limit: number): Promise<unknown> {
  const type = mediaType(raw.headers);
  if (type !== 'application/json') {
    throw new AppError({
      code: 'request.unsupported-media-type',
      message: `The request body is of type "${type.slice(0, 80)}".`,
      hint: 'Send JSON with the header "Content-Type: application/json".',
    });
  }
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
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > limit) {
      throw tooLarge(limit);
    }
    chunks.push(chunk as Buffer);
  }
  return parse(Buffer.concat(chunks).toString('utf8'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError({
      code: 'request.invalid',
      message: 'The request body is not JSON.',
      hint: 'Check its quotes, commas and brackets.',
      cause: error,
    });
  }
}

function tooLarge(limit: number): AppError {
  return new AppError({
    code: 'request.too-large',
    message: `The request body is larger than ${limit} bytes.`,
    hint: 'Send less at a time.',
  });
}
