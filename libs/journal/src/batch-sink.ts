import type { SealedBatch } from '@tidewatch/core';

/**
 * Where batches go.
 *
 * Both calls may be repeated after a failure or a crash and then bring the same batches under the same tokens; the sink
 * makes the repetition harmless. They throw an AppError: after a retryable one the journal tries again for ever, after
 * another one it moves the batch to the dead letters and goes on.
 */
export interface BatchSink {
  /** Stores one batch durably. Called for one batch after another. The bytes must not be kept after it has settled. */
  insert(batch: SealedBatch): Promise<void>;
  /** Tells that the batches, all of one segment, are stored. */
  announce(batches: readonly SealedBatch[]): Promise<void>;
}
