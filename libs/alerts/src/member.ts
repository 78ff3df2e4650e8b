import type { AlertPolicy } from './policy.js';
import type { Severity } from './severity.js';
import type { Aspect, Signal, SignalCondition, SignalEvidence } from './signal.js';
import type { Suppression } from './suppression/suppression.js';

/** One rule (or one tier of an SLO) inside an incident. JSON-serialisable. */
export interface MemberState {
  readonly kind: string;
  readonly rule: string;
  readonly tier: string;
  /** What it fires with now: its own severity, or that to which other members raise it. */
  readonly severity: Severity;
  /** What its rule says. */
  readonly ownSeverity: Severity;
  readonly aspect: Aspect;
  readonly raisedBy: readonly Aspect[];
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: string;
  readonly runbook: string;
  /**
   * `pending`: fires, but not yet for its hold time. `firing`: keeps the incident open, also while it is seen ok but
   * not yet for its keep-firing time. `left`: has cleared; kept so that a resolved incident still says what it was.
   * `dismissed`: a person resolved the incident while it fired; it is not heard until it has been ok, or for at most
   * {@link DISMISSED_MS}.
   */
  readonly phase: 'pending' | 'firing' | 'left' | 'dismissed';
  /** Why nobody is told of it; `null` while it may speak. */
  readonly suppressed: Suppression | null;
  /** What the latest signal said. */
  readonly condition: SignalCondition;
  /** When it began to fire (hold time included), ms. */
  readonly since: number;
  /** Start of the uninterrupted ok signals seen while still `firing`, ms; `null` when the last one was not ok. */
  readonly okSince: number | null;
  /** When it left or was dismissed, ms; `null` before. */
  readonly leftAt: number | null;
  /** `at` of the latest signal, ms. */
  readonly signalledAt: number;
  /** Sentence and numbers of the latest firing signal: a later "all is well" must not overwrite what was wrong. */
  readonly summary: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly evidence: SignalEvidence;
}

/** How long a resolve by hand holds against a rule that goes on firing: an outage must not be lost to a click. */
export const DISMISSED_MS = 3_600_000;

/**
 * Moves one member along by one signal.
 *
 * @returns the member afterwards, or `undefined` when there is nothing to remember: it never fired, or stopped firing
 *   before its hold time was over
 */
export function stepMember(
  previous: MemberState | undefined,
  signal: Signal,
  policy: AlertPolicy,
  now: number,
): MemberState | undefined {
  if (signal.condition === 'firing') {
    return fire(previous, signal, policy, now);
  }
  if (previous === undefined) {
    return undefined;
  }
  const seen: MemberState = { ...previous, condition: signal.condition, signalledAt: signal.at };
  if (signal.condition === 'unknown') {
    // No evidence either way: nothing joins, nothing leaves, and the ok time has to start again.
    return { ...seen, okSince: null };
  }
  switch (previous.phase) {
    case 'pending':
      return undefined;
    case 'left':
      return seen;
    case 'firing':
    case 'dismissed': {
      const okSince = previous.okSince ?? now;
      return now - okSince >= policy.keepFiringMs
        ? { ...seen, phase: 'left', okSince: null, leftAt: now, suppressed: null }
        : { ...seen, okSince };
    }
  }
}

function fire(
  previous: MemberState | undefined,
  signal: Signal,
  policy: AlertPolicy,
  now: number,
): MemberState {
  const said = {
    kind: signal.kind,
    rule: signal.rule,
    tier: signal.tier,
    severity: signal.severity,
    ownSeverity: signal.severity,
    aspect: signal.aspect,
    raisedBy: [...signal.raisedBy],
    labels: { ...signal.labels },
    owner: signal.owner,
    runbook: signal.runbook,
    condition: 'firing' as const,
    okSince: null,
    signalledAt: signal.at,
    summary: signal.summary,
    facts: { ...signal.facts },
    evidence: signal.evidence,
  };
  if (previous?.phase === 'dismissed' && now - (previous.leftAt ?? now) < DISMISSED_MS) {
    return { ...previous, ...said };
  }
  const continues = previous !== undefined && (previous.phase === 'pending' || previous.phase === 'firing');
  const since = continues ? previous.since : now;
  const joined = (continues && previous.phase === 'firing') || now - since >= policy.holdMs;
  return {
    ...said,
    phase: joined ? 'firing' : 'pending',
    suppressed: continues ? previous.suppressed : null,
    since,
    leftAt: null,
  };
}
