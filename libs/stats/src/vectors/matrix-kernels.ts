import type { Matrix } from './matrix.js';

/** Which function of two vectors a kernel is. */
export type KernelFunction =
  /** `exp(-gamma |x - y|^2)`. */
  | { readonly kind: 'gaussian'; readonly gamma: number }
  /** `-|x - y|`, whose mean embedding distance is the energy distance squared, `2 E|X-Y| - E|X-X'| - E|Y-Y'|`. */
  | { readonly kind: 'energy' };

/** Quadratic forms of a kernel matrix. */
export interface KernelForms {
  /** `s' K s` for every row `s` of the weights. */
  readonly forms: Float64Array;
  /** `K s` for the first row of the weights: the witness function at every vector. */
  readonly witness: Float32Array;
}

/**
 * The matrix products that statistics of vectors come down to, in float32. Plain loops do for a test; ONNX Runtime does them
 * on all cores or on a GPU.
 */
export interface MatrixKernels {
  /** `A B'`: p x k and q x k give p x q. */
  multiply(a: Matrix, b: Matrix): Promise<Matrix>;
  /**
   * Random Fourier features of `vectors` (n x d) for `frequencies` (f x d): row `i` is
   * `[cos(W x_i), sin(W x_i)] / sqrt(f)`, n x 2f.
   */
  fourierFeatures(vectors: Matrix, frequencies: Matrix): Promise<Matrix>;
  /** `|s' V|^2` for every row `s` of `weights` (p x n), with `values` (n x d): p numbers. */
  squaredNorms(weights: Matrix, values: Matrix): Promise<Float64Array>;
  /** Forms of the kernel matrix of `vectors` (n x d) for every row of `weights` (p x n); the kernel matrix is never whole in memory. */
  kernelForms(vectors: Matrix, weights: Matrix, kernel: KernelFunction): Promise<KernelForms>;
}
