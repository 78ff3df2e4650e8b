import { AppError, errorCode, errorMessage } from '@tidewatch/core';

/** Whether a write failed because there is no room; later ones may succeed. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '');
}

/** What `append` throws for a failed write. */
export function appendFailure(error: unknown, dir: string): AppError {
  if (isDiskFull(error)) {
    return new AppError({
      code: 'journal.disk-full',
      message: `The disk of the journal ${dir} is full.`,
      hint: 'Free space on it; nothing that was acknowledged is lost, and appending goes on by itself.',
      retryable: true,
      cause: error,
    });
  }
  return new AppError({
    code: 'journal.io',
    message: `Writing to the journal ${dir} failed: ${errorMessage(error)}`,
    hint: 'Check the disk (dmesg, smartctl). What was acknowledged is kept; the sender should send this again.',
    retryable: true,
    cause: error,
  });
}

/** What `append` throws when the journal holds as much as it may. */
export function journalFull(dir: string, maxBytes: number): AppError {
  return new AppError({
    code: 'journal.full',
    message: `The journal ${dir} holds the ${maxBytes} bytes it may hold.`,
    hint: 'ClickHouse is away or slower than what arrives; or dead letters take the room (tidewatch journal ls).',
    retryable: true,
  });
}

/** What calls throw after `close`. */
export function journalClosed(): AppError {
  return new AppError({ code: 'journal.closed', message: 'The journal is closed.', retryable: true });
}
