import { domainError } from '../domain-error.js';
import { requireFiniteRows, requireSameColumns } from './finite-rows.js';
import { ledoitWolf } from './ledoit-wolf.js';
import type { MatrixKernels } from './matrix-kernels.js';
import { stackRows, type Matrix } from './matrix.js';
import { pickRows } from './pick-rows.js';
import { principalComponents, projectOnComponents } from './principal-components.js';
import { shuffled } from './shuffled.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** How {@link frechetDistance} works. */
export interface FrechetOptions {
  readonly kernels: MatrixKernels;
  /** Above so many dimensions the first so many principal components of both samples together stand for them. Default 256. */
  readonly largestDimension?: number;
}

/** The distance of two normal laws, in squared units of the vectors. */
export interface FrechetDistance {
  /** Sum of both terms. */
  readonly distance: number;
  /** `|mu1 - mu2|^2`. */
  readonly meanTerm: number;
  /** `tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2)`, at least 0. */
  readonly covarianceTerm: number;
  /** Dimensions it was computed in. */
  readonly dimensions: number;
  /** Share of the variance of both samples that these dimensions hold; 1 without a reduction. */
  readonly varianceShare: number;
}

/** What the distance is by chance. */
export interface FrechetNull {
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  /** Every one, in the order in which they were drawn. */
  readonly distances: readonly number[];
}

/** Two samples in few enough dimensions. */
interface Reduced {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly varianceShare: number;
}

const LARGEST_DIMENSION = 256;

/**
 * The Fréchet distance of the normal laws of two samples, which is the squared 2-Wasserstein distance (Dowson & Landau,
 * Journal of Multivariate Analysis 12 (1982), 450-455; for embeddings: Heusel et al., NeurIPS 2017, the FID):
 *
 *     |mu1 - mu2|^2 + tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2)
 *
 * with the covariances of Ledoit & Wolf ({@link ledoitWolf}). It is not 0 for two samples of one law but grows as the samples
 * shrink: compare it with {@link frechetNull}.
 *
 * O((n + m) d^2 + d^3); a quarter of a second at 256 dimensions.
 *
 * @param a at least two vectors
 * @param b at least two vectors of the same length
 * @throws AppError `stats.domain`
 */
export async function frechetDistance(
  a: Matrix,
  b: Matrix,
  options: FrechetOptions,
): Promise<FrechetDistance> {
  const reduced = await reduce(a, b, options);
  return { ...(await distanceOf(reduced, options.kernels)), varianceShare: reduced.varianceShare };
}

/**
 * Mean and deviation of the Fréchet distance over random relabellings of the vectors of both samples, that is without any
 * drift at these sizes. What a distance exceeds this mean by is drift, as far as it is several deviations.
 *
 * A relabelling costs as much as the distance itself.
 *
 * @throws AppError `stats.domain`
 */
export async function frechetNull(
  a: Matrix,
  b: Matrix,
  options: FrechetOptions & { readonly relabellings: number; readonly random: () => number },
): Promise<FrechetNull> {
  const { kernels, relabellings, random } = options;
  if (!(Number.isSafeInteger(relabellings) && relabellings >= 2)) {
    throw domainError('The chance law of a Fréchet distance', 'at least two relabellings', { relabellings });
  }
  const { a: first, b: second } = await reduce(a, b, options);
  const pooled = stackRows(first, second);
  const distances: number[] = [];
  for (let index = 0; index < relabellings; index += 1) {
    const order = shuffled(pooled.rows, random);
    const relabelled = {
      a: pickRows(pooled, order.subarray(0, a.rows)),
      b: pickRows(pooled, order.subarray(a.rows)),
    };
    distances.push((await distanceOf(relabelled, kernels)).distance);
  }
  const mean = distances.reduce((sum, value) => sum + value, 0) / relabellings;
  const squares = distances.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (relabellings - 1)), distances };
}

async function reduce(a: Matrix, b: Matrix, options: FrechetOptions): Promise<Reduced> {
  const { kernels, largestDimension = LARGEST_DIMENSION } = options;
  requireSameColumns('A Fréchet distance', a, b);
  requireFiniteRows('A Fréchet distance', a, 2);
  requireFiniteRows('A Fréchet distance', b, 2);
  if (!(largestDimension >= 1)) {
    throw domainError('A Fréchet distance', 'a largest dimension of at least 1', { largestDimension });
  }
  if (a.columns <= largestDimension) {
    return { a, b, varianceShare: 1 };
  }
  const components = await principalComponents(stackRows(a, b), largestDimension, kernels);
  if (components.axes.rows === 0) {
    // All vectors are equal: any one dimension shows it.
    return { a: firstColumn(a), b: firstColumn(b), varianceShare: 1 };
  }
  const held = components.variances.reduce((sum, value) => sum + value, 0);
  return {
    a: await projectOnComponents(a, components, kernels),
    b: await projectOnComponents(b, components, kernels),
    varianceShare: Math.min(1, held / components.totalVariance),
  };
}

async function distanceOf(
  { a, b }: Pick<Reduced, 'a' | 'b'>,
  kernels: MatrixKernels,
): Promise<Omit<FrechetDistance, 'varianceShare'>> {
  const [first, second] = [await ledoitWolf(a, kernels), await ledoitWolf(b, kernels)];
  const d = a.columns;
  let [meanTerm, traces] = [0, 0];
  for (let k = 0; k < d; k += 1) {
    meanTerm += (first.mean[k]! - second.mean[k]!) ** 2;
    traces += first.covariance[k * (d + 1)]! + second.covariance[k * (d + 1)]!;
  }
  // Below 0 by rounding alone.
  const covarianceTerm = Math.max(0, traces - 2 * rootTrace(first.covariance, second.covariance, d));
  return { distance: meanTerm + covarianceTerm, meanTerm, covarianceTerm, dimensions: d };
}

/**
 * `tr (S1^1/2 S2 S1^1/2)^1/2`, in float64. With `S1 = V' L V` the matrix has the eigenvalues of `R S2 R'`, `R = L^1/2 V`.
 */
function rootTrace(first: Float64Array, second: Float64Array, d: number): number {
  const { values, vectors } = symmetricEigen(first, d, { vectors: true });
  const root = vectors!.map((value, index) => value * Math.sqrt(Math.max(0, values[Math.floor(index / d)]!)));
  const half = timesTransposed(root, second, d);
  return symmetricEigen(timesTransposed(half, root, d), d, { vectors: false }).values.reduce(
    (sum, value) => sum + Math.sqrt(Math.max(0, value)),
    0,
  );
}

/** `A B'` of d x d matrices. */
function timesTransposed(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const product = new Float64Array(d * d);
  for (let i = 0; i < d; i += 1) {
    for (let j = 0; j < d; j += 1) {
      let sum = 0;
      for (let k = 0; k < d; k += 1) {
        sum += a[i * d + k]! * b[j * d + k]!;
      }
      product[i * d + j] = sum;
    }
  }
  return product;
}

function firstColumn({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns: 1, data: data.filter((_, index) => index % columns === 0) };
}
