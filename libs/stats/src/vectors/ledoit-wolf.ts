import { centreRows, meanRow } from './centre-rows.js';
import { requireFiniteRows } from './finite-rows.js';
import type { MatrixKernels } from './matrix-kernels.js';
import type { Matrix } from './matrix.js';
import { transpose } from './transpose.js';

/** A covariance matrix drawn towards a multiple of the identity. */
export interface ShrunkCovariance {
  readonly mean: Float64Array;
  /** d x d, row-major. */
  readonly covariance: Float64Array;
  /** Weight of the identity, in [0, 1]. */
  readonly shrinkage: number;
}

/**
 * The covariance of vectors by Ledoit & Wolf, Journal of Multivariate Analysis 88 (2004), 365-411:
 * `(1 - s) S + s (tr S / d) I`, with n below the line of `S` and the `s` that makes the expected squared error least. With few
 * vectors for their dimension `S` itself has eigenvalues that are far too small and far too large.
 *
 * Equal to `sklearn.covariance.ledoit_wolf`. O(n d^2), by one product of the kernels.
 *
 * @param vectors n x d, at least one
 * @throws AppError `stats.domain`
 */
export async function ledoitWolf(vectors: Matrix, kernels: MatrixKernels): Promise<ShrunkCovariance> {
  requireFiniteRows('A covariance', vectors, 1);
  const { rows: n, columns: d } = vectors;
  const mean = meanRow(vectors);
  const centred = centreRows(vectors, mean);
  const turned = transpose(centred);
  const covariance = Float64Array.from((await kernels.multiply(turned, turned)).data, (sum) => sum / n);
  let [trace, squares] = [0, 0];
  for (let index = 0; index < covariance.length; index += 1) {
    squares += covariance[index]! ** 2;
    trace += index % (d + 1) === 0 ? covariance[index]! : 0;
  }
  const scale = trace / d;
  // How far S lies from the identity, and how far chance alone moves it: mean squared error of the products of the rows.
  const distance = squares - scale * trace;
  const noise = Math.min(distance, (fourthPowers(centred) / n - squares) / n);
  const shrinkage = noise > 0 ? noise / distance : 0;
  for (let index = 0; index < covariance.length; index += 1) {
    covariance[index]! *= 1 - shrinkage;
    covariance[index]! += index % (d + 1) === 0 ? shrinkage * scale : 0;
  }
  return { mean, covariance, shrinkage };
}

/** `sum |x|^4` over the rows. */
function fourthPowers({ rows, columns, data }: Matrix): number {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    let square = 0;
    for (let index = row * columns; index < (row + 1) * columns; index += 1) {
      square += data[index]! ** 2;
    }
    sum += square * square;
  }
  return sum;
}
