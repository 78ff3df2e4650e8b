import { dkwHalfWidth, ksTwoSample } from '@tidewatch/stats';
import { shortNumber } from '../wording.js';

/** How far the distribution of one image feature has moved. JSON-serialisable. */
export interface FeatureEffect {
  /** Such as `brightness`. */
  readonly feature: string;
  /** The KS distance D with the ends of its 95 % interval. */
  readonly statistic: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  readonly method: string;
  readonly n: number;
  readonly m: number;
  readonly median: number;
  readonly referenceMedian: number;
  /** A sentence without its full stop. */
  readonly finding: string;
}

/** Values of features by name; NaN where a sample has none. */
export type FeatureValues = ReadonlyMap<string, ArrayLike<number>>;

/** Compares every feature that both sides have with at least `minimum` values, by the two-sample Kolmogorov-Smirnov test. */
export function measureFeatures(
  current: FeatureValues,
  reference: FeatureValues,
  minimum: number,
): FeatureEffect[] {
  return [...current.keys()].sort().flatMap((feature) => {
    const values = sortedNumbers(current.get(feature));
    const before = sortedNumbers(reference.get(feature));
    return values.length < minimum || before.length < minimum ? [] : [effectOf(feature, values, before)];
  });
}

function effectOf(feature: string, values: Float64Array, before: Float64Array): FeatureEffect {
  const { statistic, pValue, method, n, m } = ksTwoSample(values, before, { sorted: true });
  const half = dkwHalfWidth(n, m, 0.95);
  const [median, referenceMedian] = [middle(values), middle(before)];
  const [low, high] = [Math.max(0, statistic - half), Math.min(1, statistic + half)];
  return {
    ...{ feature, statistic, low, high, pValue, method, n, m, median, referenceMedian },
    finding: `${feature} differs by D = ${shortNumber(statistic)} (95 % interval ${shortNumber(low)} to ${shortNumber(high)}), its median is ${shortNumber(median)} where it was ${shortNumber(referenceMedian)}`,
  };
}

function sortedNumbers(values: ArrayLike<number> | undefined): Float64Array {
  return Float64Array.from(values ?? [])
    .filter((value) => Number.isFinite(value))
    .sort();
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
