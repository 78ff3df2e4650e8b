import type { PreviousDecision } from '@tidewatch/drift';

/** One feature of a baseline, as rules may use it. */
export type ReferenceFeature =
  | { readonly type: 'numeric'; readonly sorted: Float64Array; readonly mean: number; readonly sd: number }
  | { readonly type: 'categorical'; readonly counts: Float64Array };

/** One feature of a window: values in the order of time, or categories by number. */
export type CurrentFeature =
  | { readonly type: 'numeric'; readonly values: Float64Array; readonly sorted: Float64Array }
  | { readonly type: 'categorical'; readonly values: Uint16Array; readonly counts: Float64Array };

/** A rule that says whether a window has drifted. */
export interface Rule {
  readonly name: string;
  /** How the rule goes, for the page. */
  readonly text: string;
  /** Makes what the rule needs of its baseline, once. */
  prepare(reference: readonly ReferenceFeature[], windowSize: number): PreparedRule;
}

/** A rule with its baseline. */
export interface PreparedRule {
  /**
   * Whether each feature has drifted, by one window alone.
   *
   * @param at end of the window, for rules that remember; ms
   */
  flags(current: readonly CurrentFeature[], at: number): boolean[];
  /** Forgets what was seen before. */
  reset(): void;
}

/** What a rule that remembers keeps. */
export type Memory = ReadonlyMap<string, PreviousDecision>;
