/** Multiples of it are exact in float32 up to 4,096. */
const STEP = 2 ** -12;

/**
 * Weights as they are stored: float32, rounded to multiples of 2^-12. Logarithms and cosines differ in their last bit between
 * platforms; on so coarse a grid the difference disappears, and the file is the same everywhere.
 */
export function onGrid(rows: readonly Float64Array[] | Float64Array): Float32Array {
  const values = rows instanceof Float64Array ? [...rows] : rows.flatMap((row) => [...row]);
  // `+ 0` turns -0 into 0: the two differ in a file.
  return Float32Array.from(values, (value) => Math.round(value / STEP) * STEP + 0);
}
