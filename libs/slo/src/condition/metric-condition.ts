import type { MetricSelector } from '../metric-selector.js';

/** Which number is taken of a metric over a window, all series of one group together unless it says otherwise. */
export type Measure =
  /** Increase of a counter per second. */
  | { readonly kind: 'rate'; readonly counter: MetricSelector }
  /** Increase of one counter over that of another; `null` where the second did not rise. */
  | { readonly kind: 'ratio'; readonly numerator: MetricSelector; readonly denominator: MetricSelector }
  /** Of a histogram. `quantile` in [0, 1]. */
  | { readonly kind: 'quantile'; readonly histogram: MetricSelector; readonly quantile: number }
  /** Sum over count of a histogram: for systems that expose sums only. */
  | { readonly kind: 'mean'; readonly histogram: MetricSelector }
  /** A level. */
  | {
      readonly kind: 'gauge';
      readonly gauge: MetricSelector;
      readonly over: 'avg' | 'min' | 'max' | 'last';
      readonly across: 'avg' | 'min' | 'max' | 'sum';
    }
  /** Increase of a counter in the window, in events. */
  | { readonly kind: 'count'; readonly counter: MetricSelector }
  /** Share of measurements of a histogram at or below (`atMost`) or above a bound: small batches, slow requests. */
  | {
      readonly kind: 'share';
      readonly histogram: MetricSelector;
      readonly bound: number;
      readonly side: 'atMost' | 'above';
    }
  /** Rise of a gauge per hour, by least squares over the window. */
  | { readonly kind: 'slope'; readonly gauge: MetricSelector; readonly across: 'avg' | 'max' | 'sum' }
  /** Hours until a gauge reaches `limit` at the present trend: 0 beyond it, infinite when it does not approach it. */
  | {
      readonly kind: 'time-to-limit';
      readonly gauge: MetricSelector;
      readonly across: 'avg' | 'max' | 'sum';
      readonly limit: number;
      /** From which side the limit is reached. */
      readonly direction: 'rising' | 'falling';
    };

/** A number over a window against a limit. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly measure: Measure;
  readonly windowMs: number;
  readonly op: 'above' | 'atLeast' | 'below' | 'atMost';
  /** In the unit of the measure (hours for `time-to-limit`, units per hour for `slope`). */
  readonly limit: number;
  /** Compared with the same measure this long ago instead of a fixed limit: `value <op> limit * earlier value`. */
  readonly comparedWithMs: number | null;
}

/** Comparisons joined. */
export type MetricCondition =
  | Comparison
  | { readonly kind: 'all'; readonly of: readonly MetricCondition[] }
  | { readonly kind: 'any'; readonly of: readonly MetricCondition[] };
