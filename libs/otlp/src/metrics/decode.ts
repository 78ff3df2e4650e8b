import type { OtlpEncoding } from '../encoding.js';
import { otherSignal } from '../text/other-signal.js';
import { runSteps } from '../text/run-steps.js';
import type { MetricBatch } from './batch.js';
import type { MetricContext } from './context.js';
import { JsonRequest } from './json.js';
import { RequestDecoder } from './protobuf.js';
import { RejectionLog } from './rejections.js';

/**
 * Decodes an ExportMetricsServiceRequest into columns.
 *
 * What is refused, with the points counted by metric and reason in `rejections`: points without a name, a time or a
 * value (unless flagged "no recorded value"), times outside `context.times` or beyond 2262, numbers that JSON writes
 * outside the range of their field, buckets that do not fit their bounds, bounds out of order, scales and buckets of
 * exponential histograms that no double lies in, quantiles outside [0, 1], and series beyond the cardinality limits.
 *
 * What is stored as sent: a start after the time, NaN and infinite values, counts that the buckets do not add up to
 * (a sender that reads them one after another under load is off by a few, and refusing it would lose all), sums
 * without temporality. Of duplicate attribute keys the last wins. A temporality that the protocol does not know reads
 * as unspecified, with a warning.
 *
 * Does the whole body in one go: some 200 ns per point whose series is known, some microseconds per new series. For
 * large bodies see `decodeMetricsSteps`.
 *
 * @param body the decompressed request; everything is copied out of it, so it may be reused afterwards
 * @throws AppError `otlp.malformed`, not retryable, naming the byte offset or the JSON path; also for a request that
 *   belongs to the path of another signal, which the message then names
 */
export function decodeMetrics(body: Uint8Array, encoding: OtlpEncoding, context: MetricContext): MetricBatch {
  return runSteps(decodeMetricsSteps(body, encoding, context));
}

/**
 * Does what `decodeMetrics` does, with pauses: each step takes about ten milliseconds, and the caller may let other
 * work run in between, other decodes with the same cache included. The body must not change meanwhile.
 *
 * Parsing JSON is one step however large the body is. When decodes with one cache take turns, each step first looks
 * over the series its batch has so far: very large bodies of a project are better decoded one after another.
 *
 * @returns the batch, when the generator is done
 */
export function* decodeMetricsSteps(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: MetricContext,
): Generator<void, MetricBatch> {
  const rejections = new RejectionLog();
  if (encoding === 'json') {
    const wire = yield* new JsonRequest(body, rejections).steps();
    return yield* new RequestDecoder(wire, context, rejections).steps();
  }
  try {
    return yield* new RequestDecoder(body, context, rejections).steps();
  } catch (error) {
    // Spans and log records have numbers where a metric has messages: they cannot be taken for metrics.
    throw otherSignal(body, 'metrics') ?? error;
  }
}
