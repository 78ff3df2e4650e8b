import type { TimeRange } from '@tidewatch/core';

/**
 * What a monitor concludes.
 *
 * - `ok`: a difference this large is no rarer than the false-alarm budget allows for when nothing has changed.
 * - `watch`: the difference is real, and may be smaller than the minimum effect.
 * - `alarm`: the difference is real, and at least the minimum effect with 95 % confidence.
 * - `not-enough-data`: too few values on either side to judge.
 * - `error`: the comparison failed; the reason says how.
 */
export type DriftState = 'ok' | 'watch' | 'alarm' | 'not-enough-data' | 'error';

/** The judgement of one feature in one window, with all it rests on. JSON-serialisable. */
export interface DriftVerdict {
  readonly feature: string;
  readonly state: DriftState;
  /** Full sentences for the person who gets the ticket. */
  readonly reason: string;
  /** Finite values in the window. */
  readonly n: number;
  /** Finite values in the baseline. */
  readonly m: number;
  /** The effect; `null` when it was not computed, as are the three below. */
  readonly statistic: number | null;
  /** Lower end of its 95 % confidence interval. */
  readonly statisticLow: number | null;
  /** Upper end of its 95 % confidence interval. */
  readonly statisticHigh: number | null;
  readonly pValue: number | null;
  /** The p-value below which the difference counts as real; see `alphaOf`. 0 when it could not be computed. */
  readonly alpha: number;
  readonly minimumEffect: number;
  /** Metric and law of the p-value such as `ks/exact`; the metric alone when nothing was computed. */
  readonly method: string;
  readonly baseline: string;
  readonly baselineVersion: number;
  readonly window: TimeRange;
}
