import { rowOf, type Matrix } from './matrix.js';

/** The rows of the given indices, in their order, a copy. */
export function pickRows(vectors: Matrix, rows: Uint32Array): Matrix {
  const data = new Float32Array(rows.length * vectors.columns);
  rows.forEach((row, place) => data.set(rowOf(vectors, row), place * vectors.columns));
  return { rows: rows.length, columns: vectors.columns, data };
}
