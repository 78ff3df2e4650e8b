import { boundedText } from './bounded-text.js';
import type { OtlpEncoding } from './encoding.js';
import { WireWriter } from './wire/writer.js';

/** A part of the request that is wrong, as in google.rpc.BadRequest. */
export interface FieldViolation {
  /** Path to the field in the request, such as `resource_metrics[0].resource`. */
  readonly field: string;
  readonly description: string;
}

/** The body of every OTLP error answer. */
export interface OtlpStatus {
  /** A google.rpc.Code, 0 to 16. */
  readonly code: number;
  /** English, for the sender's developer. */
  readonly message: string;
  /** What is wrong with the request: becomes google.rpc.BadRequest details. */
  readonly badRequest?: readonly FieldViolation[];
  /** When the request may be sent again, in seconds from now: becomes google.rpc.RetryInfo details. */
  readonly retryDelaySeconds?: number;
}

const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

// Together these keep any status far below the 4 MiB that OTLP recommends as the limit of a response.
const MAX_MESSAGE_LENGTH = 16_384;
const MAX_VIOLATIONS = 100;
const MAX_VIOLATION_LENGTH = 2_048;

/**
 * Encodes a google.rpc.Status: code = 1 int32, message = 2 string, details = 3 repeated google.protobuf.Any
 * { type_url = 1 string, value = 2 bytes }. In JSON an Any is the fields of its message beside `@type`.
 *
 * Long texts are cut, and of more than a hundred violations the first hundred are named.
 */
export function encodeStatus(status: OtlpStatus, encoding: OtlpEncoding): Uint8Array {
  const bounded: OtlpStatus = {
    ...status,
    message: boundedText(status.message, MAX_MESSAGE_LENGTH),
    badRequest: (status.badRequest ?? []).slice(0, MAX_VIOLATIONS).map(({ field, description }) => ({
      field: boundedText(field, MAX_VIOLATION_LENGTH),
      description: boundedText(description, MAX_VIOLATION_LENGTH),
    })),
  };
  return encoding === 'json' ? jsonStatus(bounded) : protobufStatus(bounded);
}

function jsonStatus({ code, message, badRequest = [], retryDelaySeconds }: OtlpStatus): Uint8Array {
  const details = [
    ...(badRequest.length > 0 ? [{ '@type': BAD_REQUEST, fieldViolations: badRequest }] : []),
    // A Duration is written as decimal seconds.
    ...(retryDelaySeconds === undefined
      ? []
      : [{ '@type': RETRY_INFO, retryDelay: `${roundedDelay(retryDelaySeconds)}s` }]),
  ];
  const status = { code, message, ...(details.length > 0 && { details }) };
  return Buffer.from(JSON.stringify(status), 'utf8');
}

function protobufStatus({ code, message, badRequest = [], retryDelaySeconds }: OtlpStatus): Uint8Array {
  const status = new WireWriter().integer(1, code).string(2, message);
  if (badRequest.length > 0) {
    // BadRequest: field_violations = 1 repeated { field = 1 string, description = 2 string }.
    const details = new WireWriter();
    for (const { field, description } of badRequest) {
      details.message(1, new WireWriter().string(1, field).string(2, description));
    }
    status.message(3, new WireWriter().string(1, BAD_REQUEST).message(2, details));
  }
  if (retryDelaySeconds !== undefined) {
    // RetryInfo: retry_delay = 1 Duration { seconds = 1 int64, nanos = 2 int32 }.
    const delay = roundedDelay(retryDelaySeconds);
    const seconds = Math.floor(delay);
    const duration = new WireWriter()
      .integer(1, seconds)
      .integer(2, Math.round((delay - seconds) * 1e3) * 1e6);
    status.message(
      3,
      new WireWriter().string(1, RETRY_INFO).message(2, new WireWriter().message(1, duration)),
    );
  }
  return status.finish();
}

/** Whole milliseconds, not negative. */
function roundedDelay(seconds: number): number {
  return Math.round(Math.max(seconds, 0) * 1_000) / 1_000;
}
