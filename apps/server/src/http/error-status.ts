import { isAppError } from '@tidewatch/core';

/** HTTP status of each error code that a request can meet. Codes that are absent follow the rule below. */
const STATUS: Readonly<Record<string, number>> = {
  'request.too-large': 413,
  'request.unsupported-encoding': 415,
  'request.unsupported-media-type': 415,
  'request.malformed-gzip': 400,
  'request.aborted': 400,
  'request.invalid': 400,
  'request.unauthorized': 401,
  'request.forbidden': 403,
  'request.not-found': 404,
  'request.method-not-allowed': 405,
  'otlp.malformed': 400,
  'samples.malformed': 400,
  'actions.unknown': 404,
  'actions.decided': 409,
  'actions.expired': 409,
  'actions.cooling-down': 409,
  'actions.no-receiver': 409,
  'drill.nobody-is-told': 409,
  'drill.too-many': 409,
  'incident.unknown': 404,
  'incident.resolved': 409,
  'notification.unknown': 404,
  'notification.not-rejected': 409,
  'notification.too-old': 409,
  'silence.from-rules': 409,
  'journal.no-dead-letter': 404,
  'journal.dead-letter-damaged': 409,
};

/**
 * The status that answers an error.
 *
 * Whatever is not the client's fault is 503: OpenTelemetry clients drop their data on 500 and retry on 503, so an
 * unforeseen failure here must never look final to them.
 */
export function statusOf(error: unknown): number {
  if (isAppError(error)) {
    return STATUS[error.code] ?? 503;
  }
  return 503;
}

/** Seconds a client should wait before it retries a 503. */
export const RETRY_AFTER_SECONDS = 2;
