import { DEFAULT_POLICIES, type AlertPolicy } from './policy.js';
import { compareSeverity, type Severity } from './severity.js';
import type { Aspect, Signal, SignalCondition, SignalEvidence } from './signal.js';
import type { Suppression } from './suppression/suppression.js';

/** One rule (or one tier of an SLO) inside an incident. JSON-serialisable. */
export interface MemberState {
  readonly kind: string;
  readonly rule: string;
  readonly tier: string;
  /**
   * What it fires with now: its own severity, or that to which other members raise it. Of one that is `dismissed`: what
   * was seen when it was.
   */
  readonly severity: Severity;
  /** What its rule says. It rises at once and falls late, see {@link lowerSince}. */
  readonly ownSeverity: Severity;
  /**
   * Start of the uninterrupted signals that said less than `ownSeverity`, ms; `null` when the last one said as much.
   * Absent in what earlier versions stored.
   */
  readonly lowerSince?: number | null;
  /**
   * How long it has to say less before `ownSeverity` falls, ms: the keep-firing time of the rule at that severity. Absent
   * in what earlier versions stored: the usual time.
   */
  readonly keepSeverityMs?: number;
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
    // No evidence either way: nothing joins, leaves or falls, and the times to wait for that have to start again.
    return { ...seen, okSince: null, lowerSince: null };
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
        ? { ...seen, phase: 'left', okSince: null, lowerSince: null, leftAt: now, suppressed: null }
        : { ...seen, okSince, lowerSince: previous.lowerSince ?? now };
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
    lowerSince: null,
    keepSeverityMs: policy.keepFiringMs,
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
  if (previous !== undefined && staysDismissed(previous, signal.severity, now)) {
    return { ...previous, ...said, severity: previous.severity };
  }
  const continues = previous !== undefined && (previous.phase === 'pending' || previous.phase === 'firing');
  const since = continues ? previous.since : now;
  const joined = (continues && previous.phase === 'firing') || now - since >= policy.holdMs;
  return {
    ...said,
    ...(previous?.phase === 'firing' ? keptSeverity(previous, signal.severity, now) : {}),
    phase: joined ? 'firing' : 'pending',
    suppressed: continues ? previous.suppressed : null,
    since,
    leftAt: null,
  };
}

/** Whoever dismissed a ticket has not seen the page that it becomes. */
function staysDismissed(previous: MemberState, severity: Severity, now: number): boolean {
  return (
    previous.phase === 'dismissed' &&
    now - (previous.leftAt ?? now) < DISMISSED_MS &&
    compareSeverity(severity, previous.severity) <= 0
  );
}

/**
 * What a firing member keeps of its severity when its rule says less: the page of a rule that swings between page and
 * ticket is one page, as that of a rule that swings between page and ok.
 */
function keptSeverity(previous: MemberState, said: Severity, now: number): Partial<MemberState> {
  const { ownSeverity } = previous;
  if (compareSeverity(said, ownSeverity) >= 0) {
    return {};
  }
  const lowerSince = previous.lowerSince ?? now;
  const keepSeverityMs = previous.keepSeverityMs ?? DEFAULT_POLICIES[ownSeverity].keepFiringMs;
  return now - lowerSince >= keepSeverityMs
    ? {}
    : { severity: ownSeverity, ownSeverity, lowerSince, keepSeverityMs };
}
