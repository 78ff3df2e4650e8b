import type { AlertPolicy } from './policy.js';
import type { Severity } from './severity.js';
import type { Signal, SignalCondition } from './signal.js';

/** One rule (or one tier of an SLO) inside an incident. JSON-serialisable. */
export interface MemberState {
  readonly kind: string;
  readonly rule: string;
  readonly tier: string;
  readonly severity: Severity;
  readonly owner: string;
  readonly runbook: string;
  /**
   * `pending`: fires, but not yet for its hold time. `firing`: keeps the incident open, also while it is seen ok but
   * not yet for its keep-firing time. `left`: has cleared; kept so that a resolved incident still says what it was.
   */
  readonly phase: 'pending' | 'firing' | 'left';
  /** What the latest signal said. */
  readonly condition: SignalCondition;
  /** When it began to fire (hold time included), ms. */
  readonly since: number;
  /** Start of the uninterrupted ok signals seen while still `firing`, ms; `null` when the last one was not ok. */
  readonly okSince: number | null;
  /** When it left, ms; `null` before. */
  readonly leftAt: number | null;
  /** `at` of the latest signal, ms. */
  readonly signalledAt: number;
  /** Sentence and numbers of the latest firing signal: a later "all is well" must not overwrite what was wrong. */
  readonly summary: string;
  readonly facts: Readonly<Record<string, string>>;
}

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
    case 'firing': {
      const okSince = previous.okSince ?? now;
      return now - okSince >= policy.keepFiringMs
        ? { ...seen, phase: 'left', okSince: null, leftAt: now }
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
  const continues = previous !== undefined && previous.phase !== 'left';
  const since = continues ? previous.since : now;
  const joined = (continues && previous.phase === 'firing') || now - since >= policy.holdMs;
  return {
    kind: signal.kind,
    rule: signal.rule,
    tier: signal.tier,
    severity: signal.severity,
    owner: signal.owner,
    runbook: signal.runbook,
    phase: joined ? 'firing' : 'pending',
    condition: 'firing',
    since,
    okSince: null,
    leftAt: null,
    signalledAt: signal.at,
    summary: signal.summary,
    facts: { ...signal.facts },
  };
}
