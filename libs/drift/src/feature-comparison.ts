import type { TimeRange } from '@tidewatch/core';
import type { DriftMonitor } from './drift-monitor.js';

/** One feature of one window, and what it is compared with. */
export interface FeatureComparison {
  readonly monitor: DriftMonitor;
  readonly feature: string;
  /** Values of the baseline in any order; `null` when the baseline does not have the feature. */
  readonly reference: ArrayLike<number> | null;
  /** Values of the window in any order. NaN and infinities are counted, mentioned and left out. */
  readonly current: ArrayLike<number>;
  /** How many samples of the window had no value for the feature; only mentioned. Default 0. */
  readonly currentNulls?: number;
  /** How many features the monitor tests in this evaluation: they share its false-alarm budget. */
  readonly featureCount: number;
  readonly window: TimeRange;
  readonly baselineName: string;
  /** 0 for a baseline without versions. */
  readonly baselineVersion: number;
}

/** The usable values of one side. */
export interface Side {
  readonly finite: Float64Array;
  readonly notFinite: number;
}
