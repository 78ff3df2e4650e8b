import { gzipSync } from 'node:zlib';
import { GrpcClient } from './grpc-client.js';
import { call, type HttpAnswer, type HttpCall } from './http-client.js';
import type { Payload, Signal } from './payloads.js';
import { readFields } from './wire.js';

/** What is tested and what is known of it. */
export interface EndpointOptions {
  /** Base URL of OTLP/HTTP, `http://127.0.0.1:4318`; `null` leaves HTTP out. */
  readonly http: string | null;
  /** `HOST:PORT` of OTLP/gRPC; `null` leaves gRPC out. */
  readonly grpc: string | null;
  /** Bearer key, when the endpoint asks for one. */
  readonly key?: string;
  /** An origin that browsers may send from, when CORS is configured. */
  readonly origin?: string;
  /** The endpoint's request limit in bytes after decompression. */
  readonly limitBytes: number;
}

/** The encodings of OTLP/HTTP. */
export const ENCODINGS = ['protobuf', 'json'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** An endpoint under test: every way to send to it. */
export class Endpoint {
  readonly options: EndpointOptions;
  readonly grpc: GrpcClient | null;
  readonly grpcGzip: GrpcClient | null;

  constructor(options: EndpointOptions) {
    this.options = options;
    const authorization = this.authorization();
    const credentials = authorization === undefined ? {} : { authorization };
    this.grpc = options.grpc === null ? null : new GrpcClient(options.grpc, credentials);
    this.grpcGzip =
      options.grpc === null ? null : new GrpcClient(options.grpc, { ...credentials, gzip: true });
  }

  get hasHttp(): boolean {
    return this.options.http !== null;
  }

  url(path: string): string {
    return `${(this.options.http ?? '').replace(/\/$/, '')}${path}`;
  }

  /** Headers of a well-formed request. */
  headers(encoding: Encoding): Record<string, string> {
    const authorization = this.authorization();
    return {
      'Content-Type': CONTENT_TYPES[encoding],
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    };
  }

  /** Posts a body to a signal's path. */
  post(
    signal: Signal,
    encoding: Encoding,
    body: Buffer,
    options: HttpCall & { readonly gzip?: boolean } = {},
  ): Promise<HttpAnswer> {
    const sent = options.gzip === true ? gzipSync(body) : body;
    return call(this.url(`/v1/${signal}`), {
      ...options,
      body: sent,
      headers: {
        ...this.headers(encoding),
        ...(options.gzip === true ? { 'Content-Encoding': 'gzip' } : {}),
        ...options.headers,
      },
    });
  }

  /** Posts a payload in the given encoding. */
  send(signal: Signal, encoding: Encoding, payload: Payload): Promise<HttpAnswer> {
    return this.post(signal, encoding, bodyOf(payload, encoding));
  }

  close(): void {
    this.grpc?.close();
    this.grpcGzip?.close();
  }

  private authorization(): string | undefined {
    return this.options.key === undefined ? undefined : `Bearer ${this.options.key}`;
  }
}

/** The bytes of a payload in an encoding. */
export function bodyOf(payload: Payload, encoding: Encoding): Buffer {
  return encoding === 'protobuf' ? payload.protobuf : Buffer.from(JSON.stringify(payload.json));
}

/** A decoded Export*ServiceResponse. */
export interface Outcome {
  /** Whether `partial_success` was set at all. */
  readonly isPartial: boolean;
  readonly rejected: number;
  readonly message: string;
}

const REJECTED_NAMES = ['rejectedDataPoints', 'rejectedSpans', 'rejectedLogRecords'];

/**
 * Reads an Export*ServiceResponse.
 *
 * @throws Error when the body is none
 */
export function readOutcome(body: Buffer, encoding: Encoding): Outcome {
  if (encoding === 'protobuf') {
    const partial = readFields(body).find(({ field }) => field === 1);
    const fields = partial === undefined ? [] : readFields(partial.bytes);
    return {
      isPartial: partial !== undefined,
      rejected: Number(fields.find(({ field }) => field === 1)?.integer ?? 0n),
      message: fields.find(({ field }) => field === 2)?.bytes.toString() ?? '',
    };
  }
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(`the JSON answer is no object: ${body.toString('utf8').slice(0, 80)}`);
  }
  const partial = (parsed as { partialSuccess?: Record<string, unknown> }).partialSuccess;
  const rejected = REJECTED_NAMES.map((name) => partial?.[name]).find((value) => value !== undefined);
  const message = partial?.['errorMessage'];
  return {
    isPartial: partial !== undefined,
    rejected: Number(rejected ?? 0),
    message: typeof message === 'string' ? message : '',
  };
}

/** The message of a google.rpc.Status, and the type URLs of its details. */
export interface RpcStatus {
  readonly message: string;
  readonly details: readonly string[];
}

/**
 * Reads a google.rpc.Status from the body of an error answer.
 *
 * @throws Error when the body is none
 */
export function readStatus(answer: HttpAnswer): RpcStatus {
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === CONTENT_TYPES.protobuf) {
    const fields = readFields(answer.body);
    return {
      message: fields.find(({ field }) => field === 2)?.bytes.toString() ?? '',
      details: fields
        .filter(({ field }) => field === 3)
        .map(
          ({ bytes }) =>
            readFields(bytes)
              .find(({ field }) => field === 1)
              ?.bytes.toString() ?? '',
        ),
    };
  }
  if (type !== CONTENT_TYPES.json) {
    throw new Error(`the error body is of type "${type ?? ''}", not a Status in protobuf or JSON`);
  }
  const parsed = JSON.parse(answer.body.toString('utf8')) as {
    message?: unknown;
    details?: { '@type'?: string }[];
  };
  if (typeof parsed.message !== 'string') {
    throw new Error('the JSON Status has no message');
  }
  return { message: parsed.message, details: (parsed.details ?? []).map((detail) => detail['@type'] ?? '') };
}
