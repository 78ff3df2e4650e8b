import { domainError } from '../domain-error.js';
import type { Matrix } from './matrix.js';

/** @throws AppError `stats.domain` unless there are so many rows, at least one column, and only finite numbers */
export function requireFiniteRows(what: string, { rows, columns, data }: Matrix, leastRows: number): void {
  if (!(rows >= leastRows && columns >= 1)) {
    throw domainError(what, `at least ${String(leastRows)} vectors of at least one dimension`, {
      vectors: rows,
      dimensions: columns,
    });
  }
  for (let index = 0; index < data.length; index += 1) {
    if (!Number.isFinite(data[index]!)) {
      throw domainError(what, 'finite numbers', { vector: Math.floor(index / columns), number: data[index] });
    }
  }
}

/** @throws AppError `stats.domain` unless the vectors of both have one length */
export function requireSameColumns(what: string, first: Matrix, second: Matrix): void {
  if (first.columns !== second.columns) {
    throw domainError(what, 'vectors of one length', { first: first.columns, second: second.columns });
  }
}
