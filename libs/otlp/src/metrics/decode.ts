import type { OtlpEncoding } from '../encoding.js';
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
 * Does the whole body in one go: about 300 ns per point whose series is known, some microseconds per new series. For
 * large bodies see `decodeMetricsSteps`.
 *
 * @param body the decompressed request; everything is copied out of it, so it may be reused afterwards
 * @throws AppError `otlp.malformed`, not retryable, naming the byte offset or the JSON path
 */
export function decodeMetrics(body: Uint8Array, encoding: OtlpEncoding, context: MetricContext): MetricBatch {
  const steps = decodeMetricsSteps(body, encoding, context);
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

/**
 * Does what `decodeMetrics` does, with pauses: each step takes about ten milliseconds, and the caller may let other
 * work run in between, other decodes with the same cache included. The body must not change meanwhile.
 *
 * Parsing JSON is one step however large the body is.
 *
 * @returns the batch, when the generator is done
 */
export function* decodeMetricsSteps(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: MetricContext,
): Generator<void, MetricBatch> {
  const rejections = new RejectionLog();
  const wire = encoding === 'json' ? yield* new JsonRequest(body, rejections).steps() : body;
  return yield* new RequestDecoder(wire, context, rejections).steps();
}
