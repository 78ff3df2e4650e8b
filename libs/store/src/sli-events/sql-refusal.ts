import { AppError, errorCode, isAppError } from '@tidewatch/core';

/** The statement itself cannot be run: nothing but another statement mends it. */
export function refused(what: string, hint: string, cause?: unknown): AppError {
  return new AppError({
    code: 'store.sql-refused',
    message: `The SQL of an SLI ${what}.`,
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The statement runs, and what it yields is not what an SLI needs. */
export function wrongResult(what: string, hint: string): AppError {
  return new AppError({ code: 'store.sql-result', message: `The SQL of an SLI ${what}.`, hint });
}

/** TOO_MANY_ROWS, TIMEOUT_EXCEEDED, TOO_SLOW, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES, MEMORY_LIMIT_EXCEEDED. */
const OVER_A_LIMIT = ['158', '159', '160', '307', '396', '241'];

/** Errors that say nothing about the statement. */
const ABOUT_THE_STORE = [
  'store.unreachable',
  'store.busy',
  'store.closed',
  'store.auth',
  'store.database',
  'store.disk',
  'store.disk-full',
];

/**
 * What an error of the engine says about the statement.
 *
 * @param during `check`: nothing was read yet, so that the statement is at fault; `run`: the data may be.
 */
export function sqlError(error: unknown, during: 'check' | 'run', limits: string): unknown {
  if (!isAppError(error) || error.code.startsWith('store.sql-') || ABOUT_THE_STORE.includes(error.code)) {
    return error;
  }
  if (OVER_A_LIMIT.includes(errorCode(error.cause) ?? '') || error.code === 'store.timeout') {
    return new AppError({
      code: 'store.sql-limit',
      message: `The SQL of an SLI exceeds a limit (${limits}): ${error.message}`,
      hint: "Narrow it in time and by the first columns of the table's key, or raise timeout or maximumRows of the SLI.",
      retryable: error.retryable,
      cause: error,
    });
  }
  if (during === 'check') {
    return refused(`is not accepted by the engine: ${error.message}`, 'Correct the statement.', error);
  }
  return new AppError({
    code: 'store.sql-failed',
    message: `The SQL of an SLI failed while it ran: ${error.message}`,
    hint: 'Correct the statement, or the parameters that the SLI gives it.',
    retryable: error.retryable,
    cause: error,
  });
}
