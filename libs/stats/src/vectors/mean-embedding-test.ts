import { domainError } from '../domain-error.js';
import type { KernelFunction, MatrixKernels } from './matrix-kernels.js';
import { stackRows, type Matrix } from './matrix.js';
import { permutationTest, type PermutationOptions, type PermutationTest } from './permutation-test.js';

/** A squared distance between the mean embeddings of two samples, tested by permutation. */
export interface MeanEmbeddingTest extends PermutationTest {
  /** The squared distance less what chance gives it (the mean over relabellings); below 0 by chance. */
  readonly excess: number;
  /** Ends of the 95 % interval of the excess. */
  readonly low: number;
  readonly high: number;
  /** Spread of the embeddings, the expected squared distance of one from its mean: makes the excess comparable. */
  readonly spread: number;
}

const Z95 = 1.959963984540054;

/**
 * Maximum mean discrepancy with random Fourier features: the squared distance between the means of the features of two samples,
 * with a permutation p-value (Rahimi & Recht 2007; Gretton et al. 2012).
 *
 * The features are given, so that those of a sample are computed once. Costs two products of a `permutations x (n + m)` and an
 * `(n + m) x features` matrix.
 *
 * @throws AppError `stats.domain`
 */
export async function fourierMmd(
  x: Matrix,
  y: Matrix,
  kernels: MatrixKernels,
  options: PermutationOptions,
): Promise<MeanEmbeddingTest> {
  checkSides(x, y);
  const features = stackRows(x, y);
  const test = await permutationTest(
    (weights) => kernels.squaredNorms(weights, features),
    sides(x, y),
    options,
  );
  return { ...test, ...excessOf(test, projections(features, x.rows), { n: x.rows, m: y.rows }) };
}

/**
 * Exact test of two samples by a kernel: squared maximum mean discrepancy with a Gaussian kernel (Gretton et al. 2012), or
 * energy distance (Székely & Rizzo 2013), as the V-statistic `s'Ks`, with a permutation p-value. Time is that of
 * `permutations (n + m)^2` products.
 *
 * @throws AppError `stats.domain`
 */
export async function kernelTwoSample(
  x: Matrix,
  y: Matrix,
  kernel: KernelFunction,
  kernels: MatrixKernels,
  options: PermutationOptions,
): Promise<MeanEmbeddingTest> {
  checkSides(x, y);
  const vectors = stackRows(x, y);
  let witness: Float32Array | null = null;
  const test = await permutationTest(
    async (weights) => {
      const { forms, witness: first } = await kernels.kernelForms(vectors, weights, kernel);
      witness ??= first;
      return forms;
    },
    sides(x, y),
    options,
  );
  return { ...test, ...excessOf(test, witness!, { n: x.rows, m: y.rows }) };
}

function checkSides(x: Matrix, y: Matrix): void {
  if (x.rows < 2 || y.rows < 2 || x.columns !== y.columns) {
    throw domainError('A two-sample test of vectors', 'two vectors of one dimension on both sides', {
      n: x.rows,
      m: y.rows,
      dimensions: `${x.columns} and ${y.columns}`,
    });
  }
}

const sides = (x: Matrix, y: Matrix) => ({ n: x.rows, m: y.rows });

/** The product of every row with the difference of the two means: the witness function. */
function projections({ rows, columns, data }: Matrix, n: number): Float64Array {
  const difference = new Float64Array(columns);
  for (let row = 0; row < rows; row += 1) {
    const weight = row < n ? 1 / n : -1 / (rows - n);
    for (let column = 0; column < columns; column += 1) {
      difference[column]! += weight * data[row * columns + column]!;
    }
  }
  return Float64Array.from({ length: rows }, (_, row) => {
    let product = 0;
    for (let column = 0; column < columns; column += 1) {
      product += difference[column]! * data[row * columns + column]!;
    }
    return product;
  });
}

/**
 * The squared distance is a mean of witness values, `mean over x - mean over y`, each counted twice: its variance is four times
 * that of the difference of those means (the non-degenerate part of the U-statistic's variance, Serfling 1980, 5.5.1) plus that
 * of the relabelled one, which is all there is without a difference.
 */
function excessOf(
  test: PermutationTest,
  witness: ArrayLike<number>,
  { n, m }: { readonly n: number; readonly m: number },
): { excess: number; low: number; high: number; spread: number } {
  const excess = test.observed - test.nullMean;
  const ofMeans = varianceOf(witness, 0, n) / n + varianceOf(witness, n, n + m) / m;
  const half = Z95 * Math.sqrt(4 * ofMeans + test.nullDeviation ** 2);
  return { excess, low: excess - half, high: excess + half, spread: test.nullMean / (1 / n + 1 / m) };
}

function varianceOf(values: ArrayLike<number>, from: number, to: number): number {
  let mean = 0;
  for (let index = from; index < to; index += 1) {
    mean += values[index]! / (to - from);
  }
  let sum = 0;
  for (let index = from; index < to; index += 1) {
    sum += (values[index]! - mean) ** 2;
  }
  return sum / (to - from - 1);
}
