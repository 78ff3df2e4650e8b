import type { OtlpEncoding } from '../encoding.js';
import { encodeExportResponse } from '../partial-success.js';
import type { PartialSuccess } from '../partial-success.js';

/**
 * Encodes an ExportTraceServiceResponse; `rejected` counts spans.
 *
 * @param partial null for full success
 */
export function encodeTraceResponse(partial: PartialSuccess | null, encoding: OtlpEncoding): Uint8Array {
  return encodeExportResponse(partial, encoding, 'rejectedSpans');
}
