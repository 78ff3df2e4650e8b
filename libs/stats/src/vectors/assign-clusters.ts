import { centreRows, meanRow } from './centre-rows.js';
import { requireFiniteRows, requireSameColumns } from './finite-rows.js';
import type { MatrixKernels } from './matrix-kernels.js';
import { rowOf, type Matrix } from './matrix.js';

/** The nearest centre of every vector. */
export interface Assignment {
  readonly cluster: Uint32Array;
  /** Euclidean distance to that centre. */
  readonly distance: Float64Array;
}

/**
 * Share of `|x| |c|` by which a product may be wrong: what a GPU loses that multiplies in 10 bits of mantissa (TF32), the
 * coarsest of the kernels. Float32 loses less at any dimension in use.
 */
const COARSENESS = 2 ** -10;

/**
 * Finds the nearest centre of every vector. Products of the kernels sort out the candidates; where these are too close for
 * the products to tell, the distances decide that are computed in float64. The outcome is therefore the same with any kernels,
 * and ties go to the lower index.
 *
 * O(n k d).
 *
 * @param vectors n x d, may be none
 * @param centres k x d, at least one
 * @throws AppError `stats.domain`
 */
export async function assignClusters(
  vectors: Matrix,
  centres: Matrix,
  kernels: MatrixKernels,
): Promise<Assignment> {
  requireSameColumns('An assignment to clusters', vectors, centres);
  requireFiniteRows('An assignment to clusters', vectors, 0);
  requireFiniteRows('An assignment to clusters', centres, 1);
  const cluster = new Uint32Array(vectors.rows);
  const distance = new Float64Array(vectors.rows);
  // Far from the origin all digits of a product would go into what the distances share.
  const origin = meanRow(centres);
  const [near, nearCentres] = [centreRows(vectors, origin), centreRows(centres, origin)];
  const lengths = Float64Array.from({ length: centres.rows }, (_, index) => norm(rowOf(nearCentres, index)));
  const products = vectors.rows === 0 ? null : await kernels.multiply(near, nearCentres);
  for (let index = 0; index < vectors.rows; index += 1) {
    const candidates = nearest(rowOf(products!, index), lengths, norm(rowOf(near, index)));
    const vector = rowOf(vectors, index);
    let least = Infinity;
    for (const candidate of candidates) {
      const squared = squaredDistance(vector, rowOf(centres, candidate));
      if (squared < least) {
        least = squared;
        cluster[index] = candidate;
      }
    }
    distance[index] = Math.sqrt(least);
  }
  return { cluster, distance };
}

/** Centres that may be the nearest, in order: `|c|^2 - 2 x'c` within the error of the products from the smallest one. */
function nearest(products: Float32Array, lengths: Float64Array, length: number): number[] {
  const errorOf = (index: number): number => 2 * COARSENESS * length * lengths[index]!;
  const scoreOf = (index: number): number => lengths[index]! ** 2 - 2 * products[index]!;
  let limit = Infinity;
  for (let index = 0; index < lengths.length; index += 1) {
    limit = Math.min(limit, scoreOf(index) + errorOf(index));
  }
  const candidates: number[] = [];
  for (let index = 0; index < lengths.length; index += 1) {
    // Also where products have overflowed and nothing compares.
    if (!(scoreOf(index) - errorOf(index) > limit)) {
      candidates.push(index);
    }
  }
  return candidates;
}

function norm(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) {
    sum += value * value;
  }
  return Math.sqrt(sum);
}

/** `|a - b|^2` in float64. */
export function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) {
    const difference = a[k]! - b[k]!;
    sum += difference * difference;
  }
  return sum;
}
