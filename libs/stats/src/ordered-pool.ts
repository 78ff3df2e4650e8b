import { AppError } from '@tidewatch/core';

/** Two samples merged in order: at each distinct value, how many of either are at or below it. */
export interface OrderedPool {
  /** Distinct values, ascending. */
  readonly values: Float64Array;
  /** Cumulative counts of the first sample. */
  readonly first: Float64Array;
  /** Cumulative counts of the second sample. */
  readonly second: Float64Array;
  readonly n: number;
  readonly m: number;
}

/** Merges two samples, which are copied and sorted. @throws AppError `stats.empty-sample`, `stats.not-finite` */
export function orderedPool(a: ArrayLike<number>, b: ArrayLike<number>): OrderedPool {
  const [x, y] = [sorted(a, 'first'), sorted(b, 'second')];
  const [n, m] = [x.length, y.length];
  const values = new Float64Array(n + m);
  const first = new Float64Array(n + m);
  const second = new Float64Array(n + m);
  let [i, j, size] = [0, 0, 0];
  while (i < n || j < m) {
    const value = Math.min(i < n ? x[i]! : Infinity, j < m ? y[j]! : Infinity);
    while (i < n && x[i]! === value) {
      i += 1;
    }
    while (j < m && y[j]! === value) {
      j += 1;
    }
    values[size] = value;
    first[size] = i;
    second[size] = j;
    size += 1;
  }
  return {
    values: values.subarray(0, size),
    first: first.subarray(0, size),
    second: second.subarray(0, size),
    n,
    m,
  };
}

function sorted(values: ArrayLike<number>, which: string): Float64Array {
  if (values.length === 0) {
    throw new AppError({ code: 'stats.empty-sample', message: `The ${which} sample is empty.` });
  }
  const copy = Float64Array.from(values).sort();
  if (!Number.isFinite(copy[0]) || !Number.isFinite(copy.at(-1))) {
    throw new AppError({
      code: 'stats.not-finite',
      message: `The ${which} sample holds NaN or an infinite value.`,
      hint: 'Remove values that are not finite, and count them, before comparing distributions.',
    });
  }
  return copy;
}
