import { errorMessage } from '@tidewatch/core';
import type { PreparedTensors } from '../inputs/prepared-batch.js';
import { type EncoderSession, rowOf } from './encoder-session.js';
import { vectorProblem } from './vector-problem.js';

/** The tensors of a batch, and how many rows they have. */
export interface TensorBatch {
  readonly tensors: PreparedTensors;
  readonly rows: number;
}

/** What becomes of a batch. */
export interface BatchResult {
  /** Of those rows that are not refused, in their order, one after another. */
  readonly vectors: Float32Array;
  /** For each row why it is refused, or `null`. */
  readonly problems: readonly (string | null)[];
}

/** The session can no longer run what it has run before: the process is of no use. */
export class BrokenSession extends Error {}

/**
 * Encodes a prepared batch. When the model cannot be run on the batch it is run on each input alone, and those on which it
 * fails are refused: unless it also fails on the sample batch, on which it has worked before.
 *
 * @throws BrokenSession when it fails on the sample batch
 */
export async function encodeBatch(
  session: EncoderSession,
  batch: TensorBatch,
  dimension: number,
): Promise<BatchResult> {
  const vectors = new Float32Array(batch.rows * dimension);
  const made = batch.rows === 0 ? [] : await runBatch(session, batch, dimension);
  let kept = 0;
  const problems = made.map((vector) => {
    const problem = typeof vector === 'string' ? vector : vectorProblem(vector);
    if (problem === null) {
      vectors.set(vector as Float32Array, kept * dimension);
      kept++;
    }
    return problem;
  });
  return { vectors: vectors.subarray(0, kept * dimension), problems };
}

/** The vector of each row, or why there is none. */
async function runBatch(
  session: EncoderSession,
  { tensors, rows }: TensorBatch,
  dimension: number,
): Promise<(Float32Array | string)[]> {
  try {
    const data = await session.vectors(tensors);
    return Array.from({ length: rows }, (_, row) => data.subarray(row * dimension, (row + 1) * dimension));
  } catch {
    await checkSession(session);
  }
  const vectors: (Float32Array | string)[] = [];
  for (let row = 0; row < rows; row++) {
    try {
      vectors.push(await session.vectors(rowOf(tensors, row)));
    } catch (error) {
      await checkSession(session);
      vectors.push(`the model cannot be run on it: ${errorMessage(error).split('\n')[0]}`);
    }
  }
  return vectors;
}

/** A card that was lost, or memory that ran out, is no fault of an input. */
async function checkSession(session: EncoderSession): Promise<void> {
  try {
    await session.run();
  } catch (error) {
    throw new BrokenSession(`The model no longer runs on its sample batch: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
