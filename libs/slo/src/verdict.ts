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
  /** Bad events of the long window; for an SLO of time slices bad slices, which may be a fraction. */
  readonly badEvents: number;
  /** Events (or slices) of the long window. */
  readonly totalEvents: number;
  /** Share of the long window that has been counted, 0 to 1. */
  readonly coverage: number;
  /** What the tier's `and` condition says; `null` when it has none, or when that cannot be told. */
  readonly and: boolean | null;
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
  /** One sentence for a colleague: how the objective stands, and until when the budget lasts. */
  readonly sentence: string;
  /** Why nothing can be told; `null` unless `state` is `frozen`. */
  readonly frozenBecause: FrozenCause | null;
  /** End of all windows, in milliseconds since the epoch. */
  readonly windowEnd: number;
  readonly target: number;
  /**
   * The whole period: from its beginning to its end (which lies ahead in a calendar window), its length, the events or slices counted in it so
   * far (of a composite the sum of its members) and the share of it that has been counted.
   */
  readonly period: {
    readonly from: number;
    readonly to: number;
    readonly ms: number;
    readonly good: number;
    readonly total: number;
    readonly coverage: number;
  };
  /** Share of good events in the period; `null` without usable events. */
  readonly sliValue: number | null;
  /** 1 is the whole budget, negative is overspent; `null` without usable events. */
  readonly budgetRemaining: number | null;
  /** Until the budget is gone at the present burn; see {@link timeToExhaustion}. */
  readonly timeToExhaustionMs: number | null;
  /** In the order of the SLO's tiers. */
  readonly tiers: readonly TierVerdict[];
  /** What seems wrong with the SLO itself, as opposed to the service. */
  readonly health: readonly HealthNote[];
}

/**
 * `no-events`: nothing happened. `contradiction`: more good events than events. `coverage`: too little of the window has been counted.
 * `stale`: data has stopped coming in. `not-evaluable`: the source is not one that Tidewatch reads, or counting it fails.
 */
export type FrozenCause = 'no-events' | 'contradiction' | 'coverage' | 'stale' | 'not-evaluable';

/** Something about an SLO that its owner should look at. */
export interface HealthNote {
  readonly code:
    | 'good-over-total'
    | 'never-burned'
    | 'constant-burn'
    | 'series-vanished'
    | 'no-series'
    | 'slice-too-short'
    | 'threshold-off-edge'
    | 'group-overflow'
    | 'not-evaluable'
    | 'backfilling';
  /** What was seen and what to do about it. */
  readonly message: string;
}
