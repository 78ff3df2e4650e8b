import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import {
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeStatus,
  encodeTraceResponse,
  type OtlpEncoding,
  type PartialSuccess,
} from '@tidewatch/otlp';
import type { Logger } from 'pino';
import { authenticate, type Keys } from '../http/authentication.js';
import { RETRY_AFTER_SECONDS, statusOf } from '../http/error-status.js';
import { keepOpenWhileSending, mediaType, withBody } from '../http/request-body.js';
import type { Admission } from './admission.js';
import type { IngestPipeline, OtlpSignal } from './ingest-pipeline.js';
import { otlpStatusOf } from './otlp-status.js';
import type { RequestCounts } from './request-counts.js';

const MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The answer to a request of each signal. */
export const ENCODE_RESPONSE: Readonly<
  Record<OtlpSignal, (partial: PartialSuccess | null, encoding: OtlpEncoding) => Uint8Array>
> = { metrics: encodeMetricsResponse, traces: encodeTraceResponse, logs: encodeLogsResponse };

/** What the two transports of OTLP need. */
export interface OtlpReceiver {
  readonly keys: Keys;
  readonly maxBodyBytes: number;
  readonly admission: Admission;
  readonly pipeline: IngestPipeline;
  readonly requests: RequestCounts;
  readonly logger: Logger;
}

/** The signal a path stands for, or `undefined`. */
export function otlpSignalOf(url: string): OtlpSignal | undefined {
  return /^\/v1\/(metrics|traces|logs)(?:\?|$)/.exec(url)?.[1] as OtlpSignal | undefined;
}

/** Answers an OTLP/HTTP request of one signal. Never throws: what goes wrong is answered. */
export async function handleOtlp(
  receiver: OtlpReceiver,
  signal: OtlpSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const encoding = sendsOtlp(request);
  try {
    const partial = await receive(receiver, signal, encoding, request);
    const body = ENCODE_RESPONSE[signal](partial, encoding ?? 'json');
    answer(response, 200, encoding ?? 'json', body);
    receiver.requests.add(signal, 'http', 200);
  } catch (error) {
    const status = answerOtlpError(request, response, error);
    receiver.requests.add(signal, 'http', status);
    if (status === 503 && !isAppError(error)) {
      receiver.logger.error({ error: errorMessage(error), signal }, 'an OTLP request failed unexpectedly');
    }
  }
}

async function receive(
  receiver: OtlpReceiver,
  signal: OtlpSignal,
  encoding: OtlpEncoding | undefined,
  request: IncomingMessage,
): Promise<PartialSuccess | null> {
  if (request.method !== 'POST') {
    throw new AppError({
      code: 'request.method-not-allowed',
      message: `${request.method ?? 'This method'} is not possible on ${request.url ?? ''}.`,
      hint: 'OTLP data is sent with POST.',
    });
  }
  const project = authenticate(receiver.keys, request.headers.authorization);
  if (encoding === undefined) {
    throw new AppError({
      code: 'request.unsupported-media-type',
      message: `The Content-Type is "${mediaType(request.headers).slice(0, 80)}".`,
      hint: 'OTLP/HTTP uses application/x-protobuf or application/json.',
    });
  }
  const source = { headers: request.headers, stream: request };
  return withBody(source, receiver.maxBodyBytes, receiver.admission, (body, reservation) =>
    receiver.pipeline.ingestOtlp({ signal, encoding, project, body, reservation }),
  );
}

/**
 * Answers an error as OTLP asks: a `google.rpc.Status` in the encoding of the request, and for failures that pass a 503
 * with `Retry-After`.
 *
 * @returns the HTTP status
 */
export function answerOtlpError(request: IncomingMessage, response: ServerResponse, error: unknown): number {
  const status = statusOf(error);
  keepOpenWhileSending(request, response);
  if (status === 503) {
    response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  } else if (status === 401) {
    response.setHeader('WWW-Authenticate', 'Bearer realm="Tidewatch"');
  } else if (status === 405) {
    response.setHeader('Allow', 'POST');
  } else if (isAppError(error, 'request.unsupported-encoding')) {
    response.setHeader('Accept-Encoding', 'gzip, identity');
  }
  const encoding = sendsOtlp(request) ?? 'json';
  answer(response, status, encoding, encodeStatus(otlpStatusOf(error), encoding));
  return status;
}

/** Answers a path that no signal has. */
export function answerUnknownPath(request: IncomingMessage, response: ServerResponse): void {
  const error = new AppError({
    code: 'request.not-found',
    message: `There is nothing at ${(request.url ?? '').slice(0, 200)}.`,
    hint: 'OTLP/HTTP is taken on /v1/metrics, /v1/traces and /v1/logs.',
  });
  answerOtlpError(request, response, error);
}

function answer(response: ServerResponse, status: number, encoding: OtlpEncoding, body: Uint8Array): void {
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, { 'Content-Type': MEDIA_TYPES[encoding], 'Content-Length': body.byteLength });
    response.end(body);
  }
}

/** The encoding that a request's media type names, or `undefined` when it is none of OTLP's. */
export function sendsOtlp(request: IncomingMessage): OtlpEncoding | undefined {
  const type = mediaType(request.headers);
  return type === MEDIA_TYPES.protobuf ? 'protobuf' : type === MEDIA_TYPES.json ? 'json' : undefined;
}
