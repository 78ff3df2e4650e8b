import { domainError } from '../domain-error.js';

/** Rows of equal length, one after another. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `rows * columns` numbers, row-major. */
  readonly data: Float32Array;
}

/**
 * A matrix over given numbers.
 *
 * @throws AppError `stats.domain` when the numbers are not as many as rows and columns say
 */
export function matrix(rows: number, columns: number, data: Float32Array): Matrix {
  if (data.length !== rows * columns) {
    throw domainError('A matrix', 'rows times columns numbers', { rows, columns, numbers: data.length });
  }
  return { rows, columns, data };
}

/** Row `index`, a view of the matrix's own numbers. */
export function rowOf({ columns, data }: Matrix, index: number): Float32Array {
  return data.subarray(index * columns, (index + 1) * columns);
}

/** The rows of `a`, then those of `b`. */
export function stackRows(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.columns) {
    throw domainError('Stacking matrices', 'rows of one length', { first: a.columns, second: b.columns });
  }
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { rows: a.rows + b.rows, columns: a.columns, data };
}
