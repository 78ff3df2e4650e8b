import { AppError } from '@tidewatch/core';
import { matrix } from '@tidewatch/stats';
import type { EmbeddingSpace } from './embedding-space.js';

/** An {@link EmbeddingSpace} as it is stored and sent: what is small as JSON, and its vectors one after another. */
export interface SpaceDocument {
  readonly facts: Omit<EmbeddingSpace, 'centre' | 'clusters' | 'axes'> & {
    readonly clusterCount: number;
    readonly axisCount: number;
  };
  /** Centre, cluster centres, axes. */
  readonly numbers: Float32Array;
}

/** Takes a space apart. */
export function spaceDocument({ centre, clusters, axes, ...facts }: EmbeddingSpace): SpaceDocument {
  const numbers = new Float32Array(centre.length + clusters.data.length + axes.data.length);
  numbers.set(centre);
  numbers.set(clusters.data, centre.length);
  numbers.set(axes.data, centre.length + clusters.data.length);
  return { facts: { ...facts, clusterCount: clusters.rows, axisCount: axes.rows }, numbers };
}

/** Puts a space together again. @throws AppError `drift.space` when the numbers are not as many as the facts say */
export function spaceFromDocument({ facts, numbers }: SpaceDocument): EmbeddingSpace {
  const { clusterCount, axisCount, ...rest } = facts;
  const { dimension } = facts;
  const wanted = dimension * (1 + clusterCount + axisCount);
  if (numbers.length !== wanted) {
    throw new AppError({
      code: 'drift.space',
      message: `The coordinates of an embedding have ${numbers.length} numbers, and ${wanted} are needed.`,
      hint: 'They were written by another version of Tidewatch or are damaged: delete the row, and they are made anew.',
    });
  }
  const clustersEnd = dimension * (1 + clusterCount);
  return {
    ...rest,
    centre: numbers.slice(0, dimension),
    clusters: matrix(clusterCount, dimension, numbers.slice(dimension, clustersEnd)),
    axes: matrix(axisCount, dimension, numbers.slice(clustersEnd)),
  };
}
