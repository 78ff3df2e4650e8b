import type { FindingsRun } from '../verdict/judge-findings.js';
import type { PairedOutcomes } from './paired.js';
import type { PerformanceMonitor } from './performance-monitor.js';
import type { PerformanceSums } from './performance-sums.js';

/** The predictions of one segment, in groups by a hash of their id. */
export interface SegmentPerformance {
  /** `region=eu-1`; empty for all predictions. */
  readonly segment: string;
  readonly groups: readonly PerformanceSums[];
}

/** What a run of a performance monitor is made of. */
export interface PerformanceInput extends FindingsRun {
  readonly monitor: PerformanceMonitor;
  readonly current: readonly SegmentPerformance[];
  /** `null` without a baseline. */
  readonly reference: readonly SegmentPerformance[] | null;
  /** `null` where the rule names no variants. */
  readonly paired: PairedOutcomes | null;
  /** What could not be read, and why. */
  readonly failures: { readonly metrics?: string; readonly paired?: string };
}
