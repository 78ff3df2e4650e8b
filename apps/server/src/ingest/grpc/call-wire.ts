import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** Where the bytes of a gRPC call come from: an HTTP/2 stream. */
interface WireStream {
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** The bytes of a call before grpc-js has gathered and inflated them. */
export interface CallWire {
  /** Whether messages that are marked as compressed are gzip data. They reach the handler as they came. */
  readonly isGzip: boolean;
  /** Calls back with each piece of the request, before grpc-js sees it. */
  onBytes(listener: (bytes: Buffer) => void): void;
  /** Nothing more is read until `resume`. */
  pause(): void;
  resume(): void;
}

/** The two fields of grpc-js's `BaseServerInterceptingCall` (1.14) that are used here. */
interface BaseCall {
  stream?: WireStream;
  incomingEncoding?: string;
}

/**
 * Opens the wire of a call.
 *
 * grpc-js offers no place between the bytes on the wire and the inflated message, and one of its messages may take 64 MiB,
 * so that memory could be counted only when it is already taken. Two of its fields are used instead: the HTTP/2 stream, to
 * count bytes as they arrive, and the encoding, so that gzip is inflated here, within the memory that is reserved. Both are
 * private; the version is pinned, and where they are missing `null` says so.
 */
export function openWire(call: ServerInterceptingCallInterface): CallWire | null {
  const base = call as unknown as BaseCall;
  const { stream, incomingEncoding } = base;
  if (typeof stream?.on !== 'function' || typeof incomingEncoding !== 'string') {
    return null;
  }
  const isGzip = incomingEncoding === 'gzip';
  if (isGzip) {
    base.incomingEncoding = 'identity';
  }
  return {
    isGzip,
    // The listener comes after grpc-js's own, which only gathers: a message is handed on later, when all of it is there.
    onBytes: (listener) => void stream.on('data', listener),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
  };
}
