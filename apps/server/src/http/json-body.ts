import type { FastifyRequest } from 'fastify';
import { AppError } from '@tidewatch/core';
import { readRaw } from './raw-body.js';
import { mediaType } from './request-body.js';

/**
 * Reads the JSON that somebody sends to change something.
 *
 * Only `application/json` is taken: a page on another site cannot send it with a reader's browser without being asked first.
 *
 * @param limit in bytes
 * @throws AppError `request.unsupported-media-type`, `request.unsupported-encoding`, `request.too-large`, `request.invalid`
 */
export async function readJson(request: FastifyRequest, limit: number): Promise<unknown> {
  const type = mediaType(request.raw.headers);
  if (type !== 'application/json') {
    throw new AppError({
      code: 'request.unsupported-media-type',
      message: `The request body is of type "${type.slice(0, 80)}".`,
      hint: 'Send JSON with the header "Content-Type: application/json".',
    });
  }
  return parse((await readRaw(request, limit)).toString('utf8'));
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
