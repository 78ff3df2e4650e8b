import type { PerformanceSums } from '../performance-sums.js';

/** Names of metrics in rules and verdicts. */
export type PerformanceMetricName =
  | 'accuracy'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'falsePositiveRate'
  | 'rocAuc'
  | 'logLoss'
  | 'brier'
  | 'calibrationError'
  | 'mae'
  | 'mse'
  | 'rmse'
  | 'r2'
  | 'outcomeValue';

/** What a metric is computed by besides sums. */
export interface MetricContext {
  /** The class whose detection counts; `null` for a model of several equal classes. */
  readonly positive: string | null;
}

/** `k` of `n`. */
export interface Share {
  readonly k: number;
  readonly n: number;
}

/** One measure of how well a model predicts. */
export interface PerformanceMetric {
  readonly name: PerformanceMetricName;
  /** As it stands in a sentence: `accuracy`, `the false-positive rate`. */
  readonly label: string;
  readonly better: 'higher' | 'lower';
  /** Whether a change is measured as a share of the value before: for what has a unit. */
  readonly relative: boolean;
  /** The change that matters unless a rule says otherwise. */
  readonly defaultMinimumEffect: number;
  /** For a metric that is a share of independent cases: exact tests exist for it. */
  readonly share?: (sums: PerformanceSums, context: MetricContext) => Share | null;
  /** `null` where the sums do not hold what it takes. */
  readonly value: (sums: PerformanceSums, context: MetricContext) => number | null;
  /** How many cases it rests on. */
  readonly cases: (sums: PerformanceSums, context: MetricContext) => number;
}

/** A metric that is a share. */
export function shareMetric(
  metric: Omit<PerformanceMetric, 'value' | 'cases' | 'relative' | 'share'> & {
    readonly share: NonNullable<PerformanceMetric['share']>;
  },
): PerformanceMetric {
  return {
    ...metric,
    relative: false,
    value: (sums, context) => {
      const share = metric.share(sums, context);
      return share === null || share.n === 0 ? null : share.k / share.n;
    },
    cases: (sums, context) => metric.share(sums, context)?.n ?? 0,
  };
}
