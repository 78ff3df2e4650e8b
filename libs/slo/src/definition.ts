import type { Labels } from '@tidewatch/core';
import type { Sli } from './sli/index.js';
import type { BurnTier } from './tiers.js';

/** One service level objective, complete: what to count, what is promised, and when to speak up. */
export interface SloDefinition {
  readonly name: string;
  /** For people; the name when the document gives none. */
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  /** `''` when the SLO is not bound to a region. */
  readonly region: string;
  /** `''` when the SLO is not bound to a model. */
  readonly model: string;
  /** All of `metadata.labels`; lists are joined by commas. */
  readonly labels: Labels;
  readonly owner: string;
  /** http(s) address of what to do; present whenever a tier pages, otherwise it may be `''`. */
  readonly runbook: string;
  /** Share of good events asked for, in (0, 1). */
  readonly target: number;
  /** Length of the rolling window whose budget is watched, in milliseconds. */
  readonly periodMs: number;
  readonly sli: Sli;
  readonly tiers: readonly BurnTier[];
}
