import { domainError } from '../domain-error.js';
import { assignClusters, squaredDistance, type Assignment } from './assign-clusters.js';
import { meanRow } from './centre-rows.js';
import { requireFiniteRows } from './finite-rows.js';
import type { MatrixKernels } from './matrix-kernels.js';
import { rowOf, type Matrix } from './matrix.js';

/** How {@link kMeans} looks for clusters. */
export interface KMeansOptions {
  /** Clusters wanted, at least 1. */
  readonly clusters: number;
  /** Draws the first centres. */
  readonly random: () => number;
  /** Rounds at most. Default 100. */
  readonly maximumRounds?: number;
  /** Ends when the squared moves of all centres add up to less than this share of the mean variance. Default 1e-4. */
  readonly tolerance?: number;
}

/** Clusters of vectors. */
export interface KMeansResult extends Assignment {
  /** One row each. There are fewer than wanted when there are fewer distinct vectors. */
  readonly centres: Matrix;
  /** Vectors in each cluster, at least 1. */
  readonly counts: Uint32Array;
  /** Sum of the squared distances to the nearest centre, what is made small. */
  readonly inertia: number;
  readonly rounds: number;
  /** Whether it ended before the largest number of rounds. */
  readonly converged: boolean;
}

const MAXIMUM_ROUNDS = 100;
const TOLERANCE = 1e-4;

/**
 * K-means: Lloyd's rounds (IEEE Transactions on Information Theory 28 (1982), 129-137) from centres drawn by k-means++
 * (Arthur & Vassilvitskii, SODA 2007), each with a chance in proportion to its squared distance from those drawn before, in
 * the greedy form that scikit-learn uses: the best of `2 + ln k` draws. A cluster that runs empty starts anew at the vector
 * farthest from its centre. The tolerance is that of scikit-learn.
 *
 * The same vectors and random numbers give the same clusters: ties go to the lower index, and assignments do not depend on
 * how exact the kernels' products are ({@link assignClusters}).
 *
 * O(n k d) a round.
 *
 * @param vectors n x d, at least one
 * @throws AppError `stats.domain`
 */
export async function kMeans(
  vectors: Matrix,
  options: KMeansOptions,
  kernels: MatrixKernels,
): Promise<KMeansResult> {
  const { clusters, random, maximumRounds = MAXIMUM_ROUNDS, tolerance = TOLERANCE } = options;
  requireFiniteRows('K-means', vectors, 1);
  if (!(Number.isSafeInteger(clusters) && clusters >= 1 && maximumRounds >= 1 && tolerance >= 0)) {
    throw domainError('K-means', 'at least one cluster and round, and a tolerance of at least 0', {
      clusters,
      maximumRounds,
      tolerance,
    });
  }
  const smallMove = tolerance * meanVariance(vectors);
  let centres = firstCentres(vectors, clusters, random);
  let assigned = await assignClusters(vectors, centres, kernels);
  let [rounds, converged] = [0, false];
  while (!converged && rounds < maximumRounds) {
    const next = newCentres(vectors, centres.rows, assigned);
    const move = squaredMove(centres, next);
    centres = next;
    const before = assigned.cluster;
    assigned = await assignClusters(vectors, centres, kernels);
    rounds += 1;
    converged = move <= smallMove || assigned.cluster.every((cluster, index) => cluster === before[index]);
  }
  return described(centres, assigned, { rounds, converged });
}

/**
 * Greedy k-means++: of some vectors drawn for each place the one that leaves the smallest distances. Stops early when every
 * vector is a centre already.
 */
function firstCentres(vectors: Matrix, clusters: number, random: () => number): Matrix {
  const trials = 2 + Math.floor(Math.log(clusters));
  const chosen = [Math.floor(random() * vectors.rows)];
  let nearest = distancesWith(new Float64Array(vectors.rows).fill(Infinity), vectors, chosen[0]!);
  while (chosen.length < clusters && nearest.total > 0) {
    let best: { readonly row: number; readonly distances: Distances } | null = null;
    for (let trial = 0; trial < trials; trial += 1) {
      const row = drawn(nearest.squares, random() * nearest.total);
      const distances = distancesWith(nearest.squares, vectors, row);
      if (best === null || distances.total < best.distances.total) {
        best = { row, distances };
      }
    }
    chosen.push(best!.row);
    nearest = best!.distances;
  }
  const data = new Float32Array(chosen.length * vectors.columns);
  chosen.forEach((index, position) => data.set(rowOf(vectors, index), position * vectors.columns));
  return { rows: chosen.length, columns: vectors.columns, data };
}

