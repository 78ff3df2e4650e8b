import type { SloDefinition } from './definition.js';
import type { EventCount } from './event-count.js';
import type { HealthNote, SloVerdict } from './verdict.js';

/** What judging needs to know of an SLO. */
export type JudgedSlo = Pick<
  SloDefinition,
  'name' | 'displayName' | 'target' | 'window' | 'periodMs' | 'budgeting' | 'members' | 'tiers'
>;

/** What was counted in one window. */
export interface WindowEvidence {
  /** In budget units, one for each list that `budgetSlices` yields. */
  readonly counts: readonly EventCount[];
  /** Share of the window that has been counted, 0 to 1. */
  readonly coverage: number;
}

/** Everything a verdict is made of. */
export interface SloEvidence {
  readonly slo: JudgedSlo;
  /** Which part of the SLO's traffic is judged; `''` for all of it. */
  readonly group: string;
  /** By window length in milliseconds: at least those of {@link windowsOf} for the tiers to evaluate. */
  readonly windows: ReadonlyMap<number, WindowEvidence>;
  /** The period whose budget is watched, from its beginning to its end; what was counted lies before `windowEnd`. */
  readonly period: WindowEvidence & { readonly from: number; readonly to: number };
  /** End of all windows, in milliseconds since the epoch. */
  readonly windowEnd: number;
  /** What the `and` conditions of tiers say, by name of the tier; `null` or absent where that cannot be told. */
  readonly conditions?: ReadonlyMap<string, boolean | null>;
  /** Data has stopped coming in: what is there can prove that a tier fires, and not that it does not. */
  readonly stale?: boolean;
  /**
   * Which tiers to evaluate; default all. The others keep what `previous` says about them, so that page tiers can
   * run more often than ticket tiers.
   */
  readonly evaluate?: 'page' | 'ticket' | 'all';
  /** The verdict before this one, for the tiers that are not evaluated. */
  readonly previous?: SloDecision | undefined;
  readonly health?: readonly HealthNote[];
}

/** A verdict without its words. */
export type SloDecision = Omit<SloVerdict, 'reason' | 'sentence'>;
