import { AppError, type TimeRange } from '@tidewatch/core';
import {
  assignClusters,
  rowOf,
  vectorMoments,
  type Matrix,
  type MatrixKernels,
  type VectorMoments,
} from '@tidewatch/stats';
import { featureCount, frequenciesOf, type EmbeddingSpace } from './embedding-space.js';
import { isLearned } from './learning-half.js';
import type { VectorSample } from './vector-sample.js';

/** Sums over the vectors of a stretch of time, in one {@link EmbeddingSpace}; the sums of two stretches add up. */
export interface VectorSums extends VectorMoments {
  /** Of the random Fourier features. */
  readonly fourier: Float64Array;
  /** Vectors nearest to each cluster, without those that the clusters were made of: see `isLearned`. */
  readonly clusters: Float64Array;
  /** Of the distances of the same vectors from the space's centre, and of their squares. */
  readonly distance: number;
  readonly distanceSquares: number;
}

/** Sums over no vectors. */
export function emptySums(space: EmbeddingSpace): VectorSums {
  return {
    count: 0,
    sum: new Float64Array(space.dimension),
    squares: new Float64Array(space.dimension),
    fourier: new Float64Array(featureCount(space.dimension)),
    distance: 0,
    distanceSquares: 0,
    clusters: new Float64Array(space.clusters.rows),
  };
}

/**
 * Sums over vectors of one time.
 *
 * @param time when they were: decides with their ids which of them the space was made of
 * @throws AppError `drift.dimension` when they are not of the space's dimension
 */
export async function sumVectors(
  { ids, vectors }: VectorSample,
  { space, time }: { readonly space: EmbeddingSpace; readonly time: TimeRange },
  kernels: MatrixKernels,
): Promise<VectorSums> {
  checkDimension(vectors, space);
  if (vectors.rows === 0) {
    return emptySums(space);
  }
  const features = await kernels.fourierFeatures(vectors, frequenciesOf(space));
  const { cluster } = await assignClusters(vectors, space.clusters, kernels);
  const { learnedFrom } = space;
  const mayBeLearned = time.from < learnedFrom.to && time.to > learnedFrom.from;
  const clusters = new Float64Array(space.clusters.rows);
  let [distance, distanceSquares] = [0, 0];
  for (let row = 0; row < vectors.rows; row += 1) {
    if (!mayBeLearned || !isLearned(ids[row]!)) {
      const length = distanceBetween(rowOf(vectors, row), space.centre);
      clusters[cluster[row]!]! += 1;
      distance += length;
      distanceSquares += length * length;
    }
  }
  return {
    ...vectorMoments(vectors),
    fourier: vectorMoments(features).sum,
    distance,
    distanceSquares,
    clusters,
  };
}

/** The sums of several stretches together. */
export function addSums(parts: readonly VectorSums[], space: EmbeddingSpace): VectorSums {
  return parts.reduce(
    (total, part) => ({
      count: total.count + part.count,
      sum: added(total.sum, part.sum),
      squares: added(total.squares, part.squares),
      fourier: added(total.fourier, part.fourier),
      distance: total.distance + part.distance,
      distanceSquares: total.distanceSquares + part.distanceSquares,
      clusters: added(total.clusters, part.clusters),
    }),
    emptySums(space),
  );
}

/**
 * How many times more the means of stretches vary than those of as many independent vectors would, at least 1:
 * `sum of n_b |mean_b - mean|^2 / (B - 1)` over the trace of the covariance within. Above 1 where vectors come in runs of the
 * same session or the baseline changes with the hour; a test that ignored it would alarm on every such change.
 *
 * @param parts the stretches of a baseline; fewer than 8 tell too little, and the answer is 1
 */
export function inflationOfStretches(parts: readonly VectorSums[]): number {
  const counted = parts.filter(({ count }) => count >= 2);
  if (counted.length < FEWEST_STRETCHES) {
    return 1;
  }
  const dimension = counted[0]!.sum.length;
  const count = counted.reduce((sum, part) => sum + part.count, 0);
  const mean = new Float64Array(dimension);
  counted.forEach(({ sum }) => sum.forEach((value, index) => (mean[index]! += value / count)));
  let [between, within] = [0, 0];
  for (const part of counted) {
    for (let index = 0; index < dimension; index += 1) {
      const own = part.sum[index]! / part.count;
      between += part.count * (own - mean[index]!) ** 2;
      within += part.squares[index]! - part.count * own * own;
    }
  }
  const trace = within / (count - counted.length);
  return trace > 0 ? Math.max(1, between / (counted.length - 1) / trace) : 1;
}

const FEWEST_STRETCHES = 8;

function checkDimension(vectors: Matrix, space: EmbeddingSpace): void {
  if (vectors.columns !== space.dimension) {
    throw new AppError({
      code: 'drift.dimension',
      message: `Vectors of ${vectors.columns} dimensions cannot be summed in a space of ${space.dimension}.`,
      hint: 'Two encoders under one name are never compared: give the new one a name of its own.',
    });
  }
}

/** Euclidean distance of two vectors of the same length. */
export function distanceBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    sum += (a[index]! - b[index]!) ** 2;
  }
  return Math.sqrt(sum);
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + b[index]!);
}
