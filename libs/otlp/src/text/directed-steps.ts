import type { Rejection } from '../metrics/batch.js';
import { otherSignal } from './other-signal.js';
import type { OtlpSignal } from './signal.js';

/**
 * Runs the decoder of a protobuf request that may have come to the wrong path: where decoding fails, or takes none of
 * the items, the answer says which path is the right one, if that can be told.
 */
export function* directedSteps<Batch extends { readonly length: number; readonly rejections: Rejection[] }>(
  steps: Generator<void, Batch>,
  body: Uint8Array,
  path: OtlpSignal,
): Generator<void, Batch> {
  let batch: Batch;
  try {
    batch = yield* steps;
  } catch (error) {
    throw otherSignal(body, path) ?? error;
  }
  if (batch.length === 0 && batch.rejections.length > 0) {
    const error = otherSignal(body, path);
    if (error !== undefined) {
      throw error;
    }
  }
  return batch;
}
