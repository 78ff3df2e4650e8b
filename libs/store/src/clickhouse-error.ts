import { AppError, errorCode, errorMessage, isAppError } from '@tidewatch/core';

interface Failure {
  readonly code: string;
  readonly retryable: boolean;
  readonly hint?: string;
}

const UNREACHABLE: Failure = {
  code: 'store.unreachable',
  retryable: true,
  hint: 'Check that ClickHouse runs and that CLICKHOUSE_URL names its HTTP port (usually 8123).',
};
const TIMEOUT: Failure = { code: 'store.timeout', retryable: true };
const MEMORY: Failure = { code: 'store.memory', retryable: true };
const DISK_FULL: Failure = {
  code: 'store.disk-full',
  retryable: true,
  hint: 'Free disk space or shorten retention.',
};
const BUSY: Failure = { code: 'store.busy', retryable: true };
const REFUSED: Failure = {
  code: 'store.auth',
  retryable: false,
  hint: 'Check user and password in CLICKHOUSE_URL, and that the user may create and read tables in that database.',
};
const NO_DATABASE: Failure = {
  code: 'store.database',
  retryable: false,
  hint: 'Create it (CREATE DATABASE …) or name another one in the path of CLICKHOUSE_URL.',
};

/**
 * ClickHouse error codes (src/Common/ErrorCodes.cpp) and Node.js system error codes that call for a reaction of their
 * own. Everything else is `store.query`: a statement the engine refused, which no retry mends.
 */
const FAILURES: Readonly<Record<string, Failure>> = {
  '159': TIMEOUT, // TIMEOUT_EXCEEDED
  '160': TIMEOUT, // TOO_SLOW
  '209': TIMEOUT, // SOCKET_TIMEOUT
  '241': MEMORY, // MEMORY_LIMIT_EXCEEDED
  '243': DISK_FULL, // NOT_ENOUGH_SPACE
  ENOSPC: DISK_FULL,
  EDQUOT: DISK_FULL,
  '202': BUSY, // TOO_MANY_SIMULTANEOUS_QUERIES
  '242': BUSY, // TABLE_IS_READ_ONLY: a replica lost its Keeper session
  '252': BUSY, // TOO_MANY_PARTS
  '319': BUSY, // UNKNOWN_STATUS_OF_INSERT: safe to repeat under the same token
  '236': BUSY, // ABORTED: the server is shutting down
  '745': BUSY, // SERVER_OVERLOADED
  '999': BUSY, // KEEPER_EXCEPTION
  '192': REFUSED, // UNKNOWN_USER
  '193': REFUSED, // WRONG_PASSWORD
  '194': REFUSED, // REQUIRED_PASSWORD
  '497': REFUSED, // ACCESS_DENIED
  '516': REFUSED, // AUTHENTICATION_FAILED
  '81': NO_DATABASE, // UNKNOWN_DATABASE
  '210': UNREACHABLE, // NETWORK_ERROR
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ECONNABORTED: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ERR_SOCKET_CONNECTION_TIMEOUT: UNREACHABLE,
};

/**
 * Any error of the engine or of the way to it, as an AppError whose `code` says how to react.
 *
 * @param attempted What was being done, as the beginning of the message: `Reading verdicts`.
 */
export function toStoreError(error: unknown, attempted: string): AppError {
  if (isAppError(error)) {
    return error;
  }
  const failure = FAILURES[causeCode(error) ?? ''] ?? { code: 'store.query', retryable: false };
  return new AppError({
    code: failure.code,
    message: `${attempted} failed: ${errorMessage(error)}`,
    retryable: failure.retryable,
    cause: error,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  });
}

/** The code of an error or, when it has none that is known here, of what caused it; `AggregateError` holds several. */
function causeCode(error: unknown): string | undefined {
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0) {
    const next = queue.shift();
    if (typeof next !== 'object' || next === null || seen.has(next)) {
      continue;
    }
    seen.add(next);
    const code = errorCode(next);
    if (code !== undefined && Object.hasOwn(FAILURES, code)) {
      return code;
    }
    queue.push((next as Error).cause, ...(((next as AggregateError).errors ?? []) as unknown[]));
  }
  return undefined;
}
