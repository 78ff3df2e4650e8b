import type { Labels } from '@tidewatch/core';
import type { BudgetStep } from './budget-policy.js';
import type { Budgeting } from './budgeting.js';
import type { Sli } from './sli/sli-types.js';
import type { BurnTier } from './tiers.js';
import type { SloWindow } from './window/slo-window.js';

/** One service level objective, complete: what to count, what is promised, and when to speak up. */
export interface SloDefinition {
  /** Unique. Further objectives of one document are named `<document>-<objective>`. */
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
  /** One sentence: what to do first; `''` when the document says nothing. */
  readonly firstStep: string;
  /** Share of good events (or slices) asked for, in (0, 1). Of a composite: the least of its members'. */
  readonly target: number;
  readonly window: SloWindow;
  /** Length of the window in milliseconds; of a calendar window the longest it can be. */
  readonly periodMs: number;
  readonly budgeting: Budgeting;
  /** One, but for composites. */
  readonly members: readonly SloMember[];
  /** `null`: all traffic is judged as one. */
  readonly groupBy: GroupBy | null;
  readonly tiers: readonly BurnTier[];
  /** What happens when the SLO cannot be judged for a while; `null`: nothing. */
  readonly noData: NoDataRule | null;
  /** What happens when so much of the budget is spent; ascending. */
  readonly budgetPolicy: readonly BudgetStep[];
}

/** An indicator with what is promised of it. */
export interface SloMember {
  /** `''` for the only member. */
  readonly name: string;
  readonly sli: Sli;
  readonly target: number;
  /** Above 0; 1 for the only member. */
  readonly weight: number;
}

/** Traffic told apart by labels. */
export interface GroupBy {
  readonly labels: readonly string[];
  /** Groups beyond this many are judged together as {@link OVERFLOW_GROUP}. */
  readonly limit: number;
}

/** The group of all series that came after the limit of groups was reached. */
export const OVERFLOW_GROUP = '(other)';

/** Raised when an SLO stays frozen. */
export interface NoDataRule {
  readonly severity: 'page' | 'ticket';
  /** How long it must have been frozen; `null`: as long as its first tier takes to see a total outage, at least 10 minutes. */
  readonly afterMs: number | null;
}
