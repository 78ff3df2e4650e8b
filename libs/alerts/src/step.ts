import { AppError } from '@tidewatch/core';
import { incidentId, incidentKeyText } from './incident-key.js';
import { stepMember, type MemberState } from './member.js';
import type { IncidentChange, IncidentChangeKind, IncidentState } from './incident.js';
import type { AlertPolicy } from './policy.js';
import { compareSeverity, maxSeverity } from './severity.js';
import type { Signal } from './signal.js';

/** The incident after a signal, and what that signal changed: no change or exactly one. */
export interface StepResult {
  /** `null` when there is nothing to remember about the key. */
  readonly state: IncidentState | null;
  readonly changes: readonly IncidentChange[];
}

type Members = Readonly<Record<string, MemberState>>;

/**
 * Moves the incident of one key along by one signal. Pure: the same arguments give the same result.
 *
 * An `unknown` signal never resolves anything. A signal older than the latest one of the same member is ignored, so
 * that re-evaluating an old window cannot raise or clear an alert. A rule that no longer exists must be said `ok` for
 * (with a `keepFiringMs` of 0), otherwise its last word stands.
 *
 * @param previous the newest state of the key, also a resolved one: it carries the generation
 * @param policy the policy of the rule that sends `signal`
 * @param now ms; decides hold, keep-firing and re-open times
 * @throws AppError `alerts.wrong-incident` when `previous` is about another key
 */
export function step(
  previous: IncidentState | null,
  signal: Signal,
  policy: AlertPolicy,
  now: number,
): StepResult {
  if (previous !== null && incidentKeyText(previous.key) !== incidentKeyText(signal.key)) {
    throw new AppError({
      code: 'alerts.wrong-incident',
      message: `A signal of ${incidentKeyText(signal.key)} was applied to an incident of ${incidentKeyText(previous.key)}.`,
    });
  }
  const before = memberOf(previous, signal.member);
  if (before !== undefined && signal.at < before.signalledAt) {
    return { state: previous, changes: [] };
  }
  const after = stepMember(before, signal, policy, now);
  if (before === undefined && after === undefined) {
    return { state: previous, changes: [] };
  }
  const members = withMember(previous?.members ?? {}, signal.member, after);
  if (previous === null || previous.status === 'pending') {
    return stepUnopened(previous, members, signal, now);
  }
  return previous.status === 'resolved'
    ? stepResolved(previous, members, signal, policy, now)
    : stepOpen(previous, members, signal, now);
}

function stepUnopened(
  previous: IncidentState | null,
  members: Members,
  signal: Signal,
  now: number,
): StepResult {
  if (Object.keys(members).length === 0) {
    return { state: null, changes: [] };
  }
  const pending = previous ?? firstState(signal, 1, now);
  const state: IncidentState = { ...pending, members, ...describe(members, pending) };
  return firingCount(members) === 0
    ? { state, changes: [] }
    : change(
        'opened',
        { ...state, status: 'open', openedAt: now, deploymentId: signal.deploymentId },
        signal,
        now,
      );
}

function stepResolved(
  previous: IncidentState,
  members: Members,
  signal: Signal,
  policy: AlertPolicy,
  now: number,
): StepResult {
  if (firingCount(members) === 0) {
    return { state: { ...previous, members }, changes: [] };
  }
  if (now - (previous.resolvedAt ?? previous.updatedAt) <= policy.reopenWithinMs) {
    const state: IncidentState = {
      ...previous,
      members,
      status: 'open',
      resolvedAt: null,
      ...describe(members, previous),
    };
    return change('reopened', state, signal, now);
  }
  const current = Object.fromEntries(Object.entries(members).filter(([, member]) => member.phase !== 'left'));
  const next = firstState(signal, previous.generation + 1, now);
  return change(
    'opened',
    { ...next, status: 'open', members: current, ...describe(current, next) },
    signal,
    now,
  );
}

function stepOpen(previous: IncidentState, members: Members, signal: Signal, now: number): StepResult {
  const count = firingCount(members);
  if (count === 0) {
    const resolved: IncidentState = { ...previous, members, status: 'resolved', resolvedAt: now };
    return change('resolved', { ...resolved, resolvedSequence: previous.sequence + 1 }, signal, now);
  }
  const state: IncidentState = { ...previous, members, ...describe(members, previous) };
  if (compareSeverity(state.severity, previous.severity) > 0) {
    return change('escalated', state, signal, now);
  }
  const grown = count - firingCount(previous.members);
  if (grown === 0) {
    return { state, changes: [] };
  }
  return change(grown > 0 ? 'joined' : 'left', state, signal, now);
}

function firstState(signal: Signal, generation: number, now: number): IncidentState {
  return {
    id: incidentId(signal.key, generation),
    key: { ...signal.key },
    generation,
    sequence: 0,
    status: 'pending',
    severity: signal.severity,
    openedAt: now,
    updatedAt: now,
    resolvedAt: null,
    resolvedSequence: 0,
    deploymentId: signal.deploymentId,
    members: {},
    opened: [],
    summary: signal.summary,
  };
}

function change(kind: IncidentChangeKind, state: IncidentState, signal: Signal, now: number): StepResult {
  const sequence = state.sequence + 1;
  return {
    state: { ...state, sequence, updatedAt: now },
    changes: [
      { kind, incidentId: state.id, sequence, at: now, member: signal.member, severity: state.severity },
    ],
  };
}

/** Severity and headline of the members that fire; of a pending incident, of those that wait. */
function describe(members: Members, fallback: IncidentState): Pick<IncidentState, 'severity' | 'summary'> {
  const phase = firingCount(members) > 0 ? 'firing' : 'pending';
  const speaking = Object.values(members).filter((member) => member.phase === phase);
  const severity = maxSeverity(speaking.map((member) => member.severity)) ?? fallback.severity;
  // The longest-firing member of the highest severity leads, so that the headline does not jump between members.
  const leader = speaking
    .filter((member) => member.severity === severity)
    .reduce<MemberState | undefined>(
      (first, member) => (first && first.since <= member.since ? first : member),
      undefined,
    );
  const more = speaking.length - 1;
  return {
    severity,
    summary:
      leader === undefined
        ? fallback.summary
        : more === 0
          ? leader.summary
          : `${leader.summary} (+${more} more)`,
  };
}

function firingCount(members: Members): number {
  return Object.values(members).filter((member) => member.phase === 'firing').length;
}

function memberOf(state: IncidentState | null, name: string): MemberState | undefined {
  return state !== null && Object.hasOwn(state.members, name) ? state.members[name] : undefined;
}

function withMember(members: Members, name: string, member: MemberState | undefined): Members {
  const others = Object.entries(members).filter(([other]) => other !== name);
  return Object.fromEntries(member === undefined ? others : [...others, [name, member]]);
}
