const HALF_LOG_TWO_PI = 0.9189385332046727;
const TABULATED = 16;

/** Below {@link TABULATED} the factorial is an exact double, so the definition itself is accurate to 1e-15. */
const TABLE = Float64Array.from({ length: TABULATED }, (_, n) => {
  let factorial = 1;
  for (let i = 2; i <= n; i += 1) {
    factorial *= i;
  }
  return n === 0 ? 0 : Math.log(factorial) - (n + 0.5) * Math.log(n) + n - HALF_LOG_TWO_PI;
});

/**
 * What Stirling's formula leaves out of `ln n!`: `ln n! - [(n + 1/2) ln n - n + ln(2 pi) / 2]`.
 *
 * Writing factorials through this small number keeps large, cancelling logarithms out of probabilities:
 * C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000). For `n >= 16` five terms of the
 * asymptotic series leave an absolute error below 2e-16.
 *
 * @param n integer, at least 0; 0 for `n = 0`, where the formula has no value
 */
export function stirlingError(n: number): number {
  if (n < TABULATED) {
    return TABLE[n] ?? 0;
  }
  const s = 1 / (n * n);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / n;
}
