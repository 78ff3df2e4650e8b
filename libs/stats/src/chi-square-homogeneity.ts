import { seededRandom } from '@tidewatch/core';
import { chiSquareSurvival } from './chi-square.js';
import { domainError } from './domain-error.js';
import { twoProportionExact } from './two-proportion-exact.js';

/** How {@link chiSquareHomogeneity} finds its p-value. */
export interface HomogeneityOptions {
  /** Default `auto`: the chi-square law where every expected count is at least 5, else Fisher's test or Monte Carlo. */
  readonly method?: 'auto' | 'chi-square' | 'monte-carlo' | 'exact';
  /** Seed of the Monte Carlo draws; the same seed gives the same p-value. Default 1. */
  readonly seed?: number;
  /** Monte Carlo draws. Default 9,999. */
  readonly draws?: number;
}

/** Outcome of the test of homogeneity. */
export interface HomogeneityResult {
  /** Pearson's statistic, without continuity correction. */
  readonly statistic: number;
  /** Categories that occur, minus 1. */
  readonly df: number;
  readonly pValue: number;
  readonly method: 'chi-square' | 'monte-carlo' | 'exact';
}

/** Cochran's rule of thumb for the chi-square law. */
const SMALLEST_EXPECTED = 5;
const DRAWS = 9_999;
/**
 * Random numbers per draw: 9,999 draws of so many take two seconds, and of a hundred times as many some minutes. In larger
 * tables the chi-square law answers: pool cells that are too small for it first.
 */
const LARGEST_TABLE = 2_000;

/**
 * Do two samples of categories come from one distribution? Pearson's chi-square test of homogeneity on the 2 x k table
 * of counts. Both samples are random here: taking the reference as known would inflate the statistic by 1 + n/m and
 * raise false alarms without end.
 *
 * Equal to `scipy.stats.chi2_contingency(correction=False)`. Where an expected count is below 5 the chi-square law is
 * replaced: for two categories by Fisher's exact test, for more by drawing tables with the same margins at random, with
 * p = (k + 1) / (draws + 1) for k draws at least as extreme (Davison & Hinkley 1997, 4.2): never 0, and valid at any size.
 *
 * @param a counts of the first sample, at least 0; whole numbers unless the method is `chi-square`
 * @param b counts of the second sample over the same categories
 * @throws AppError `stats.domain`
 */
export function chiSquareHomogeneity(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: HomogeneityOptions = {},
): HomogeneityResult {
  const table = occupied(a, b);
  const { counts, n, m } = table;
  const df = counts.length - 1;
  const statistic = pearson(table);
  if (df < 1 || n === 0 || m === 0) {
    return { statistic: 0, df: Math.max(0, df), pValue: 1, method: 'chi-square' };
  }
  const method = chosenMethod(table, options.method ?? 'auto');
  if (method === 'exact') {
    const [first] = counts as [[number, number]];
    return { statistic, df, pValue: twoProportionExact(first[0], n, first[1], m).pValue, method };
  }
  const pValue =
    method === 'chi-square'
      ? chiSquareSurvival(statistic, df)
      : drawnPValue(table, statistic, options.draws ?? DRAWS, options.seed ?? 1);
  return { statistic, df, pValue, method };
}

/** Categories that occur in either sample, and the sample sizes. */
interface Table {
  readonly counts: [a: number, b: number][];
  readonly n: number;
  readonly m: number;
}

function occupied(a: ArrayLike<number>, b: ArrayLike<number>): Table {
  if (a.length !== b.length) {
    throw domainError('A test of homogeneity', 'as many counts of one sample as of the other', {
      first: a.length,
      second: b.length,
    });
  }
  const counts: [number, number][] = [];
  let [n, m] = [0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i]!, b[i]!];
    if (!(x >= 0 && y >= 0)) {
      throw domainError('A test of homogeneity', 'counts of at least 0', { first: x, second: y });
    }
    if (x + y > 0) {
      counts.push([x, y]);
      n += x;
      m += y;
    }
  }
  return { counts, n, m };
}

/** `sum (x - n c / N)^2 / (n c / N)` over both rows, which is `sum (x m - y n)^2 / (n m c)`. */
function pearson({ counts, n, m }: Table): number {
  if (n === 0 || m === 0) {
    return 0;
  }
  let sum = 0;
  for (const [x, y] of counts) {
    const difference = x * m - y * n;
    sum += (difference * difference) / (x + y);
  }
  return sum / (n * m);
}

function chosenMethod(
  { counts, n, m }: Table,
  wanted: NonNullable<HomogeneityOptions['method']>,
): HomogeneityResult['method'] {
  const whole = counts.every(([x, y]) => Number.isSafeInteger(x) && Number.isSafeInteger(y));
  if (wanted !== 'auto') {
    if (wanted !== 'chi-square' && !whole) {
      throw domainError(`The ${wanted} method`, 'whole counts', { n, m });
    }
    if (wanted === 'exact' && counts.length !== 2) {
      throw domainError('The exact method', 'two categories', { categories: counts.length });
    }
    return wanted;
  }
  const least = (Math.min(n, m) / (n + m)) * Math.min(...counts.map(([x, y]) => x + y));
  if (least >= SMALLEST_EXPECTED || !whole) {
    return 'chi-square';
  }
  if (counts.length === 2) {
    return 'exact';
  }
  return Math.min(n, m) > LARGEST_TABLE ? 'chi-square' : 'monte-carlo';
}

/** Draws the smaller sample out of the pool again and again, each cell by its hypergeometric share. */
function drawnPValue({ counts, n, m }: Table, statistic: number, draws: number, seed: number): number {
  const random = seededRandom(seed);
  const [small, large] = n <= m ? [n, m] : [m, n];
  const totals = Float64Array.from(counts, ([x, y]) => x + y);
  // Cells as stretches of the pool, so that a drawn position is a category by binary search.
  const ends = new Float64Array(totals.length);
  totals.forEach((total, index) => (ends[index] = (ends[index - 1] ?? 0) + total));
  const limit = statistic * (1 - 1e-9);
  let atLeast = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const drawn = drawWithoutReplacement(random, ends, small);
    const table: Table = {
      counts: Array.from(totals, (total, index) => [drawn[index]!, total - drawn[index]!]),
      n: small,
      m: large,
    };
    atLeast += pearson(table) >= limit ? 1 : 0;
  }
  return (atLeast + 1) / (draws + 1);
}

/** Floyd's algorithm: `size` distinct positions of the pool, counted by category. */
function drawWithoutReplacement(random: () => number, ends: Float64Array, size: number): Float64Array {
  const pool = ends.at(-1)!;
  const taken = new Set<number>();
  const drawn = new Float64Array(ends.length);
  for (let last = pool - size; last < pool; last += 1) {
    const position = Math.floor(random() * (last + 1));
    const chosen = taken.has(position) ? last : position;
    taken.add(chosen);
    drawn[categoryOf(ends, chosen)]! += 1;
  }
  return drawn;
}

function categoryOf(ends: Float64Array, position: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > position) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
