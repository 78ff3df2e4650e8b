/** What one tier says about one window end. */
export interface TierVerdict {
  readonly name: string;
  readonly severity: 'page' | 'ticket';
  /** `frozen`: the windows do not tell. A frozen tier neither opens nor closes an alert. */
  readonly state: 'firing' | 'ok' | 'frozen';
  readonly longMs: number;
  readonly shortMs: number;
  /** Burn rate from which the tier fires. */
  readonly threshold: number;
  /** Burn rate over the long window; `null` without usable events. */
  readonly longBurn: number | null;
  /** Burn rate over the short window; `null` without usable events. */
  readonly shortBurn: number | null;
  /** Of the long window. */
  readonly badEvents: number;
  /** Of the long window. */
  readonly totalEvents: number;
}

/** What is known about an SLO, for one group, at one window end. */
export interface SloVerdict {
  /** Name of the SLO. */
  readonly slo: string;
  /** Which part of the SLO's traffic was judged; `''` for all of it. */
  readonly group: string;
  /** `breach`: a tier fires. `frozen`: no tier can tell. `ok`: neither. */
  readonly state: 'ok' | 'breach' | 'frozen';
  /** The verdict in full sentences. */
  readonly reason: string;
  /** End of all windows, in milliseconds since the epoch. */
  readonly windowEnd: number;
  readonly target: number;
  /** Events of the whole period, and its length in milliseconds. */
  readonly period: { readonly good: number; readonly total: number; readonly ms: number };
  /** Share of good events in the period; `null` without usable events. */
  readonly sliValue: number | null;
  /** 1 is the whole budget, negative is overspent; `null` without usable events. */
  readonly budgetRemaining: number | null;
  /** Until the budget is gone at the present burn; see {@link timeToExhaustion}. */
  readonly timeToExhaustionMs: number | null;
  /** In the order of the SLO's tiers. */
  readonly tiers: readonly TierVerdict[];
}
