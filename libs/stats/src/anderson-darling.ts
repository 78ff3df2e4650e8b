import { AppError } from '@tidewatch/core';
import { domainError } from './domain-error.js';

/** Outcome of the k-sample Anderson-Darling test. */
export interface AndersonDarlingResult {
  /** The standardised statistic `(A^2 - (k - 1)) / sigma`, as scipy gives it. */
  readonly statistic: number;
  /** Interpolated between tabulated quantiles; never outside [0.001, 0.25], as scipy clips it. */
  readonly pValue: number;
}

/** Significance levels and the coefficients of their quantiles in `m = k - 1`: Scholz & Stephens, table 2. */
const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
const B0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085];
const B1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615];
const B2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154];

/**
 * The k-sample Anderson-Darling test with midranks (F. W. Scholz & M. A. Stephens, Journal of the American Statistical
 * Association 82 (1987), 918-924, equation 7): gives the tails more weight than the Kolmogorov-Smirnov test does.
 *
 * Equal to `scipy.stats.anderson_ksamp(variant='midrank')`; its p-value is a quadratic in the logarithm of the level.
 *
 * @param samples at least two, none empty, with at least two distinct values in all
 * @throws AppError `stats.domain`, `stats.not-finite`
 */
export function andersonDarlingKSample(samples: readonly ArrayLike<number>[]): AndersonDarlingResult {
  const sorted = samples.map((sample) => Float64Array.from(sample).sort());
  if (sorted.length < 2 || sorted.some((sample) => sample.length === 0)) {
    throw domainError('The Anderson-Darling test', 'two samples or more, none empty', {
      samples: sorted.length,
    });
  }
  if (sorted.some((sample) => !Number.isFinite(sample[0]) || !Number.isFinite(sample.at(-1)))) {
    throw new AppError({ code: 'stats.not-finite', message: 'A sample holds NaN or an infinite value.' });
  }
  const pool = Float64Array.from(sorted.flatMap((sample) => [...sample])).sort();
  if (pool[0] === pool.at(-1)) {
    throw domainError('The Anderson-Darling test', 'two distinct values', { value: pool[0] });
  }
  const statistic =
    (sumOfSquares(sorted, pool) - (sorted.length - 1)) /
    Math.sqrt(varianceOf(sorted.map(({ length }) => length)));
  return { statistic, pValue: interpolated(statistic, sorted.length - 1) };
}

function sumOfSquares(samples: readonly Float64Array[], pool: Float64Array): number {
  const total = pool.length;
  const passed = samples.map(() => 0);
  const sums = samples.map(() => 0);
  for (let start = 0; start < total;) {
    const value = pool[start]!;
    let end = start;
    while (end < total && pool[end] === value) {
      end += 1;
    }
    const ties = end - start;
    const below = start + ties / 2;
    samples.forEach((sample, index) => {
      const before = passed[index]!;
      let after = before;
      while (after < sample.length && sample[after] === value) {
        after += 1;
      }
      passed[index] = after;
      const rank = before + (after - before) / 2;
      const numerator = (ties / total) * (total * rank - below * sample.length) ** 2;
      sums[index]! += numerator / (below * (total - below) - (total * ties) / 4);
    });
    start = end;
  }
  return sums.reduce((sum, each, index) => sum + each / samples[index]!.length, 0) * ((total - 1) / total);
}

/** The variance of A^2 under the null: Scholz & Stephens, equation 4. */
function varianceOf(sizes: readonly number[]): number {
  const k = sizes.length;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const h = sizes.reduce((sum, size) => sum + 1 / size, 0);
  let harmonic = 0;
  let g = 0;
  for (let i = 1; i < total; i += 1) {
    // g = sum over i < j < total of 1 / ((total - i) j)
    harmonic += 1 / i;
  }
  let beyond = harmonic;
  for (let i = 1; i < total - 1; i += 1) {
    beyond -= 1 / i;
    g += beyond / (total - i);
  }
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * h;
  const b =
    (2 * g - 4) * k * k + 8 * harmonic * k + (2 * g - 14 * harmonic - 4) * h - 8 * harmonic + 4 * g - 6;
  const c =
    (6 * harmonic + 2 * g - 2) * k * k +
    (4 * harmonic - 4 * g + 6) * k +
    (2 * harmonic - 6) * h +
    4 * harmonic;
  const d = (2 * harmonic + 6) * k * k - 4 * harmonic * k;
  return (a * total ** 3 + b * total ** 2 + c * total + d) / ((total - 1) * (total - 2) * (total - 3));
}

/** The level whose quantile the statistic is, by a least-squares quadratic of ln(level) over the quantiles. */
function interpolated(statistic: number, m: number): number {
  const quantiles = B0.map((b0, i) => b0 + B1[i]! / Math.sqrt(m) + B2[i]! / m);
  if (statistic < Math.min(...quantiles)) {
    return 0.25;
  }
  if (statistic > Math.max(...quantiles)) {
    return 0.001;
  }
  return Math.exp(quadraticFit(quantiles, LEVELS.map(Math.log), statistic));
}

/** The value at `at` of the quadratic that fits the points best, in orthogonal polynomials of the centred abscissas. */
function quadraticFit(xs: readonly number[], ys: readonly number[], at: number): number {
  const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const centred = xs.map((x) => x - mean);
  const s2 = centred.reduce((sum, x) => sum + x * x, 0);
  const skew = centred.reduce((sum, x) => sum + x ** 3, 0) / s2;
  const second = (x: number): number => x * x - skew * x - s2 / xs.length;
  const norm = centred.reduce((sum, x) => sum + second(x) ** 2, 0);
  const project = (weights: readonly number[]): number =>
    weights.reduce((sum, weight, i) => sum + weight * ys[i]!, 0);
  const level = project(xs.map(() => 1)) / xs.length;
  const x = at - mean;
  return level + (project(centred) / s2) * x + (project(centred.map(second)) / norm) * second(x);
}
