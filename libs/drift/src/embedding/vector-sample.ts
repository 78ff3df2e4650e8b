import type { Matrix } from '@tidewatch/stats';

/** Vectors with the ids of their predictions. */
export interface VectorSample {
  readonly ids: readonly string[];
  /** One row per id. */
  readonly vectors: Matrix;
}
