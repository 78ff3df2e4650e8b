import { dkwHalfWidth, ksFromCounts, ksPValueFromCounts, type KsCounts } from '@tidewatch/stats';
import { valuesOf } from '../grid/count-values.js';
import type { Grid } from '../grid/grid.js';
import { CONFIDENCE, type ComparedCounts } from './drift-metric.js';

/** Both sides as plain counts over the cells that hold values, with their real and effective sizes. */
export interface ComparedValues {
  readonly current: Float64Array;
  readonly reference: Float64Array;
  readonly n: number;
  readonly m: number;
  /** What the window's values are worth if their dependence on each other is taken into account. */
  readonly effectiveN: number;
  readonly effectiveM: number;
}

/** What several metrics ask of the same counts. */
interface Shared {
  readonly values: ComparedValues | null;
  distance: KsTested | null;
}

/** The KS distance with its law and the half width of its interval. */
export interface KsTested {
  readonly found: KsCounts;
  readonly pValue: number;
  readonly method: string;
  readonly halfWidth: number;
}

const shared = new WeakMap<ComparedCounts, Shared>();

/** The values of both sides, or `null` when one has none. Computed once for the metrics of one comparison. */
export function comparedValues(counts: ComparedCounts): ComparedValues | null {
  return sharedOf(counts).values;
}

/** Below this the estimate of the dependence is noise, and an exact p-value says more. */
const NEARLY_INDEPENDENT = 1.05;

/**
 * The KS test of both sides: exact given the bins where that is cheap and values are nearly independent, else by the one-sample
 * law at the effective size. Computed once for the metrics of one comparison: the law costs more than all the rest.
 */
export function ksTested(counts: ComparedCounts, values: ComparedValues): KsTested {
  const known = sharedOf(counts);
  known.distance ??= testKs(counts, values);
  return known.distance;
}

function testKs(
  { inflation }: ComparedCounts,
  { current, reference, effectiveN, effectiveM }: ComparedValues,
): KsTested {
  const found = ksFromCounts(current, reference);
  const dependent = Math.max(inflation.current, inflation.reference) > NEARLY_INDEPENDENT;
  const options = dependent ? { effective: { n: effectiveN, m: effectiveM } } : {};
  const { pValue, method } = ksPValueFromCounts(current, reference, found, options);
  return { found, pValue, method, halfWidth: dkwHalfWidth(effectiveN, effectiveM, CONFIDENCE) };
}

function sharedOf(counts: ComparedCounts): Shared {
  let known = shared.get(counts);
  if (known === undefined) {
    known = { values: valuesOfBoth(counts), distance: null };
    shared.set(counts, known);
  }
  return known;
}

function valuesOfBoth({ grid, reference, current, inflation }: ComparedCounts): ComparedValues | null {
  const [c, r] = [valuesOf(grid, current), valuesOf(grid, reference)];
  const [n, m] = [total(c), total(r)];
  return n === 0 || m === 0
    ? null
    : {
        current: c,
        reference: r,
        n,
        m,
        effectiveN: Math.max(1, n / inflation.current),
        effectiveM: Math.max(1, m / inflation.reference),
      };
}

/** The category of a cell of {@link comparedValues}; `null` for what the grid does not know. */
export function categoryOf(grid: Grid, cell: number): string | null {
  // The values of a categorical grid begin with the cell `unseen`, one before the first category.
  return grid.type === 'categorical' ? (grid.categories[cell - 1] ?? null) : null;
}

/** Cells pooled so that each is worth testing. */
export interface PooledCounts {
  readonly current: number[];
  readonly reference: number[];
}

/** Bins of a numeric variable for the divergences: of equal mass in the baseline, few enough to be filled. */
export const COARSE_BINS = 20;

/** Expected count below which the chi-square law is no longer good (Cochran). */
const SMALLEST_EXPECTED = 5;

/** Numeric: neighbouring bins to {@link COARSE_BINS} of equal baseline mass. Categorical: rare categories together. */
export function pooled(grid: Grid, values: ComparedValues): PooledCounts {
  return grid.type === 'numeric' ? coarse(values) : withoutRare(values);
}

function coarse({ current, reference, m }: ComparedValues): PooledCounts {
  const [c, r] = [new Array<number>(COARSE_BINS).fill(0), new Array<number>(COARSE_BINS).fill(0)];
  let before = 0;
  for (let i = 0; i < reference.length; i += 1) {
    // By the middle of the cell's own mass, so that a heavy cell falls where most of it lies.
    const middle = (before + reference[i]! / 2) / m;
    const bin = Math.min(COARSE_BINS - 1, Math.floor(middle * COARSE_BINS));
    c[bin]! += current[i]!;
    r[bin]! += reference[i]!;
    before += reference[i]!;
  }
  return { current: c, reference: r };
}

/**
 * Categories expected less than five times in the smaller sample are put together, the most frequent first, into cells that are
 * expected as often: so that the chi-square law holds, however many categories there are. What is left over joins the last cell.
 */
function withoutRare({ current, reference, n, m, effectiveN, effectiveM }: ComparedValues): PooledCounts {
  const [scaleN, scaleM] = [effectiveN / n, effectiveM / m];
  const share = Math.min(effectiveN, effectiveM) / (effectiveN + effectiveM);
  const expected = ({ c, r }: { c: number; r: number }): number => (c * scaleN + r * scaleM) * share;
  const cells = Array.from(current, (count, i) => ({ c: count, r: reference[i]! }))
    .filter(({ c, r }) => c + r > 0)
    .sort((a, b) => expected(b) - expected(a));
  const groups: { c: number; r: number }[] = [];
  let open: { c: number; r: number } | null = null;
  for (const cell of cells) {
    open = open === null ? { ...cell } : { c: open.c + cell.c, r: open.r + cell.r };
    if (expected(open) >= SMALLEST_EXPECTED) {
      groups.push(open);
      open = null;
    }
  }
  const last = groups.at(-1);
  if (open !== null && last !== undefined) {
    groups[groups.length - 1] = { c: last.c + open.c, r: last.r + open.r };
  }
  const [largest, ...rest] = cells;
  if (groups.length < 2 && largest !== undefined && rest.length > 0) {
    // Two cells are tested exactly, whatever is expected; one says nothing.
    const sumOf = (side: 'c' | 'r'): number => rest.reduce((sum, cell) => sum + cell[side], 0);
    groups.splice(0, 1, largest, { c: sumOf('c'), r: sumOf('r') });
  }
  return { current: groups.map(({ c }) => c), reference: groups.map(({ r }) => r) };
}

function total(counts: Float64Array): number {
  let sum = 0;
  // By index: iterating a typed array costs ten times as much.
  for (let i = 0; i < counts.length; i += 1) {
    sum += counts[i]!;
  }
  return sum;
}
