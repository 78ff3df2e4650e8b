import type { Parameters } from '../parameters.js';

/** The vectors that one monitor watches. `stream` is unique within a project and model. */
export interface EmbeddingStream {
  readonly model: string;
  readonly stream: string;
}

/** A stream whose vectors are summed in a version of its space. */
export interface SummedStream extends EmbeddingStream {
  /** Version of the space. */
  readonly space: number;
}

/** Condition on a row of `embedding_spaces` or `embedding_sums`. */
export const IN_EMBEDDING_STREAM =
  'Project = {project:String} AND Model = {model:String} AND Stream = {stream:String}';

/** Condition on a row of `embedding_sums`: of a space, and of a time, half-open. */
export const SUMMED_WITHIN = `${IN_EMBEDDING_STREAM} AND Space = {space:UInt32}
  AND Bucket >= fromUnixTimestamp64Milli({from:Int64}) AND Bucket < fromUnixTimestamp64Milli({to:Int64})`;

/** The parameters of {@link SUMMED_WITHIN} but for the time. */
export function summedParameters(project: string, { model, stream, space }: SummedStream): Parameters {
  return { project, model, stream, space };
}
