import { AppError, errorMessage, isAppError } from '@tidewatch/core';

/** An error as it crosses a pipe or the border of a thread. */
export interface ErrorHeader {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
}

/** What of an error is told on the other side; one that nobody foresaw gets the code `process.internal`. */
export function errorHeader(error: unknown): ErrorHeader {
  return isAppError(error)
    ? { code: error.code, message: error.message, hint: error.hint, retryable: error.retryable }
    : { code: 'process.internal', message: errorMessage(error), hint: undefined, retryable: false };
}

/** The error that was told. */
export function errorOf({ code, message, hint, retryable }: ErrorHeader): AppError {
  return new AppError({ code, message, ...(hint === undefined ? {} : { hint }), retryable });
}
