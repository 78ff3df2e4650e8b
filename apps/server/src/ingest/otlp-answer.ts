import { encodeStatus } from '@tidewatch/otlp';
import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RETRY_AFTER_SECONDS, statusOf } from '../http/error-status.js';
import { mediaType } from '../http/request-body.js';

/** The two encodings of OTLP/HTTP. */
export type OtlpEncoding = 'protobuf' | 'json';

export const MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The encoding a media type stands for, or `undefined`. */
export function encodingOf(mediaType: string): OtlpEncoding | undefined {
  return mediaType === MEDIA_TYPES.protobuf
    ? 'protobuf'
    : mediaType === MEDIA_TYPES.json
      ? 'json'
      : undefined;
}

/** gRPC status codes (google.rpc.Code) of the HTTP statuses used here. */
const RPC_CODE: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  404: 12,
  405: 12,
  413: 8,
  415: 3,
  503: 14,
};

/**
 * Answers a failed OTLP request as the specification asks: a `google.rpc.Status` in the encoding of the request, and
 * for failures that pass a 503 with `Retry-After`.
 */
export async function answerError(
  reply: FastifyReply,
  error: unknown,
  encoding: OtlpEncoding,
): Promise<void> {
  const status = statusOf(error);
  const message = isAppError(error)
    ? error.explanation
    : 'The server met an unexpected error; send the data again.';
  if (status === 503) {
    reply.header('Retry-After', String(RETRY_AFTER_SECONDS));
    reply.log?.error?.({ error: errorMessage(error) }, 'ingest failed');
  }
  if (status === 401) {
    reply.header('WWW-Authenticate', 'Bearer realm="Tidewatch"');
  }
  await reply
    .status(status)
    .header('Content-Type', MEDIA_TYPES[encoding])
    .send(Buffer.from(encodeStatus({ code: RPC_CODE[status] ?? 2, message }, encoding)));
}

const OTLP_PATH = /^\/v1\/(metrics|traces|logs)(\?|$)/;

/**
 * Answers 405 to anything but POST on an OTLP path; to be called before routing, which would answer 404.
 *
 * @returns whether it answered
 */
export async function refuseOtherMethods(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  if (request.method === 'POST' || !OTLP_PATH.test(request.url)) {
    return false;
  }
  const error = new AppError({
    code: 'request.method-not-allowed',
    message: `${request.method} is not possible on ${request.url}.`,
    hint: 'OTLP data is sent with POST.',
  });
  reply.header('Allow', 'POST');
  await answerError(reply, error, encodingOf(mediaType(request.headers)) ?? 'json');
  return true;
}
