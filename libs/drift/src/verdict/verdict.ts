import type { TimeRange } from '@tidewatch/core';

/**
 * What a monitor concludes.
 *
 * - `ok`: a difference this large is no rarer than the false-alarm budget allows for when nothing has changed.
 * - `watch`: the difference is real, and either may be smaller than the minimum effect, or has not lasted yet.
 * - `alarm`: the difference is real, at least the minimum effect, and has lasted for the hold time.
 * - `not-enough-data`: too few values on either side to judge.
 * - `error`: the comparison failed; the reason says how.
 */
export type MonitorState = 'ok' | 'watch' | 'alarm' | 'not-enough-data' | 'error';

/** The three conditions of an alarm. `null` where one could not be looked at. */
export interface Conditions {
  /** The corrected p-value is below alpha. */
  readonly significant: boolean | null;
  /** The lower bound of the effect is above the minimum effect. */
  readonly large: boolean | null;
  /** Both have held without a break for the hold time. */
  readonly held: boolean | null;
}

/** What every judgement of one subject in one window rests on, whatever kind of monitor made it. JSON-serialisable. */
export interface Verdict {
  /** What is judged, unique within its rule and stable over time: variable, segment and test. */
  readonly subject: string;
  readonly state: MonitorState;
  /** Full sentences for the person who gets the ticket. */
  readonly reason: string;
  /** Metric and law of the p-value such as `ks/exact`; the metric alone when nothing was computed. */
  readonly method: string;
  /** Values in the window. */
  readonly n: number;
  /** Values in the baseline. */
  readonly m: number;
  /** What the effect is called in a sentence: `the KS distance D`. */
  readonly effectName: string;
  /** The effect; `null` when it was not computed, as are the four below. */
  readonly statistic: number | null;
  /** Lower end of its 95 % confidence interval. */
  readonly statisticLow: number | null;
  /** Upper end of its 95 % confidence interval. */
  readonly statisticHigh: number | null;
  readonly pValue: number | null;
  /** The p-value corrected for all tests of the run (Benjamini-Hochberg). */
  readonly pAdjusted: number | null;
  /** What `pAdjusted` is held to: the false-alarm budget per run. */
  readonly alpha: number;
  readonly minimumEffect: number;
  readonly conditions: Conditions;
  /** Since which window end the first two conditions have held without a break; `null` when they do not hold. */
  readonly since: number | null;
  readonly baseline: string;
  /** 0 for a baseline without versions. */
  readonly baselineVersion: number;
  readonly window: TimeRange;
  /** Whether late data changed the verdict after it was first given. */
  readonly revised: boolean;
}
