import { errorMessage } from '@tidewatch/core';
import type { PreparedBatch } from '../inputs/prepared-batch.js';
import { type EncoderSession, rowOf } from './encoder-session.js';
import { vectorProblem } from './vector-problem.js';

/** What becomes of a batch. */
export interface BatchResult {
  /** Of those that are not refused, in their order, one after another. */
  readonly vectors: Float32Array;
  /** For each input the features of an image (none for others), or why it is refused. */
  readonly outcomes: readonly (Readonly<Record<string, number>> | string)[];
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
  batch: PreparedBatch,
  dimension: number,
): Promise<BatchResult> {
  const outcomes = batch.results.map((result) => ('refused' in result ? result.refused : result.features));
  const vectors = new Float32Array(batch.rows.length * dimension);
  const made = batch.rows.length === 0 ? [] : await runBatch(session, batch, dimension);
  let kept = 0;
  for (const [row, index] of batch.rows.entries()) {
    const vector = made[row] as Float32Array | string;
    const problem = typeof vector === 'string' ? vector : vectorProblem(vector);
    if (problem !== null) {
      outcomes[index] = problem;
    } else {
      vectors.set(vector as Float32Array, kept * dimension);
      kept++;
    }
  }
  return { vectors: vectors.subarray(0, kept * dimension), outcomes };
}

/** The vector of each row, or why there is none. */
async function runBatch(
  session: EncoderSession,
  { tensors, rows }: PreparedBatch,
  dimension: number,
): Promise<(Float32Array | string)[]> {
  try {
    const data = await session.vectors(tensors);
    return rows.map((_, row) => data.subarray(row * dimension, (row + 1) * dimension));
  } catch {
    await checkSession(session);
  }
  const vectors: (Float32Array | string)[] = [];
  for (const row of rows.keys()) {
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
