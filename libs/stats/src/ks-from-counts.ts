import { domainError } from './domain-error.js';
import { kolmogorovSurvival } from './kolmogorov-survival.js';
import { ksPExactTied } from './ks-p-exact-tied.js';

/** The Kolmogorov-Smirnov distance of two samples counted over the same ordered cells. */
export interface KsCounts {
  /** `D`, the largest distance of the cumulative shares. */
  readonly statistic: number;
  /** `D n m`; a whole number when the counts are. */
  readonly numerator: number;
  /** The cell after which the distance is reached; -1 where a sample is empty or nothing differs. */
  readonly cell: number;
  /** Whether the first sample has the larger share up to there. */
  readonly firstBelow: boolean;
  readonly n: number;
  readonly m: number;
}

/**
 * `D` from counts: the largest difference of cumulative shares over all ends of cells. It falls short of `D` of the values
 * themselves by at most the largest share of a cell in either sample; where a cell is a single value it is exact. O(cells).
 *
 * @param a counts of the first sample, in the order of the cells
 * @param b counts of the second
 */
export function ksFromCounts(a: ArrayLike<number>, b: ArrayLike<number>): KsCounts {
  if (a.length !== b.length) {
    throw domainError('D from counts', 'as many cells of one sample as of the other', {
      first: a.length,
      second: b.length,
    });
  }
  let [n, m] = [0, 0];
  for (let i = 0; i < a.length; i += 1) {
    n += a[i]!;
    m += b[i]!;
  }
  let [x, y, numerator, cell] = [0, 0, 0, -1];
  let firstBelow = false;
  if (n > 0 && m > 0) {
    for (let i = 0; i < a.length; i += 1) {
      x += a[i]!;
      y += b[i]!;
      const distance = x * m - y * n;
      if (Math.abs(distance) > numerator) {
        numerator = Math.abs(distance);
        cell = i;
        firstBelow = distance > 0;
      }
    }
  }
  return { statistic: numerator === 0 ? 0 : numerator / (n * m), numerator, cell, firstBelow, n, m };
}

/** Band points that an exact p-value may take: about 0.2 ms. Beyond, the one-sample law answers. */
export const AFFORDABLE_POINTS = 100_000;

/** How {@link ksPValueFromCounts} may compute. */
export interface KsCountsOptions {
  /** Most points of the lattice to visit for an exact value. Default {@link AFFORDABLE_POINTS}. */
  readonly exactPoints?: number;
  /** Sizes that the samples are worth, where their values depend on each other. Default: their sizes. */
  readonly effective?: { readonly n: number; readonly m: number };
}

/**
 * `P(D >= statistic)` for counts over ordered cells: exact, with the cells as ties, where that is cheap and the values are
 * independent; else the one-sample law at the effective size, which ignores ties and so errs towards larger p-values.
 */
export function ksPValueFromCounts(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { statistic, numerator, n, m }: KsCounts,
  options: KsCountsOptions = {},
): { readonly pValue: number; readonly method: 'exact' | 'finite-n' } {
  if (n === 0 || m === 0 || numerator === 0) {
    return { pValue: 1, method: 'exact' };
  }
  const { exactPoints = AFFORDABLE_POINTS, effective } = options;
  const independent = effective === undefined || (effective.n >= n && effective.m >= m);
  if (
    independent &&
    n * m <= Number.MAX_SAFE_INTEGER &&
    (n + m) * Math.min(n, m, 2 * statistic * Math.min(n, m) + 1) <= exactPoints
  ) {
    const ties = new Float64Array(a.length);
    for (let i = 0; i < ties.length; i += 1) {
      ties[i] = a[i]! + b[i]!;
    }
    return { pValue: ksPExactTied(n, m, numerator, ties), method: 'exact' };
  }
  const size = effective ?? { n, m };
  const harmonic = Math.max(1, Math.round((size.n * size.m) / (size.n + size.m)));
  return { pValue: kolmogorovSurvival(harmonic, statistic), method: 'finite-n' };
}
