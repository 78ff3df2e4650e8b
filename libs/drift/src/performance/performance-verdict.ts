import type { TitledVerdict } from '../verdict/judge-findings.js';
import type { PerformanceMetricName } from './metrics/performance-metric.js';

/** The judgement of one metric in one segment. JSON-serialisable. */
export interface PerformanceVerdict extends TitledVerdict {
  /** `null` for agreement of variants without labels. */
  readonly metric: PerformanceMetricName | null;
  /** What it is held to: the baseline, a limit, the other segments, or a paired variant. */
  readonly against: 'baseline' | 'limit' | 'segments' | 'paired';
  /** Always empty: a metric is of no single variable. */
  readonly variable: '';
  /** `region=eu-1`; empty for all predictions. */
  readonly segment: string;
  /** The metric in the window with its 95 % interval; `null` where it is not known. */
  readonly value: number | null;
  readonly valueLow: number | null;
  readonly valueHigh: number | null;
  /** The metric in the baseline or in the other segments. */
  readonly reference: number | null;
  /** Share of the window's predictions that have a label. */
  readonly coverage: number | null;
}
