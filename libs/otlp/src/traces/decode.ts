import type { OtlpEncoding } from '../encoding.js';
import type { StorableTimes } from '../storable-times.js';
import { directedSteps } from '../text/directed-steps.js';
import { runSteps } from '../text/run-steps.js';
import type { SpanBatch } from './batch.js';
import { decodeSpansJson } from './json.js';
import { decodeSpansProtobuf } from './protobuf.js';

/** What the decoder of traces is told. */
export interface SpanContext {
  /** A span is refused when it starts before `earliest` or ends after `latest`. */
  readonly times: StorableTimes;
}

/**
 * Decodes an ExportTraceServiceRequest into columns.
 *
 * A span without usable ids, without a start and an end in order, outside the storable times or with a kind or status
 * code that OTLP does not define is refused, together with its events and links, and counted in `rejections`. Events
 * may be without a time, and links without ids.
 *
 * @param body the decompressed request; the batch refers to it, so it must not change while the batch is used
 * @throws AppError `otlp.malformed`, not retryable, naming the byte offset or JSON path; also for a request that belongs
 *   to the path of another signal, which the message then names
 */
export function decodeTraces(body: Uint8Array, encoding: OtlpEncoding, context: SpanContext): SpanBatch {
  return runSteps(decodeTracesSteps(body, encoding, context));
}

/** `decodeTraces` in steps of a few milliseconds, between which the caller may do other work. */
export function decodeTracesSteps(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: SpanContext,
): Generator<void, SpanBatch> {
  return encoding === 'protobuf'
    ? directedSteps(decodeSpansProtobuf(body, context.times), body, 'traces')
    : decodeSpansJson(body, context.times);
}
