import type { OtlpEncoding } from './encoding.js';
import { WireWriter } from './wire/writer.js';

/** The body of every OTLP error answer. */
export interface OtlpStatus {
  /** A google.rpc.Code, 0 to 16. */
  readonly code: number;
  /** English, for the sender's developer. */
  readonly message: string;
}

/** Encodes a google.rpc.Status: code = 1 int32, message = 2 string. */
export function encodeStatus(status: OtlpStatus, encoding: OtlpEncoding): Uint8Array {
  return encoding === 'json'
    ? Buffer.from(JSON.stringify({ code: status.code, message: status.message }), 'utf8')
    : new WireWriter().integer(1, status.code).string(2, status.message).finish();
}
