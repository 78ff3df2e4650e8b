import type { ValueSource } from './value-source.js';

/** The counts that one monitor keeps over the cells of one baseline version. */
export interface CountStream extends ValueSource {
  /** Unique within a project and model. */
  readonly stream: string;
  /** The stored profile whose cells are counted. */
  readonly grid: { readonly name: string; readonly version: number };
  /** Dimensions that are counted by value besides all samples together. */
  readonly segments: readonly string[];
  readonly bucketMs: number;
}

/** Condition on a row of `feature_counts`. */
export const IN_STREAM = `Project = {project:String} AND Model = {model:String} AND Stream = {stream:String}
  AND Grid = {grid:String}`;

/** The parameters of {@link IN_STREAM}. */
export function streamParameters(
  project: string,
  { stream, population, grid }: CountStream,
): Record<'project' | 'model' | 'stream' | 'grid', string> {
  return { project, model: population.model, stream, grid: `${grid.name}@${grid.version}` };
}