/** Squared distances to the nearest centre, and their sum. */
interface Distances {
  readonly squares: Float64Array;
  readonly total: number;
}

/** What the distances become when a vector is made a centre too. */
function distancesWith(squares: Float64Array, vectors: Matrix, row: number): Distances {
  const centre = rowOf(vectors, row);
  const nearer = squares.map((square, index) =>
    Math.min(square, squaredDistance(rowOf(vectors, index), centre)),
  );
  return { squares: nearer, total: nearer.reduce((sum, square) => sum + square, 0) };
}

/** The index at which the running sum of the weights passes `target`, always one with a weight above 0. */
function drawn(weights: Float64Array, target: number): number {
  let sum = 0;
  let last = 0;
  for (let index = 0; index < weights.length; index += 1) {
    if (weights[index]! > 0) {
      sum += weights[index]!;
      last = index;
      if (sum > target) {
        break;
      }
    }
  }
  return last;
}

/** The mean of each cluster; for an empty one the vector that is farthest from its centre and not taken yet. */
function newCentres(vectors: Matrix, clusters: number, { cluster, distance }: Assignment): Matrix {
  const { columns } = vectors;
  const owner = Uint32Array.from(cluster);
  const counts = countsOf(owner, clusters);
  for (let empty = counts.indexOf(0); empty !== -1; empty = counts.indexOf(0)) {
    const farthest = farthestOf(owner, counts, distance);
    counts[owner[farthest]!]! -= 1;
    counts[empty] = 1;
    owner[farthest] = empty;
  }
  const sums = new Float64Array(clusters * columns);
  owner.forEach((own, index) => {
    const row = rowOf(vectors, index);
    const offset = own * columns;
    for (let k = 0; k < columns; k += 1) {
      sums[offset + k]! += row[k]!;
    }
  });
  const data = Float32Array.from(sums, (sum, index) => sum / counts[Math.floor(index / columns)]!);
  return { rows: clusters, columns, data };
}

/** The vector farthest from its centre, of those whose cluster has another; the lowest index of equals. */
function farthestOf(owner: Uint32Array, counts: Uint32Array, distance: Float64Array): number {
  let farthest = -1;
  for (let index = 0; index < owner.length; index += 1) {
    if (counts[owner[index]!]! > 1 && (farthest === -1 || distance[index]! > distance[farthest]!)) {
      farthest = index;
    }
  }
  return farthest;
}

function countsOf(cluster: Uint32Array, clusters: number): Uint32Array {
  const counts = new Uint32Array(clusters);
  for (const own of cluster) {
    counts[own]! += 1;
  }
  return counts;
}

function squaredMove(before: Matrix, after: Matrix): number {
  let sum = 0;
  for (let index = 0; index < before.rows; index += 1) {
    sum += squaredDistance(rowOf(before, index), rowOf(after, index));
  }
  return sum;
}

/** The variance of a dimension, over all dimensions on average. */
function meanVariance(vectors: Matrix): number {
  const mean = Float32Array.from(meanRow(vectors));
  let sum = 0;
  for (let index = 0; index < vectors.rows; index += 1) {
    sum += squaredDistance(rowOf(vectors, index), mean);
  }
  return sum / (vectors.rows * vectors.columns);
}

/** Leaves out clusters that the last assignment left empty, so that every centre has vectors. */
function described(
  centres: Matrix,
  { cluster, distance }: Assignment,
  progress: { readonly rounds: number; readonly converged: boolean },
): KMeansResult {
  const all = countsOf(cluster, centres.rows);
  const kept = Array.from(all.keys()).filter((index) => all[index]! > 0);
  const place = new Uint32Array(centres.rows);
  const data = new Float32Array(kept.length * centres.columns);
  kept.forEach((index, position) => {
    place[index] = position;
    data.set(rowOf(centres, index), position * centres.columns);
  });
  return {
    centres: { rows: kept.length, columns: centres.columns, data },
    cluster: cluster.map((index) => place[index]!),
    distance,
    counts: Uint32Array.from(kept, (index) => all[index]!),
    inertia: distance.reduce((sum, value) => sum + value * value, 0),
    ...progress,
  };
}
