import type { Matrix } from './matrix.js';

/** The mean of the rows, summed in float64; zeros for a matrix without rows. */
export function meanRow({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let row = 0; row < rows; row += 1) {
    const offset = row * columns;
    for (let column = 0; column < columns; column += 1) {
      mean[column]! += data[offset + column]!;
    }
  }
  return mean.map((sum) => sum / Math.max(1, rows));
}

/** Every row less the given centre, a copy. Small numbers keep their digits in the float32 products that follow. */
export function centreRows({ rows, columns, data }: Matrix, centre: Float64Array): Matrix {
  const centred = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    const offset = row * columns;
    for (let column = 0; column < columns; column += 1) {
      centred[offset + column] = data[offset + column]! - centre[column]!;
    }
  }
  return { rows, columns, data: centred };
}
