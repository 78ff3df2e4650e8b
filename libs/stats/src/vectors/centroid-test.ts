import { domainError } from '../domain-error.js';
import { weightedChiSquareSurvival, type WeightedTerm } from './weighted-chi-square.js';
import type { CovarianceSpectrum } from './covariance-spectrum.js';

/** Sums over vectors, one entry per dimension; sums of several stretches of time add up. */
export interface VectorMoments {
  readonly count: number;
  readonly sum: Float64Array;
  /** Of the squares. */
  readonly squares: Float64Array;
}

/** How far two centroids lie apart. */
export interface CentroidTest {
  /** `|mean_x - mean_y|^2`. */
  readonly squaredDistance: number;
  /** `tr S` of the pooled covariance: the expected squared distance of a vector from its mean. */
  readonly trace: number;
  /** `T = squaredDistance / (trace (1/n + 1/m))`: 1 on average when nothing has moved. */
  readonly statistic: number;
  /**
   * The shift in units of the spread, `sqrt(max(0, squaredDistance - E) / trace)` where `E` is what chance gives: 0.1 says that
   * the centre moved by a tenth of the root mean square distance of a vector from it.
   */
  readonly shift: number;
  /** Ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
}

/** What the law of the statistic takes besides the sums. */
export interface CentroidLaw {
  readonly spectrum: CovarianceSpectrum;
  /** How many times larger the variance of a mean is than that of independent vectors; 1 for independent ones. */
  readonly inflation?: number;
}

const Z95 = 1.959963984540054;

/**
 * Has the mean of vectors moved? The squared distance of the two means against its law under no change, a weighted sum of
 * chi-square variables with the eigenvalues of the covariance as weights (Box 1954): what the mean of many vectors follows
 * whatever their own distribution. The law needs no permutation, so that its p-value reaches as far as it must.
 *
 * `T` has a size term: a raw distance between centroids is `sqrt(trace (1/n + 1/m))` without any drift, 0.9 in 384 dimensions
 * with a thousand vectors each, and a fixed threshold alarms always or never.
 *
 * The interval takes the variance of the squared distance, `2 tr(S^2) c^2 + 4 c d'Sd` with `c = 1/n + 1/m` and `d'Sd` at most
 * `lambda_1 |d|^2`.
 *
 * @throws AppError `stats.domain` unless both sides have at least two vectors of the same dimension that are not all equal
 */
export function centroidTest(x: VectorMoments, y: VectorMoments, law: CentroidLaw): CentroidTest {
  if (!(x.count >= 2 && y.count >= 2) || x.sum.length !== y.sum.length) {
    throw domainError('A centroid test', 'two vectors of the same dimension on both sides', {
      n: x.count,
      m: y.count,
      dimensions: `${x.sum.length} and ${y.sum.length}`,
    });
  }
  const trace = (spread(x) + spread(y)) / (x.count + y.count - 2);
  if (!(trace > 0) || law.spectrum.terms.length === 0) {
    throw domainError('A centroid test', 'vectors that are not all equal', { trace });
  }
  const squaredDistance = distanceOfMeans(x, y);
  const chance = (1 / x.count + 1 / y.count) * Math.max(1, law.inflation ?? 1);
  const { statistic, pValue } = quadraticLaw(squaredDistance / (trace * chance), law.spectrum);
  return {
    squaredDistance,
    trace,
    statistic,
    pValue,
    ...shiftInterval(squaredDistance, { trace, chance, spectrum: law.spectrum }),
  };
}

/** `P(T > statistic)` of a statistic that is 1 on average under no change. */
function quadraticLaw(
  statistic: number,
  { terms, trace }: CovarianceSpectrum,
): { statistic: number; pValue: number } {
  const scaled: WeightedTerm[] = terms.map(({ weight, degrees }) => ({ weight: weight / trace, degrees }));
  return { statistic, pValue: weightedChiSquareSurvival(scaled, statistic) };
}

/** The shift in units of the spread with its 95 % interval, for a squared distance that chance alone makes `trace * chance`. */
function shiftInterval(
  squaredDistance: number,
  about: { readonly trace: number; readonly chance: number; readonly spectrum: CovarianceSpectrum },
): { shift: number; low: number; high: number } {
  const { trace, chance, spectrum } = about;
  const excess = squaredDistance - trace * chance;
  const largest = Math.max(...spectrum.terms.map(({ weight }) => weight)) * (trace / spectrum.trace);
  const ofSquares = spectrum.squaredTrace * (trace / spectrum.trace) ** 2;
  const variance = 2 * ofSquares * chance ** 2 + 4 * chance * largest * Math.max(0, excess);
  const half = Z95 * Math.sqrt(variance);
  const inSpread = (squared: number): number => Math.sqrt(Math.max(0, squared) / trace);
  return { shift: inSpread(excess), low: inSpread(excess - half), high: inSpread(excess + half) };
}

/** Sum of squared distances from the mean. */
function spread({ count, sum, squares }: VectorMoments): number {
  let total = 0;
  for (let index = 0; index < sum.length; index += 1) {
    total += squares[index]! - sum[index]! ** 2 / count;
  }
  return Math.max(0, total);
}

function distanceOfMeans(x: VectorMoments, y: VectorMoments): number {
  let total = 0;
  for (let index = 0; index < x.sum.length; index += 1) {
    total += (x.sum[index]! / x.count - y.sum[index]! / y.count) ** 2;
  }
  return total;
}
