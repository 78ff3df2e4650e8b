import type { OtlpEncoding } from '../encoding.js';
import { encodeExportResponse } from '../partial-success.js';
import type { PartialSuccess } from '../partial-success.js';

/**
 * Encodes an ExportLogsServiceResponse; `rejected` counts log records.
 *
 * @param partial null for full success
 */
export function encodeLogsResponse(partial: PartialSuccess | null, encoding: OtlpEncoding): Uint8Array {
  return encodeExportResponse(partial, encoding, 'rejectedLogRecords');
}
