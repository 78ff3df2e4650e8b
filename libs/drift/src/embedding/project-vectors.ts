import { rowOf, type Matrix } from '@tidewatch/stats';
import type { EmbeddingSpace } from './embedding-space.js';
import { distanceBetween } from './vector-sums.js';

/** A point in the plane of the two main axes. */
export type PlanePoint = readonly [number, number];

/** Both sides in the plane of the baseline's two main axes. */
export interface Projection {
  readonly reference: readonly PlanePoint[];
  readonly current: readonly PlanePoint[];
  /** Centres of the clusters, numbered from 1, with the shares of both sides' points that are nearest to each. */
  readonly clusters: readonly {
    readonly cluster: number;
    readonly x: number;
    readonly y: number;
    readonly share: number;
    readonly referenceShare: number;
  }[];
  /** Share of the variance of the baseline's points along each axis. */
  readonly shares: PlanePoint;
}

/** Projects vectors onto the main axes of a space: principal components of the baseline, so that a window does not turn the picture. */
export function projectVectors(
  space: EmbeddingSpace,
  { current, reference }: { readonly current: Matrix; readonly reference: Matrix },
): Projection {
  const points = (vectors: Matrix): PlanePoint[] =>
    Array.from({ length: vectors.rows }, (_, row) => pointOf(space, rowOf(vectors, row)));
  const ofReference = points(reference);
  const [now, before] = [clusterShares(space, current), clusterShares(space, reference)];
  return {
    reference: ofReference,
    current: points(current),
    clusters: Array.from({ length: space.clusters.rows }, (_, index) => {
      const [x, y] = pointOf(space, rowOf(space.clusters, index));
      return { cluster: index + 1, x, y, share: now[index]!, referenceShare: before[index]! };
    }),
    shares: [0, 1].map((axis) => varianceAlong(ofReference, axis) / totalVariance(reference)) as [
      number,
      number,
    ],
  };
}

function pointOf({ axes, centre }: EmbeddingSpace, vector: Float32Array): PlanePoint {
  const along = (axis: number): number =>
    axis < axes.rows
      ? rowOf(axes, axis).reduce(
          (sum, loading, index) => sum + loading * (vector[index]! - centre[index]!),
          0,
        )
      : 0;
  return [along(0), along(1)];
}

function clusterShares({ clusters }: EmbeddingSpace, vectors: Matrix): Float64Array {
  const counts = new Float64Array(clusters.rows);
  for (let row = 0; row < vectors.rows; row += 1) {
    const distances = Array.from({ length: clusters.rows }, (_, index) =>
      distanceBetween(rowOf(vectors, row), rowOf(clusters, index)),
    );
    counts[distances.indexOf(Math.min(...distances))]! += 1;
  }
  return counts.map((count) => count / Math.max(1, vectors.rows));
}

function varianceAlong(points: readonly PlanePoint[], axis: number): number {
  const mean = points.reduce((sum, point) => sum + point[axis]!, 0) / Math.max(1, points.length);
  return points.reduce((sum, point) => sum + (point[axis]! - mean) ** 2, 0);
}

/** Sum over all dimensions; 1 where nothing varies, so that shares are 0 and not undefined. */
function totalVariance({ rows, columns, data }: Matrix): number {
  let total = 0;
  for (let column = 0; column < columns; column += 1) {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row += 1) {
      const value = data[row * columns + column]!;
      sum += value;
      squares += value * value;
    }
    total += squares - sum ** 2 / Math.max(1, rows);
  }
  return total > 0 ? total : 1;
}
