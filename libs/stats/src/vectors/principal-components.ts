import { domainError } from '../domain-error.js';
import { centreRows, meanRow } from './centre-rows.js';
import { requireFiniteRows, requireSameColumns } from './finite-rows.js';
import type { MatrixKernels } from './matrix-kernels.js';
import { rowOf, type Matrix } from './matrix.js';
import { symmetricEigen } from './symmetric-eigen.js';
import { transpose } from './transpose.js';

/** Directions of the largest variance. */
export interface PrincipalComponents {
  /** What is subtracted before projecting. */
  readonly mean: Float64Array;
  /** k x d: unit vectors, from the largest variance down; the largest number of each is positive. */
  readonly axes: Matrix;
  /** The variance along each axis, with n - 1 below the line. */
  readonly variances: Float64Array;
  /** The sum of the variances of all dimensions, which the axes share out. */
  readonly totalVariance: number;
}

/** Rows and columns of the largest matrix that is decomposed: some ten seconds. */
const LARGEST = 1_024;
/** A variance so much smaller than the largest is rounding of float32 products. */
const NOISE = 1e-6;

/**
 * The first principal components of vectors (K. Pearson, Philosophical Magazine 2 (1901), 559-572): eigenvectors of their
 * covariance matrix. With fewer vectors than dimensions they come from the n x n products of the vectors instead, which have
 * the same eigenvalues.
 *
 * An eigenvector has no sign of its own; making its largest number positive keeps a picture from flipping when it is drawn
 * again.
 *
 * @param vectors n x d, n at least 2; the smaller of n and d at most 1,024
 * @param count components wanted, at least 1; there are fewer when the vectors span fewer dimensions, and none when all of
 * them are equal
 * @throws AppError `stats.domain`
 */
export async function principalComponents(
  vectors: Matrix,
  count: number,
  kernels: MatrixKernels,
): Promise<PrincipalComponents> {
  const { rows, columns } = vectors;
  requireFiniteRows('A principal component', vectors, 2);
  const size = Math.min(rows, columns);
  if (!(Number.isSafeInteger(count) && count >= 1 && size <= LARGEST)) {
    throw domainError(
      'Principal components',
      `a whole count above 0 and n or d of at most ${String(LARGEST)}`,
      {
        count,
        n: rows,
        d: columns,
      },
    );
  }
  const mean = meanRow(vectors);
  const centred = centreRows(vectors, mean);
  const turned = transpose(centred);
  const factor = columns <= rows ? turned : centred;
  const products = Float64Array.from(
    (await kernels.multiply(factor, factor)).data,
    (sum) => sum / (rows - 1),
  );
  const { values, vectors: eigenvectors } = symmetricEigen(products, size, { vectors: true });
  const kept = values.slice(0, count).filter((value) => value > NOISE * values[0]!);
  const found: Matrix = {
    rows: kept.length,
    columns: size,
    data: Float32Array.from(eigenvectors!.subarray(0, kept.length * size)),
  };
  const axes = columns <= rows ? found : await kernels.multiply(found, turned);
  for (let index = 0; index < axes.rows; index += 1) {
    normalise(rowOf(axes, index));
  }
  let totalVariance = 0;
  for (let index = 0; index < size; index += 1) {
    totalVariance += products[index * size + index]!;
  }
  return { mean, axes, variances: kept, totalVariance };
}

/**
 * Coordinates of vectors (n x d) along the components: n x k.
 *
 * @throws AppError `stats.domain` for vectors of another length
 */
export async function projectOnComponents(
  vectors: Matrix,
  { mean, axes }: PrincipalComponents,
  kernels: MatrixKernels,
): Promise<Matrix> {
  requireSameColumns('A projection', vectors, axes);
  return kernels.multiply(centreRows(vectors, mean), axes);
}

/** Gives an axis length 1, and its largest number a positive sign. */
function normalise(axis: Float32Array): void {
  let [square, largest] = [0, 0];
  for (const loading of axis) {
    square += loading * loading;
    largest = Math.abs(loading) > Math.abs(largest) ? loading : largest;
  }
  const factor = Math.sign(largest) / Math.sqrt(square);
  for (let index = 0; index < axis.length; index += 1) {
    axis[index]! *= factor;
  }
}
