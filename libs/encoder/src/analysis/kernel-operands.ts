import { type KernelFunction, type Matrix, meanRow } from '@tidewatch/stats';

/** Two matrices whose product is what a kernel is an elementwise function of. */
export interface KernelOperands {
  readonly left: Matrix;
  readonly right: Matrix;
  /** What the computed kernel is to be multiplied by: the model computes `|x - y|`, and the energy kernel is its negative. */
  readonly sign: 1 | -1;
  /** The kernel of any vector with itself. */
  readonly onDiagonal: number;
}

/**
 * Vectors with two more columns, so that one product of matrices is a scaled squared distance:
 * `s |x - y|^2 = (-2 s x) . y + (s |x|^2) 1 + 1 (s |y|^2)`, with `s = -gamma` for the Gaussian kernel and 1 for the energy kernel.
 *
 * The mean is taken off first: a kernel of differences does not see it, and squared distances, which are small differences of
 * large squares in float32, become as exact as they can be.
 */
export function kernelOperands(vectors: Matrix, kernel: KernelFunction): KernelOperands {
  const { rows, columns, data } = vectors;
  const mean = meanRow(vectors);
  const scale = kernel.kind === 'gaussian' ? -kernel.gamma : 1;
  const width = columns + 2;
  const left = new Float32Array(rows * width);
  const right = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let column = 0; column < columns; column++) {
      const value = (data[row * columns + column] as number) - (mean[column] as number);
      square += value * value;
      left[row * width + column] = -2 * scale * value;
      right[row * width + column] = value;
    }
    left[row * width + columns] = scale * square;
    left[row * width + columns + 1] = 1;
    right[row * width + columns] = 1;
    right[row * width + columns + 1] = scale * square;
  }
  return {
    left: { rows, columns: width, data: left },
    right: { rows, columns: width, data: right },
    sign: kernel.kind === 'gaussian' ? 1 : -1,
    onDiagonal: kernel.kind === 'gaussian' ? 1 : 0,
  };
}
