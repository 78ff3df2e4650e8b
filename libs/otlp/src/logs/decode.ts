import type { OtlpEncoding } from '../encoding.js';
import type { StorableTimes } from '../storable-times.js';
import { directedSteps } from '../text/directed-steps.js';
import { runSteps } from '../text/run-steps.js';
import type { LogBatch } from './batch.js';
import { decodeLogsJson } from './json.js';
import { decodeLogsProtobuf } from './protobuf.js';

/** What the decoder of logs is told. */
export interface LogContext {
  /** Records whose time is outside are refused. */
  readonly times: StorableTimes;
  /** Milliseconds since the Unix epoch: the time of records that say neither when they happened nor were observed. */
  readonly now: number;
}

/**
 * Decodes an ExportLogsServiceRequest into columns.
 *
 * A record outside the storable times, with an id of the wrong length or with a severity number that OTLP does not
 * define is refused and counted in `rejections`. Ids that are all zero are absent ids.
 *
 * @param body the decompressed request; the batch refers to it, so it must not change while the batch is used
 * @throws AppError `otlp.malformed`, not retryable, naming the byte offset or JSON path; also for a request that belongs
 *   to the path of another signal, which the message then names
 */
export function decodeLogs(body: Uint8Array, encoding: OtlpEncoding, context: LogContext): LogBatch {
  return runSteps(decodeLogsSteps(body, encoding, context));
}

/** `decodeLogs` in steps of a few milliseconds, between which the caller may do other work. */
export function decodeLogsSteps(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: LogContext,
): Generator<void, LogBatch> {
  return encoding === 'protobuf'
    ? directedSteps(decodeLogsProtobuf(body, context), body, 'logs')
    : decodeLogsJson(body, context);
}
