import type { VectorMoments } from './centroid-test.js';
import type { Matrix } from './matrix.js';

/** Count, sums and sums of squares of the rows, in float64. */
export function vectorMoments({ rows, columns, data }: Matrix): VectorMoments {
  const sum = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = data[row * columns + column]!;
      sum[column]! += value;
      squares[column]! += value * value;
    }
  }
  return { count: rows, sum, squares };
}
