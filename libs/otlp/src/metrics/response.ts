import type { OtlpEncoding } from '../encoding.js';
import { encodeExportResponse } from '../partial-success.js';
import type { PartialSuccess } from '../partial-success.js';

/**
 * Encodes an ExportMetricsServiceResponse; `rejected` counts data points.
 *
 * @param partial null for full success
 */
export function encodeMetricsResponse(partial: PartialSuccess | null, encoding: OtlpEncoding): Uint8Array {
  return encodeExportResponse(partial, encoding, 'rejectedDataPoints');
}
