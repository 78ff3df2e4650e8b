import type { Counted } from '../grid/counted.js';
import type { Grid } from '../grid/grid.js';
import type { VariableType } from '../variables/variable.js';

/** Where an effect is seen. */
export type DriftLocation =
  /** Values below `value` are more frequent in the window than in the baseline, or less. */
  | { readonly kind: 'value'; readonly value: number; readonly moreBelow: boolean }
  /** The category that moved most; `null` for categories that the baseline does not have. */
  | { readonly kind: 'category'; readonly category: string | null; readonly more: boolean }
  /** Null, NaN, infinity and wrong types. */
  | { readonly kind: 'missing'; readonly more: boolean };

/** What a drift metric found when it compared a window with its baseline. */
export interface DriftMeasurement {
  /** The size of the effect, in the metric's own scale; 0 means no difference. */
  readonly statistic: number;
  /** Lower end of the 95 % confidence interval of the effect. */
  readonly low: number;
  /** Upper end of the 95 % confidence interval of the effect. */
  readonly high: number;
  /** Probability of a statistic at least this large when nothing has changed. */
  readonly pValue: number;
  /** The metric and how its p-value was computed, such as `ks/exact`. */
  readonly method: string;
  readonly location: DriftLocation | null;
  /** Values compared: of the window and of the baseline. */
  readonly n: number;
  readonly m: number;
}

/** A variable counted on both sides. */
export interface ComparedCounts {
  readonly grid: Grid;
  readonly reference: Counted;
  readonly current: Counted;
  /** By how much the dependence of values inflates the variance of a share, at least 1; of the window and the baseline. */
  readonly inflation: { readonly current: number; readonly reference: number };
}

/** One way to measure how far the values of a window have moved from those of a baseline. Pure. */
export interface DriftMetric {
  /** Name under `minimumEffect` in a rule, such as `ks`. */
  readonly name: string;
  /** What the statistic is called in a sentence, such as `the KS distance D`. */
  readonly effectName: string;
  readonly appliesTo: readonly VariableType[];
  /** Whether it is tested where a rule names no metric. */
  readonly byDefault: boolean;
  /** The largest value the statistic can take. */
  readonly largestEffect: number;
  /** Smallest effect worth a ticket when a rule names none. */
  readonly defaultMinimumEffect: number;
  /**
   * Compares the counts of two sides. `null` when a side has no value that this metric could compare.
   *
   * Zero for equal shares and indifferent to how buckets were put together: `metrics.spec.ts` holds every metric to that.
   */
  measure(counts: ComparedCounts): DriftMeasurement | null;
}

/** Confidence of every interval. */
export const CONFIDENCE = 0.95;
