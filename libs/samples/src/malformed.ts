import { AppError } from '@tidewatch/core';

/** The error for a body of which nothing can be read. A single wrong row is a rejection instead. */
export function malformedBody(message: string, cause?: unknown): AppError {
  return new AppError({
    code: 'samples.malformed',
    message,
    hint: 'Send a JSON array as application/json, or one JSON object per line as application/x-ndjson.',
    cause,
  });
}
