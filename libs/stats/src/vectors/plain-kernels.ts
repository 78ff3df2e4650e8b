import { domainError } from '../domain-error.js';
import type { KernelForms, KernelFunction, MatrixKernels } from './matrix-kernels.js';
import { rowOf, type Matrix } from './matrix.js';

/**
 * Matrix products by plain loops on one core: float32 in and out, sums in float64. What any other implementation of
 * {@link MatrixKernels} is checked and measured against.
 *
 * Every function throws AppError `stats.domain` when sizes do not fit.
 */
export const plainKernels: MatrixKernels = {
  multiply: async (a, b) => multiply(a, b),
  fourierFeatures: async (vectors, frequencies) => fourierFeatures(vectors, frequencies),
  squaredNorms: async (weights, values) => squaredNorms(weights, values),
  kernelForms: async (vectors, weights, kernel) => kernelForms(vectors, weights, kernel),
};

function multiply(a: Matrix, b: Matrix): Matrix {
  requireEqual("A product A B'", 'rows of one length', a.columns, b.columns);
  const data = new Float32Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i += 1) {
    const row = rowOf(a, i);
    for (let j = 0; j < b.rows; j += 1) {
      data[i * b.rows + j] = dot(row, rowOf(b, j));
    }
  }
  return { rows: a.rows, columns: b.rows, data };
}

function fourierFeatures(vectors: Matrix, frequencies: Matrix): Matrix {
  requireEqual(
    'Fourier features',
    'vectors and frequencies of one length',
    vectors.columns,
    frequencies.columns,
  );
  const count = frequencies.rows;
  const scale = 1 / Math.sqrt(count);
  const data = new Float32Array(vectors.rows * 2 * count);
  for (let i = 0; i < vectors.rows; i += 1) {
    const vector = rowOf(vectors, i);
    for (let j = 0; j < count; j += 1) {
      const angle = dot(vector, rowOf(frequencies, j));
      data[i * 2 * count + j] = Math.cos(angle) * scale;
      data[i * 2 * count + count + j] = Math.sin(angle) * scale;
    }
  }
  return { rows: vectors.rows, columns: 2 * count, data };
}

function squaredNorms(weights: Matrix, values: Matrix): Float64Array {
  requireEqual('Norms of weighted sums', 'one weight for each row of values', weights.columns, values.rows);
  const sum = new Float64Array(values.columns);
  return Float64Array.from({ length: weights.rows }, (_, index) => {
    sum.fill(0);
    rowOf(weights, index).forEach((weight, i) => {
      const row = rowOf(values, i);
      for (let k = 0; k < sum.length; k += 1) {
        sum[k]! += weight * row[k]!;
      }
    });
    return dot(sum, sum);
  });
}

function kernelForms(vectors: Matrix, weights: Matrix, kernel: KernelFunction): KernelForms {
  requireEqual('Forms of a kernel matrix', 'one weight for each vector', weights.columns, vectors.rows);
  if (weights.rows === 0) {
    throw domainError('Forms of a kernel matrix', 'at least one row of weights', { rows: weights.rows });
  }
  const forms = new Float64Array(weights.rows);
  const witness = new Float32Array(vectors.rows);
  const row = new Float64Array(vectors.rows);
  for (let i = 0; i < vectors.rows; i += 1) {
    const vector = rowOf(vectors, i);
    for (let j = 0; j < vectors.rows; j += 1) {
      row[j] = valueOf(kernel, squaredDistance(vector, rowOf(vectors, j)));
    }
    for (let p = 0; p < weights.rows; p += 1) {
      const weighted = dot(rowOf(weights, p), row);
      forms[p]! += weights.data[p * weights.columns + i]! * weighted;
      if (p === 0) {
        witness[i] = weighted;
      }
    }
  }
  return { forms, witness };
}

function valueOf(kernel: KernelFunction, squared: number): number {
  switch (kernel.kind) {
    case 'gaussian':
      return Math.exp(-kernel.gamma * squared);
    case 'energy':
      return -Math.sqrt(squared);
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) {
    sum += a[k]! * b[k]!;
  }
  return sum;
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) {
    const difference = a[k]! - b[k]!;
    sum += difference * difference;
  }
  return sum;
}

function requireEqual(what: string, wanted: string, first: number, second: number): void {
  if (first !== second) {
    throw domainError(what, wanted, { first, second });
  }
}
