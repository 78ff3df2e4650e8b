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
}

/** One way to measure how far the values of a window have moved from those of a baseline. Pure. */
export interface DriftMetric {
  /** Name under `minimumEffect` in a rule, such as `ks`. */
  readonly name: string;
  /** What the statistic is called in a sentence, such as `the KS distance D`. */
  readonly effectName: string;
  /** The largest value the statistic can take. */
  readonly largestEffect: number;
  /** Smallest effect worth a ticket when a rule names none. */
  readonly defaultMinimumEffect: number;
  /**
   * Compares two samples of finite numbers, neither empty, in any order; neither is changed.
   *
   * Zero for equal samples, symmetric in its arguments, indifferent to order: `metrics.spec.ts` holds every metric
   * to that.
   */
  measure(reference: Float64Array, current: Float64Array): DriftMeasurement;
}
