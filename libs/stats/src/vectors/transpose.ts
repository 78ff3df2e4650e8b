import type { Matrix } from './matrix.js';

/** The matrix with rows and columns exchanged, a copy. */
export function transpose({ rows, columns, data }: Matrix): Matrix {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = data[row * columns + column]!;
    }
  }
  return { rows: columns, columns: rows, data: turned };
}
