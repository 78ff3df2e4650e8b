import { stirlingError } from './stirling-error.js';

/**
 * `P(D < d)` for the two-sided one-sample Kolmogorov-Smirnov statistic `D` of `n` observations, exactly.
 *
 * Durbin's matrix in the form of Marsaglia, Tsang & Wang, Journal of Statistical Software 8(18) (2003): with
 * `d = (k - h) / n`, `0 <= h < 1`, the probability is `n! / n^n` times the central element of the `n`-th power of a
 * `(2k-1) x (2k-1)` matrix `H`.
 *
 * Two departures from the paper. `H` is divided by e, and `n! e^n / n^n = sqrt(2 pi n) exp(stirlingError(n))` makes up
 * for it: powers then stay within range of a double, where the paper carries decimal exponents. And only one row of
 * the power is formed, so that a set bit of `n` costs a vector product instead of a matrix product. No entry is
 * negative, so nothing cancels: the relative error stays near `n * 2^-53`.
 *
 * O(k^3 log n).
 *
 * @param n sample size, integer, at least 1
 * @param d above 1/(2n), below 1
 */
export function durbinMatrixCdf(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  let power = durbinMatrix(k, k - n * d);
  let row = new Float64Array(size);
  row[k - 1] = 1;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      row = multiply(row, power, 1, size);
    }
    if (rest > 1) {
      power = multiply(power, power, size, size);
    }
  }
  return (row[k - 1] ?? 0) * Math.sqrt(2 * Math.PI * n) * Math.exp(stirlingError(n));
}

/** The matrix `H` of Marsaglia, Tsang & Wang divided by e, row by row. */
function durbinMatrix(k: number, h: number): Float64Array {
  const size = 2 * k - 1;
  const matrix = new Float64Array(size * size);
  const inverseFactorial = new Float64Array(size + 1);
  inverseFactorial[0] = Math.exp(-1);
  for (let i = 1; i <= size; i += 1) {
    inverseFactorial[i] = (inverseFactorial[i - 1] ?? 0) / i;
  }
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < Math.min(size, row + 2); column += 1) {
      matrix[row * size + column] = inverseFactorial[row - column + 1] ?? 0;
    }
  }
  for (let row = 0; row < size - 1; row += 1) {
    const edge = (1 - h ** (row + 1)) * (inverseFactorial[row + 1] ?? 0);
    matrix[row * size] = edge;
    matrix[(size - 1) * size + (size - 1 - row)] = edge;
  }
  const corner = 1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size;
  matrix[(size - 1) * size] = corner * (inverseFactorial[size] ?? 0);
  return matrix;
}

/** `left` (`rows` x `size`) times `right` (`size` x `size`), both stored row by row. */
function multiply(
  left: Float64Array,
  right: Float64Array,
  rows: number,
  size: number,
): Float64Array<ArrayBuffer> {
  const product = new Float64Array(rows * size);
  for (let row = 0; row < rows; row += 1) {
    for (let inner = 0; inner < size; inner += 1) {
      const factor = left[row * size + inner]!;
      for (let column = 0; column < size; column += 1) {
        product[row * size + column]! += factor * right[inner * size + column]!;
      }
    }
  }
  return product;
}
