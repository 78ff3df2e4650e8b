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
const DISK: Failure = {
  code: 'store.disk',
  retryable: true,
  hint: 'Look at the disk under the data: it is broken, read-only, or its files may not be opened.',
};
const BUSY: Failure = { code: 'store.busy', retryable: true };
// Mended by a person and not by waiting, but nothing is wrong with the rows: they must not be given up for it.
const REFUSED: Failure = {
  code: 'store.auth',
  retryable: true,
  hint: 'Check user and password in CLICKHOUSE_URL, and that the user may create and read tables in that database.',
};
const NO_TABLE: Failure = {
  code: 'store.table',
  retryable: true,
  hint: 'A table is missing or of another shape: start Tidewatch of this version once, it migrates the database.',
};
const NO_DATABASE: Failure = {
  code: 'store.database',
  retryable: true,
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
  '394': TIMEOUT, // QUERY_WAS_CANCELLED
  '735': TIMEOUT, // QUERY_WAS_CANCELLED_BY_CLIENT
  '241': MEMORY, // MEMORY_LIMIT_EXCEEDED
  '173': MEMORY, // CANNOT_ALLOCATE_MEMORY
  '777': MEMORY, // MEMORY_RESERVATION_KILLED
  '778': MEMORY, // MEMORY_RESERVATION_FAILED
  ENOMEM: MEMORY,
  '243': DISK_FULL, // NOT_ENOUGH_SPACE
  ENOSPC: DISK_FULL,
  EDQUOT: DISK_FULL,
  '74': DISK, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  '75': DISK, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  '76': DISK, // CANNOT_OPEN_FILE
  '77': DISK, // CANNOT_CLOSE_FILE
  '88': DISK, // CANNOT_TRUNCATE_FILE
  '107': DISK, // FILE_DOESNT_EXIST
  '204': DISK, // CANNOT_FSYNC
  '294': DISK, // CANNOT_WRITE_TO_FILE
  '481': DISK, // PATH_ACCESS_DENIED
  '586': DISK, // CANNOT_CREATE_FILE
  '641': DISK, // CANNOT_APPEND_TO_FILE
  '1001': DISK, // STD_EXCEPTION: std::filesystem reports the disk's errors through it
  EIO: DISK,
  EROFS: DISK,
  EACCES: DISK,
  EPERM: DISK,
  ENOENT: DISK,
  EMFILE: DISK,
  ENFILE: DISK,
  '202': BUSY, // TOO_MANY_SIMULTANEOUS_QUERIES
  '242': BUSY, // TABLE_IS_READ_ONLY: a replica lost its Keeper session
  '252': BUSY, // TOO_MANY_PARTS
  '201': BUSY, // QUOTA_EXCEEDED
  '225': BUSY, // NO_ZOOKEEPER
  '254': BUSY, // NO_ACTIVE_REPLICAS
  '285': BUSY, // TOO_FEW_LIVE_REPLICAS
  '286': BUSY, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  '733': BUSY, // TABLE_IS_BEING_RESTARTED
  '774': BUSY, // TABLE_IS_PERMANENTLY_READ_ONLY
  '776': BUSY, // RESOURCE_LIMIT_EXCEEDED
  '319': BUSY, // UNKNOWN_STATUS_OF_INSERT: safe to repeat under the same token
  '236': BUSY, // ABORTED: the server is shutting down
  '745': BUSY, // SERVER_OVERLOADED
  '999': BUSY, // KEEPER_EXCEPTION
  '192': REFUSED, // UNKNOWN_USER
  '193': REFUSED, // WRONG_PASSWORD
  '194': REFUSED, // REQUIRED_PASSWORD
  '497': REFUSED, // ACCESS_DENIED
  '164': REFUSED, // READONLY
  '291': REFUSED, // DATABASE_ACCESS_DENIED
  '720': REFUSED, // USER_EXPIRED
  '516': REFUSED, // AUTHENTICATION_FAILED
  '81': NO_DATABASE, // UNKNOWN_DATABASE
  '60': NO_TABLE, // UNKNOWN_TABLE
  '16': NO_TABLE, // NO_SUCH_COLUMN_IN_TABLE
  '218': NO_TABLE, // TABLE_IS_DROPPED
  '198': UNREACHABLE, // DNS_ERROR
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
