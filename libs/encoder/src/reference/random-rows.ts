import { seededNormal } from '@tidewatch/core';

/**
 * Rows of length 1 in random directions, at right angles to each other; where there are more rows than columns, in blocks of as
 * many as there are columns, each at right angles within itself. Such rows keep more of what distinguishes vectors than
 * independent ones, which overlap (Saxe, McClelland & Ganguli 2014).
 */
export function orthonormalRows(rows: number, columns: number, random: () => number): Float64Array[] {
  const made: Float64Array[] = [];
  while (made.length < rows) {
    const block = Math.min(columns, rows - made.length);
    made.push(...orthonormalised(Array.from({ length: block }, () => normalRow(columns, random))));
  }
  return made;
}

/** Independent normal numbers with mean 0 and variance 1. */
export function normalRow(length: number, random: () => number): Float64Array {
  return Float64Array.from({ length }, () => seededNormal(random));
}

/** Modified Gram-Schmidt, twice over, which is enough for right angles to rounding error (Giraud et al. 2005). */
export function orthonormalised(rows: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const row of rows) {
    const left = Float64Array.from(row);
    for (const other of [...done, ...done]) {
      const along = dot(left, other);
      for (let index = 0; index < left.length; index += 1) {
        left[index]! -= along * other[index]!;
      }
    }
    const length = Math.sqrt(dot(left, left));
    done.push(left.map((value) => value / length));
  }
  return done;
}

/** The sum of the products. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    sum += a[index]! * b[index]!;
  }
  return sum;
}
