import { kolmogorovSurvival } from './kolmogorov-survival.js';
import { ksPExact } from './ks-p-exact.js';
import { ksStatistic } from './ks-statistic.js';

/** How the p-value was computed: from all lattice paths, or from the one-sample law at the effective size. */
export type KsMethod = 'exact' | 'finite-n';

/** How to run {@link ksTwoSample}. */
export interface KsTwoSampleOptions {
  /** Default `auto`: `exact` while neither sample has more than 10,000 values, `finite-n` beyond. */
  readonly method?: 'auto' | KsMethod;
  /** Set when both samples are ascending already: they are then not sorted again, nor copied if `Float64Array`. */
  readonly sorted?: boolean;
}

/** Outcome of the two-sided two-sample Kolmogorov-Smirnov test. */
export interface KsTwoSampleResult {
  /** `D`, the largest vertical distance between the empirical distribution functions, in [0, 1]. */
  readonly statistic: number;
  /** Probability of a `D` at least this large when both samples come from one continuous distribution. */
  readonly pValue: number;
  readonly method: KsMethod;
  /** Size of the first sample. */
  readonly n: number;
  /** Size of the second sample. */
  readonly m: number;
  /** The smallest value at which `D` is reached. */
  readonly location: number;
}

/** The border of `auto`, that of `scipy.stats.ks_2samp`. */
const LARGEST_EXACT = 10_000;

/**
 * The two-sided two-sample Kolmogorov-Smirnov test: do `a` and `b` come from one distribution?
 *
 * `exact` counts lattice paths (`ksPExact`). `finite-n` is the one-sample law at the effective size
 * `round(n m / (n + m))` (`kolmogorovSurvival`), which is what scipy calls `asymp`. Equal to
 * `scipy.stats.ks_2samp(a, b)` of scipy 1.17 within 1e-10 relative. Both assume no ties; with ties p is too large,
 * never too small. O(N log N) for sorting, plus the cost of the law.
 *
 * @param a first sample, in any order unless `sorted`; not changed
 * @param b second sample, likewise
 * @throws AppError `stats.empty-sample`, `stats.not-finite`, `stats.too-large`, as `ksStatistic`
 *
 * @example ksTwoSample([1, 2, 3], [4, 5, 6]) // statistic 1, pValue 0.1
 */
export function ksTwoSample(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: KsTwoSampleOptions = {},
): KsTwoSampleResult {
  const ascending = options.sorted === true;
  const { statistic, numerator, n, m, location } = ksStatistic(sorted(a, ascending), sorted(b, ascending));
  const wanted = options.method ?? 'auto';
  const method = wanted === 'auto' ? (Math.max(n, m) <= LARGEST_EXACT ? 'exact' : 'finite-n') : wanted;
  const pValue =
    method === 'exact' ? ksPExact(n, m, numerator) : kolmogorovSurvival(effectiveSize(n, m), statistic);
  return { statistic, pValue, method, n, m, location };
}

function sorted(values: ArrayLike<number>, ascending: boolean): Float64Array {
  if (ascending) {
    return values instanceof Float64Array ? values : Float64Array.from(values);
  }
  // Sorting is the whole cost: of 1.9 ms for D at 10,000 + 10,000 values it takes 1.7 and the merge 0.25 (Node 20).
  // A comparator calls back into JavaScript and takes 4.9 ms, a plain array 6.5; a radix sort on the bits, 2.3.
  return Float64Array.from(values).sort();
}

/** `n m / (n + m)` rounded to the nearest integer, halves to even as scipy does; at least 1. */
function effectiveSize(n: number, m: number): number {
  const size = (n * m) / (n + m);
  const below = Math.floor(size);
  const up = size - below > 0.5 || (size - below === 0.5 && below % 2 === 1);
  return Math.max(1, up ? below + 1 : below);
}
