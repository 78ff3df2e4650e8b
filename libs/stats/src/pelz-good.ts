/** The four functions of {@link pelzGoodCdf} at one `z`. */
interface Corrections {
  readonly k0: number;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
}

const PI2 = Math.PI ** 2;
const PI4 = PI2 ** 2;
const PI6 = PI2 ** 3;
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * Approximates `P(D < d)` for the two-sided one-sample Kolmogorov-Smirnov statistic `D` of a large sample.
 *
 * W. Pelz & I. J. Good, Journal of the Royal Statistical Society B 38 (1976), 152-156: the Kolmogorov limit `K0(z)`
 * at `z = d sqrt(n)` and three corrections,
 *
 *     P = K0(z) + K1(z) / n^(1/2) + K2(z) / n + K3(z) / n^(3/2)
 *
 * in the form that converges for small `z` (equations 4 to 7 of Simard & L'Ecuyer, Journal of Statistical Software
 * 39(11), 2011). For `n d^2 < 2.2` the survival `1 - P` is within 3e-5 of the exact one at `n = 141`, within 5e-7
 * at `n = 1000`, relatively.
 *
 * @param n sample size
 * @param d above 0
 */
export function pelzGoodCdf(n: number, d: number): number {
  const z = d * Math.sqrt(n);
  const { k0, k1, k2, k3 } = correctionsAt(z);
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / (n * Math.sqrt(n));
}

function correctionsAt(z: number): Corrections {
  const z2 = z ** 2;
  const z4 = z ** 4;
  const z6 = z ** 6;
  const z8 = z ** 8;
  let [k0, k1, k2, k3] = [0, 0, 0, 0];
  let [even2, even3] = [0, 0];
  // Term i is of order exp(-(pi i / z)^2 / 2) in both sums: beyond 16 z / pi it is below 1e-50 of the first.
  for (let i = Math.ceil((16 * z) / Math.PI); i > 0; i -= 1) {
    const odd2 = (2 * i - 1) ** 2;
    const odd4 = odd2 ** 2;
    const odd6 = odd2 ** 3;
    const odd = Math.exp((-PI2 * odd2) / (8 * z2));
    k0 += odd;
    k1 += odd * ((PI2 / 4) * odd2 - z2);
    k2 += odd * (6 * z6 + 2 * z4 + (PI2 / 4) * (2 * z4 - 5 * z2) * odd2 + (PI4 / 16) * (1 - 2 * z2) * odd4);
    k3 +=
      odd *
      ((PI6 / 64) * (5 - 30 * z2) * odd6 +
        (PI4 / 16) * (212 * z4 - 60 * z2) * odd4 +
        (PI2 / 4) * (135 * z4 - 96 * z6) * odd2 -
        (30 * z6 + 90 * z8));
    const i2 = i ** 2;
    const even = Math.exp((-PI2 * i2) / (2 * z2));
    even2 += even * i2;
    even3 += even * i2 * (3 * z2 - PI2 * i2);
  }
  return {
    k0: (SQRT_TWO_PI / z) * k0,
    k1: (SQRT_TWO_PI / (6 * z4)) * k1,
    k2: (SQRT_TWO_PI / (72 * z ** 7)) * k2 - ((PI2 * SQRT_TWO_PI) / (36 * z ** 3)) * even2,
    k3: (SQRT_TWO_PI / (6480 * z ** 10)) * k3 + ((PI2 * SQRT_TWO_PI) / (216 * z6)) * even3,
  };
}
