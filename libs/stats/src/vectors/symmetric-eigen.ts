import { AppError } from '@tidewatch/core';
import { domainError } from '../domain-error.js';

/** Eigenvalues of a symmetric matrix, and its eigenvectors where asked for. */
export interface SymmetricEigen {
  /** From the largest to the smallest. */
  readonly values: Float64Array;
  /** n x n, row-major: row `i` is the eigenvector of value `i`, of length 1, with either sign. */
  readonly vectors: Float64Array | null;
}

/** A symmetric tridiagonal matrix, and the rotation that led to it. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry `i` stands between `i` and `i + 1` of the diagonal; the last is 0. */
  readonly beside: Float64Array;
  /** Rows that turn into eigenvectors. */
  readonly rows: Float64Array | null;
}

/** More than any matrix of doubles is known to need for one eigenvalue; EISPACK gives up after 30. */
const LARGEST_STEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix in float64: Householder reflections to tridiagonal form, then the QL
 * method with implicit shifts (Golub & Van Loan, Matrix Computations, 8.3; tred2 and imtql2 of EISPACK, Wilkinson & Reinsch
 * 1971, II/2 and II/4). Backward stable: a value is off by some 1e-15 of the largest one.
 *
 * O(n^3): 4/3 n^3 operations for the values alone, some five times as many with the vectors.
 *
 * @param matrix n x n, row-major; its lower triangle is read, and nothing is changed
 * @param n at least 1
 * @throws AppError `stats.domain` for a number that is not finite or a size that does not fit
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
  { vectors }: { readonly vectors: boolean },
): SymmetricEigen {
  if (!(Number.isSafeInteger(n) && n >= 1 && matrix.length === n * n)) {
    throw domainError('An eigendecomposition', 'n x n numbers with n at least 1', {
      n,
      numbers: matrix.length,
    });
  }
  if (!matrix.every(Number.isFinite)) {
    throw domainError('An eigendecomposition', 'finite numbers', {
      wrong: matrix.find((value) => !Number.isFinite(value)),
    });
  }
  const found = tridiagonal(Float64Array.from(matrix), n, vectors);
  diagonalise(found, n);
  return descending(found, n);
}

/**
 * Householder's reduction from the last row upwards. A row's reflection is kept in that row of `a`, whose lower triangle is
 * what is left to reduce; half its squared length is kept aside.
 */
function tridiagonal(a: Float64Array, n: number, vectors: boolean): Tridiagonal {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const halves = new Float64Array(n);
  const product = new Float64Array(n);
  for (let i = n - 1; i >= 1; i -= 1) {
    const u = a.subarray(i * n, i * n + i);
    diagonal[i] = a[i * n + i]!;
    const { edge, half } = i === 1 ? { edge: u[0]!, half: 0 } : reflectionOf(u);
    beside[i - 1] = edge;
    halves[i] = half;
    if (half > 0) {
      reflectBoth(a, n, u, half, product);
    }
  }
  diagonal[0] = a[0]!;
  return { diagonal, beside, rows: vectors ? reflections(a, n, halves) : null };
}

/**
 * Turns `x` into the `u` of the reflection `I - u u' / half` that leaves nothing of `x` but `edge` in its last place. Divided
 * by its largest entry first, so that squares neither overflow nor vanish; `half` is 0 when there is nothing to do.
 */
function reflectionOf(x: Float64Array): { readonly edge: number; readonly half: number } {
  const last = x.length - 1;
  let largest = 0;
  for (let k = 0; k < last; k += 1) {
    largest = Math.max(largest, Math.abs(x[k]!));
  }
  if (largest === 0) {
    return { edge: x[last]!, half: 0 };
  }
  largest = Math.max(largest, Math.abs(x[last]!));
  let square = 0;
  for (let k = 0; k <= last; k += 1) {
    x[k]! /= largest;
    square += x[k]! * x[k]!;
  }
  const end = x[last]!;
  const edge = end > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  x[last] = end - edge;
  return { edge: edge * largest, half: square - end * edge };
}

