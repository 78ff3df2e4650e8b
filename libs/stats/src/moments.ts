import { chiSquareQuantile } from './chi-square.js';
import type { Interval } from './wilson-interval.js';
import { studentQuantile } from './student.js';

/** Count, mean, and the sums of the 2nd, 3rd and 4th powers of the distances from the mean; smallest and largest value. */
export interface MomentSums {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
  readonly min: number;
  readonly max: number;
}

/** The sums of no values. */
const NOTHING: MomentSums = { count: 0, mean: 0, m2: 0, m3: 0, m4: 0, min: Infinity, max: -Infinity };

/** The moment sums of finite values, in two passes: the mean first, so that nothing large cancels. O(n). */
export function momentsOf(values: ArrayLike<number>): MomentSums {
  const count = values.length;
  if (count === 0) {
    return NOTHING;
  }
  let mean = 0;
  for (let i = 0; i < count; i += 1) {
    mean += (values[i]! - mean) / (i + 1);
  }
  let [m2, m3, m4] = [0, 0, 0];
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    const value = values[i]!;
    const square = (value - mean) ** 2;
    m2 += square;
    m3 += square * (value - mean);
    m4 += square * square;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { count, mean, m2, m3, m4, min, max };
}

/**
 * The moment sums of two sets of values together (P. Pébay, "Formulas for Robust, One-Pass Parallel Computation of
 * Covariances and Arbitrary-Order Statistical Moments", Sandia report SAND2008-6212, equations 2.1 and 3.1).
 */
export function mergeMoments(a: MomentSums, b: MomentSums): MomentSums {
  if (a.count === 0 || b.count === 0) {
    return a.count === 0 ? b : a;
  }
  const count = a.count + b.count;
  const delta = b.mean - a.mean;
  const [p, q] = [a.count / count, b.count / count];
  const step = delta * delta;
  return {
    count,
    mean: a.mean + delta * q,
    m2: a.m2 + b.m2 + step * a.count * q,
    m3: a.m3 + b.m3 + step * delta * a.count * q * (p - q) + 3 * delta * (p * b.m2 - q * a.m2),
    m4:
      a.m4 +
      b.m4 +
      step * step * a.count * q * (p * p - p * q + q * q) +
      6 * step * (p * p * b.m2 + q * q * a.m2) +
      4 * delta * (p * b.m3 - q * a.m3),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** Plain words for moment sums. `null` where too few values, or a variance of 0, leave something undefined. */
export interface MomentDescription {
  readonly count: number;
  readonly mean: number | null;
  /** Student's interval of the mean. */
  readonly meanInterval: Interval | null;
  /** With n - 1 below the line. */
  readonly variance: number | null;
  /** The chi-square interval of the variance, right for normal values. */
  readonly varianceInterval: Interval | null;
  /** `g1 = (m3 / n) / (m2 / n)^(3/2)`, as scipy's `skew`. */
  readonly skewness: number | null;
  /** Excess, `g2 = (m4 / n) / (m2 / n)^2 - 3`, as scipy's `kurtosis`: 0 for a normal law. */
  readonly kurtosis: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Describes moment sums with intervals of the given confidence, such as 0.95. */
export function describeMoments(sums: MomentSums, confidence: number): MomentDescription {
  const { count, mean, m2, m3, m4, min, max } = sums;
  const some = count > 0;
  const df = count - 1;
  const variance = count > 1 ? m2 / df : null;
  const spread = count > 1 && m2 > 0;
  return {
    count,
    mean: some ? mean : null,
    meanInterval: variance === null ? null : around(mean, Math.sqrt(variance / count), df, confidence),
    variance,
    varianceInterval: spread
      ? {
          low: m2 / chiSquareQuantile((1 + confidence) / 2, df),
          high: m2 / chiSquareQuantile((1 - confidence) / 2, df),
        }
      : null,
    skewness: spread ? m3 / count / (m2 / count) ** 1.5 : null,
    kurtosis: spread ? (m4 * count) / (m2 * m2) - 3 : null,
    min: some ? min : null,
    max: some ? max : null,
  };
}

function around(mean: number, standardError: number, df: number, confidence: number): Interval {
  const half = studentQuantile((1 + confidence) / 2, df) * standardError;
  return { low: mean - half, high: mean + half };
}
