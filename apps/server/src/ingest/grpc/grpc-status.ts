import { Metadata } from '@grpc/grpc-js';
import { errorMessage, isAppError } from '@tidewatch/core';
import { encodeStatus } from '@tidewatch/otlp';
import type { Logger } from 'pino';
import { otlpStatusOf, RPC } from '../otlp-status.js';

/** A gRPC status with its trailers. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Names of the codes that requests are answered with, for counting. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  0: 'OK',
  [RPC.invalidArgument]: 'INVALID_ARGUMENT',
  [RPC.deadlineExceeded]: 'DEADLINE_EXCEEDED',
  [RPC.permissionDenied]: 'PERMISSION_DENIED',
  [RPC.resourceExhausted]: 'RESOURCE_EXHAUSTED',
  [RPC.unavailable]: 'UNAVAILABLE',
  [RPC.unauthenticated]: 'UNAUTHENTICATED',
};

/** The name of a gRPC code, or the number when it has none here. */
export function codeName(code: number): string {
  return CODE_NAMES[code] ?? String(code);
}

/**
 * The gRPC status of an error; BadRequest and RetryInfo travel in `grpc-status-details-bin`.
 *
 * An unforeseen error is UNAVAILABLE and logged: INTERNAL and UNKNOWN would make clients drop their data.
 */
export function grpcStatusOf(error: unknown, logger: Logger): GrpcStatus {
  const status = otlpStatusOf(error);
  const metadata = new Metadata();
  if (status.code === RPC.invalidArgument || status.code === RPC.unavailable) {
    metadata.set('grpc-status-details-bin', Buffer.from(encodeStatus(status, 'protobuf')));
  }
  if (!isAppError(error)) {
    logger.error({ error: errorMessage(error) }, 'an OTLP/gRPC request failed unexpectedly');
  }
  return { code: status.code, details: status.message, metadata };
}
