import { boundedText } from './bounded-text.js';
import type { OtlpEncoding } from './encoding.js';
import { WireWriter } from './wire/writer.js';

/** What a partly refused request is told. `rejected` 0 with a message is a warning. */
export interface PartialSuccess {
  readonly rejected: number;
  /** English, for the sender's developer. */
  readonly message: string;
}

/** At four bytes a character this stays far below the 4 MiB that OTLP recommends as the limit of a response. */
const MAX_MESSAGE_LENGTH = 65_536;

/**
 * Encodes the Export*ServiceResponse of any signal: they differ only in the JSON name of the count.
 *
 * partial_success = 1 { rejected_* = 1 int64, error_message = 2 string }. Full success (null) is a body of zero bytes
 * in protobuf and `{}` in JSON, where int64 is written as a string. A message that is too long is shortened.
 */
export function encodeExportResponse(
  partial: PartialSuccess | null,
  encoding: OtlpEncoding,
  rejectedName: string,
): Uint8Array {
  const message = boundedText(partial?.message ?? '', MAX_MESSAGE_LENGTH);
  if (encoding === 'json') {
    const response =
      partial === null
        ? {}
        : { partialSuccess: { [rejectedName]: String(partial.rejected), errorMessage: message } };
    return Buffer.from(JSON.stringify(response), 'utf8');
  }
  const response = new WireWriter();
  if (partial !== null) {
    response.message(1, new WireWriter().integer(1, partial.rejected).string(2, message));
  }
  return response.finish();
}
