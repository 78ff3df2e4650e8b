import { isAppError } from '@tidewatch/core';
import type { OtlpStatus } from '@tidewatch/otlp';
import { RETRY_AFTER_SECONDS, statusOf } from '../http/error-status.js';

/** The google.rpc.Code values used here. */
export const RPC = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** google.rpc.Code of each HTTP status that an OTLP request can get. */
const RPC_CODE: Readonly<Record<number, number>> = {
  400: RPC.invalidArgument,
  401: RPC.unauthenticated,
  403: RPC.permissionDenied,
  404: RPC.notFound,
  405: RPC.unimplemented,
  413: RPC.resourceExhausted,
  415: RPC.invalidArgument,
};

/**
 * The `google.rpc.Status` that tells a sender what went wrong.
 *
 * A request that can never be taken as it is carries BadRequest details, one that may be sent again carries RetryInfo; a
 * request that is too large carries neither, which is how OTLP says that it must not be sent again.
 */
export function otlpStatusOf(error: unknown): OtlpStatus {
  const code = RPC_CODE[statusOf(error)] ?? RPC.unavailable;
  const message = isAppError(error)
    ? error.explanation
    : 'The server met an unexpected error; send the data again.';
  if (code === RPC.invalidArgument) {
    return { code, message, badRequest: [{ field: 'body', description: message }] };
  }
  return code === RPC.unavailable
    ? { code, message, retryDelaySeconds: RETRY_AFTER_SECONDS }
    : { code, message };
}
