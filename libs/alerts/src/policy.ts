import type { Severity } from './severity.js';

/** How quickly members of an incident join and leave. All times in milliseconds. */
export interface AlertPolicy {
  /** A rule must fire this long before it joins an incident. 0 = at once. */
  readonly holdMs: number;
  /** A member must be seen ok this long, without interruption, before it leaves. Keeps a flapping rule quiet. */
  readonly keepFiringMs: number;
  /** A rule that fires again this soon after its incident resolved re-opens it instead of starting another. */
  readonly reopenWithinMs: number;
}

const MINUTE = 60_000;

/**
 * What holds unless a rule says otherwise. No hold: burn-rate tiers carry their own duration in the window pair, and a
 * hold on top of it only delays the page.
 */
export const DEFAULT_POLICIES: Readonly<Record<Severity, AlertPolicy>> = {
  page: { holdMs: 0, keepFiringMs: 5 * MINUTE, reopenWithinMs: 15 * MINUTE },
  ticket: { holdMs: 0, keepFiringMs: 30 * MINUTE, reopenWithinMs: 15 * MINUTE },
};

/** The default policy of `severity` with what the rule says about itself in its place. */
export function policyFor(severity: Severity, ofRule: Partial<AlertPolicy> = {}): AlertPolicy {
  const base = DEFAULT_POLICIES[severity];
  return {
    holdMs: ofRule.holdMs ?? base.holdMs,
    keepFiringMs: ofRule.keepFiringMs ?? base.keepFiringMs,
    reopenWithinMs: ofRule.reopenWithinMs ?? base.reopenWithinMs,
  };
}