/** Applies `I - u u' / half` from both sides to the leading part of `a`, of which the lower triangle is kept. */
function reflectBoth(a: Float64Array, n: number, u: Float64Array, half: number, product: Float64Array): void {
  const size = u.length;
  product.fill(0, 0, size);
  for (let j = 0; j < size; j += 1) {
    const row = j * n;
    const factor = u[j]!;
    let sum = a[row + j]! * factor;
    for (let k = 0; k < j; k += 1) {
      sum += a[row + k]! * u[k]!;
      product[k]! += a[row + k]! * factor;
    }
    product[j]! += sum;
  }
  let along = 0;
  for (let j = 0; j < size; j += 1) {
    product[j]! /= half;
    along += product[j]! * u[j]!;
  }
  along /= 2 * half;
  for (let j = 0; j < size; j += 1) {
    product[j]! -= along * u[j]!;
  }
  for (let j = 0; j < size; j += 1) {
    const row = j * n;
    const [f, g] = [u[j]!, product[j]!];
    for (let k = 0; k <= j; k += 1) {
      a[row + k]! -= f * product[k]! + g * u[k]!;
    }
  }
}

/** The product of all reflections, as rows. */
function reflections(a: Float64Array, n: number, halves: Float64Array): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    rows[i * n + i] = 1;
  }
  for (let i = 1; i < n; i += 1) {
    const half = halves[i]!;
    if (half === 0) {
      continue;
    }
    const u = i * n;
    for (let j = 0; j < i; j += 1) {
      const row = j * n;
      let along = 0;
      for (let k = 0; k < i; k += 1) {
        along += a[u + k]! * rows[row + k]!;
      }
      along /= half;
      for (let k = 0; k < i; k += 1) {
        rows[row + k]! -= along * a[u + k]!;
      }
    }
  }
  return rows;
}

/** Turns the diagonal into eigenvalues and the rows into eigenvectors. */
function diagonalise(given: Tridiagonal, n: number): void {
  for (let first = 0; first < n; first += 1) {
    let steps = 0;
    for (let last = blockEnd(given, first, n); last > first; last = blockEnd(given, first, n)) {
      if (steps === LARGEST_STEPS) {
        throw new AppError({
          code: 'stats.no-convergence',
          message: `An eigendecomposition of ${String(n)} rows found no end after ${String(steps)} steps for one value.`,
          hint: 'Look for numbers near the limits of a double in the matrix, and scale it.',
        });
      }
      qlStep(given, n, first, last);
      steps += 1;
    }
  }
}

/** Where the block that begins at `first` ends: before an entry beside the diagonal that is nothing next to its neighbours. */
function blockEnd({ diagonal, beside }: Tridiagonal, first: number, n: number): number {
  let end = first;
  while (
    end < n - 1 &&
    Math.abs(beside[end]!) > Number.EPSILON * (Math.abs(diagonal[end]!) + Math.abs(diagonal[end + 1]!))
  ) {
    end += 1;
  }
  return end;
}

/** One QL step with Wilkinson's shift on the block `first` to `last`: rotations from its end to its beginning. */
function qlStep({ diagonal, beside, rows }: Tridiagonal, n: number, first: number, last: number): void {
  const half = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.hypot(half, 1);
  let g = diagonal[last]! - diagonal[first]! + beside[first]! / (half + (half < 0 ? -root : root));
  let [sine, cosine, carried] = [1, 1, 0];
  for (let i = last - 1; i >= first; i -= 1) {
    const f = sine * beside[i]!;
    const b = cosine * beside[i]!;
    const length = Math.hypot(f, g);
    beside[i + 1] = length;
    if (length === 0) {
      // The block falls apart here; what was carried is due, and the next step begins anew.
      diagonal[i + 1]! -= carried;
      beside[last] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = diagonal[i + 1]! - carried;
    const r = (diagonal[i]! - g) * sine + 2 * cosine * b;
    carried = sine * r;
    diagonal[i + 1] = g + carried;
    g = cosine * r - b;
    if (rows !== null) {
      rotate(rows, n, i, sine, cosine);
    }
  }
  diagonal[first]! -= carried;
  beside[first] = g;
  beside[last] = 0;
}

/** Rotates rows `i` and `i + 1` in their plane. */
function rotate(rows: Float64Array, n: number, i: number, sine: number, cosine: number): void {
  const [low, high] = [i * n, (i + 1) * n];
  for (let k = 0; k < n; k += 1) {
    const [x, y] = [rows[low + k]!, rows[high + k]!];
    rows[high + k] = sine * x + cosine * y;
    rows[low + k] = cosine * x - sine * y;
  }
}

function descending({ diagonal, rows }: Tridiagonal, n: number): SymmetricEigen {
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]!);
  const values = Float64Array.from(order, (index) => diagonal[index]!);
  if (rows === null) {
    return { values, vectors: null };
  }
  const vectors = new Float64Array(n * n);
  order.forEach((index, position) => {
    vectors.set(rows.subarray(index * n, (index + 1) * n), position * n);
  });
  return { values, vectors };
}
