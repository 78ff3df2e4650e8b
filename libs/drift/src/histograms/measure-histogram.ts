import {
  addBoundedCounts,
  dkwHalfWidth,
  ksFromCounts,
  ksPValueFromCounts,
  ksWithBounds,
  toCommonBounds,
  type BoundedCounts,
} from '@tidewatch/stats';
import { CONFIDENCE, type DriftMeasurement } from '../metrics/drift-metric.js';
import type { HistogramComparison } from './histogram-comparison.js';

/** What two histograms say of the distance of the values that they were made from. */
export interface HistogramMeasurement extends DriftMeasurement {
  /** By how much the shares of stretches vary more than independent observations would make them; at least 1. */
  readonly inflation: number;
  /** The most that D of the values can be, given the bounds. */
  readonly most: number;
}

/** Stretches of a baseline from which their variation can be told. */
const ENOUGH_STRETCHES = 12;

/**
 * The Kolmogorov-Smirnov distance as far as buckets show it: `D` at the bounds that both sides have, which is a lower limit
 * of `D` of the values. Its interval reaches from there, less the half-width at 95 %, to the most that the bounds allow for,
 * plus the half-width. Observations count for less where the shares of stretches of time vary more than chance makes them.
 *
 * @returns `null` when a side has no observation
 */
export function measureHistogram({
  current,
  reference,
}: Pick<HistogramComparison, 'current' | 'reference'>): HistogramMeasurement | null {
  const [now, before] = [addBoundedCounts(current), addBoundedCounts(reference)];
  const {
    bounds,
    counts: [c, r],
  } = toCommonBounds([now, before]) as ReturnType<typeof toCommonBounds> & { counts: [number[], number[]] };
  const found = ksFromCounts(c, r);
  const { n, m } = found;
  if (n === 0 || m === 0) {
    return null;
  }
  const most = ksWithBounds(now, before).high;
  const inflation = inflationOf(current, reference, middleBound(bounds, r));
  const effective = { n: Math.max(1, n / inflation), m: Math.max(1, m / inflation) };
  const { pValue, method } = ksPValueFromCounts(c, r, found, inflation > 1 ? { effective } : {});
  const halfWidth = dkwHalfWidth(effective.n, effective.m, CONFIDENCE);
  const value = bounds[found.cell];
  return {
    statistic: found.statistic,
    low: Math.max(0, found.statistic - halfWidth),
    high: Math.min(1, most + halfWidth),
    pValue,
    method: `ks/${method}`,
    location: value === undefined ? null : { kind: 'value', value, moreBelow: found.firstBelow },
    n,
    m,
    inflation,
    most,
  };
}

/** Of the stretches of the baseline if there are enough of them, else of whichever side varies more. */
function inflationOf(
  current: readonly BoundedCounts[],
  reference: readonly BoundedCounts[],
  bound: number | null,
): number {
  if (bound === null) {
    return 1;
  }
  return reference.length >= ENOUGH_STRETCHES
    ? dispersion(reference, bound)
    : Math.max(dispersion(reference, bound), dispersion(current, bound));
}

/** The bound that splits the baseline most evenly; `null` without bounds. */
function middleBound(bounds: readonly number[], counts: readonly number[]): number | null {
  const total = sumOf(counts);
  let [below, best, chosen] = [0, Infinity, null as number | null];
  bounds.forEach((bound, index) => {
    below += counts[index]!;
    const distance = Math.abs(below / total - 0.5);
    if (distance < best) {
      [best, chosen] = [distance, bound];
    }
  });
  return chosen;
}

/** Pearson's chi-square of the shares at or below a bound over its degrees of freedom: 1 where only chance varies them. */
function dispersion(stretches: readonly BoundedCounts[], bound: number): number {
  const { bounds, counts } = toCommonBounds(stretches);
  const place = bounds.indexOf(bound);
  if (place < 0) {
    return 1;
  }
  const shares = counts.map((each) => ({
    below: sumOf(each.slice(0, place + 1)),
    total: sumOf(each),
  }));
  const used = shares.filter(({ total }) => total > 0);
  const [below, total] = used.reduce(([x, y], each) => [x + each.below, y + each.total], [0, 0]);
  const share = below / Math.max(1, total);
  if (used.length < 2 || share === 0 || share === 1) {
    return 1;
  }
  const chiSquare = used.reduce(
    (sum, each) => sum + (each.below - each.total * share) ** 2 / (each.total * share * (1 - share)),
    0,
  );
  return Math.max(1, chiSquare / (used.length - 1));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
