import type { OtlpEncoding } from '../encoding.js';
import type { MetricBatch } from './batch.js';
import type { MetricContext } from './context.js';

/** placeholder */
export function decodeMetrics(_body: Uint8Array, _encoding: OtlpEncoding, _context: MetricContext): MetricBatch {
  throw new Error('not yet');
}

/** placeholder */
export function* decodeMetricsSteps(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: MetricContext,
): Generator<void, MetricBatch> {
  return decodeMetrics(body, encoding, context);
}
