import { orderedPool } from './ordered-pool.js';

/** Outcome of the two-sample Cramér-von Mises test. */
export interface CramerVonMisesResult {
  /** `T = n m / N^2 * sum over the pooled values of (F - G)^2`. */
  readonly statistic: number;
  /** By the limit law, which T follows closely already at sizes of ten. */
  readonly pValue: number;
}

/**
 * The two-sample Cramér-von Mises test (T. W. Anderson, Annals of Mathematical Statistics 33 (1962), 1148-1159): like the
 * Kolmogorov-Smirnov test, but over all thresholds and not only at the worst one.
 *
 * Equal to `scipy.stats.cramervonmises_2samp(method='asymptotic')`, midranks for ties included.
 *
 * @throws AppError `stats.empty-sample`, `stats.not-finite`
 */
export function cramerVonMises(a: ArrayLike<number>, b: ArrayLike<number>): CramerVonMisesResult {
  const { first, second, n, m } = orderedPool(a, b);
  // U of Anderson (1962), equation 9, with midranks: sums over either sample of (rank in the pool - rank in the sample)^2.
  let [ofFirst, ofSecond, i, j] = [0, 0, 0, 0];
  for (let k = 0; k < first.length; k += 1) {
    const [x, y] = [first[k]! - i, second[k]! - j];
    const middle = i + j + (x + y + 1) / 2;
    ofFirst += squares(middle, i, x);
    ofSecond += squares(middle, j, y);
    [i, j] = [first[k]!, second[k]!];
  }
  const total = n + m;
  const u = n * ofFirst + m * ofSecond;
  const statistic = u / (n * m * total) - (4 * n * m - 1) / (6 * total);
  const mean = (1 + 1 / total) / 6;
  const variance =
    ((total + 1) * (4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m)) / (45 * total * total * 4 * n * m);
  const standardised = 1 / 6 + (statistic - mean) / Math.sqrt(45 * variance);
  return { statistic, pValue: standardised < 0.003 ? 1 : Math.max(0, 1 - limitCdf(standardised)) };
}

/** `sum over k = 1 … size of (middle - (before + k))^2`. */
function squares(middle: number, before: number, size: number): number {
  let sum = 0;
  for (let k = 1; k <= size; k += 1) {
    sum += (middle - before - k) ** 2;
  }
  return sum;
}

/** The limit law of T (Anderson & Darling 1952, equation 4.35), a series in Bessel's K of order 1/4. */
function limitCdf(x: number): number {
  let sum = 0;
  let weight = 1;
  for (let k = 0; k < 60; k += 1) {
    const y = 4 * k + 1;
    const q = (y * y) / (16 * x);
    const term =
      (weight * Math.sqrt(y) * scaledBesselK(q) * Math.exp(-2 * q)) / Math.PI ** 1.5 / Math.sqrt(x);
    sum += term;
    if (term < sum * 1e-17) {
      break;
    }
    weight *= (k + 0.5) / (k + 1);
  }
  return Math.min(1, sum * Math.sqrt(Math.PI));
}

/** `e^q K_{1/4}(q)` from `integral of exp(-q (cosh t - 1)) cosh(t/4)` over t >= 0, by the trapezoidal rule. */
function scaledBesselK(q: number): number {
  const step = 1 / 32;
  let sum = 0.5;
  for (let k = 1; ; k += 1) {
    const t = k * step;
    const value = Math.exp(-2 * q * Math.sinh(t / 2) ** 2) * Math.cosh(t / 4);
    sum += value;
    if (value < 1e-18 * sum) {
      return sum * step;
    }
  }
}
