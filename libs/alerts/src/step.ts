import { AppError } from '@tidewatch/core';
import { incidentId, incidentKeyText } from './incident-key.js';
import { DISMISSED_MS, stepMember, type MemberState } from './member.js';
import {
  firingMembers,
  memberOf,
  raiseTogether,
  severityMove,
  standingOf,
  withMember,
  type Members,
} from './members.js';
import type { IncidentChange, IncidentChangeKind, IncidentState } from './incident.js';
import type { AlertPolicy } from './policy.js';
import { compareSeverity } from './severity.js';
import { DRILL_KIND, type Signal } from './signal.js';

/** The incident after a signal, and what that signal changed: no change or exactly one. */
export interface StepResult {
  /** `null` when there is nothing to remember about the key. */
  readonly state: IncidentState | null;
  readonly changes: readonly IncidentChange[];
}

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
  const known = previous?.members ?? {};
  const before = memberOf(known, signal.member);
  if (before !== undefined && signal.at < before.signalledAt) {
    return { state: previous, changes: [] };
  }
  const after = stepMember(before, signal, policy, now);
  if (before === undefined && after === undefined) {
    return { state: previous, changes: [] };
  }
  const heard = after === undefined ? after : dismissedWithItsRule(previous, after, now);
  const members = raiseTogether(withMember(known, signal.member, heard), known, now);
  if (previous === null || previous.status === 'pending') {
    return stepUnopened(previous, members, signal, now);
  }
  return previous.status === 'resolved'
    ? stepResolved(previous, members, signal, policy, now)
    : stepOpen(previous, members, signal, now);
}

/**
 * A person who resolves an incident by hand has seen its rules: another tier of one of them that begins to fire after
 * that is as dismissed as the rest, unless it is more severe than what was seen. Another group of the rule (its labels
 * differ) is another matter, which nobody has seen.
 */
function dismissedWithItsRule(previous: IncidentState | null, member: MemberState, now: number): MemberState {
  if (previous?.status !== 'resolved' || member.phase !== 'firing') {
    return member;
  }
  const seen = Object.values(previous.members).find(
    ({ phase, kind, rule, labels, severity, leftAt }) =>
      phase === 'dismissed' &&
      kind === member.kind &&
      rule === member.rule &&
      sameLabels(labels, member.labels) &&
      compareSeverity(severity, member.severity) >= 0 &&
      now - (leftAt ?? now) < DISMISSED_MS,
  );
  return seen === undefined ? member : { ...member, phase: 'dismissed', leftAt: seen.leftAt };
}

function sameLabels(left: MemberState['labels'], right: MemberState['labels']): boolean {
  const entries = Object.entries(left);
  return (
    entries.length === Object.keys(right).length &&
    entries.every(([label, value]) => Object.hasOwn(right, label) && right[label] === value)
  );
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
  const state: IncidentState = { ...pending, members, ...standingOf(members, pending, null) };
  return firingMembers(members).length === 0
    ? { state, changes: [] }
    : changed(
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
  if (firingMembers(members).length === 0) {
    return { state: { ...previous, members }, changes: [] };
  }
  if (now - (previous.resolvedAt ?? previous.updatedAt) <= policy.reopenWithinMs) {
    const state: IncidentState = {
      ...previous,
      members,
      status: 'open',
      resolvedAt: null,
      resolvedBy: '',
      // Whoever took the last one on does not know that it is back.
      acknowledged: null,
      ...standingOf(members, previous, null),
    };
    return changed('reopened', state, signal, now);
  }
  const current = Object.fromEntries(Object.entries(members).filter(([, member]) => member.phase !== 'left'));
  const next = firstState(signal, previous.generation + 1, now);
  return changed(
    'opened',
    { ...next, status: 'open', members: current, ...standingOf(current, next, null) },
    signal,
    now,
  );
}

function stepOpen(previous: IncidentState, members: Members, signal: Signal, now: number): StepResult {
  const count = firingMembers(members).length;
  if (count === 0) {
    const resolved: IncidentState = { ...previous, members, status: 'resolved', resolvedAt: now };
    return changed('resolved', { ...resolved, resolvedSequence: previous.sequence + 1 }, signal, now);
  }
  const state: IncidentState = {
    ...previous,
    members,
    ...standingOf(members, previous, previous.raisedTo),
  };
  const rise = compareSeverity(state.severity, previous.severity);
  if (rise > 0) {
    // A page is news to whoever took on a ticket.
    return changed('escalated', { ...state, acknowledged: null }, signal, now);
  }
  if (rise < 0) {
    return changed('deescalated', state, signal, now);
  }
  // A member that becomes a page beside another page, or beside one that is kept quiet, has routes of its own.
  const grown = count - firingMembers(previous.members).length || severityMove(previous.members, members);
  if (grown === 0) {
    return { state, changes: [] };
  }
  return changed(grown > 0 ? 'joined' : 'left', state, signal, now);
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
    resolvedBy: '',
    deploymentId: signal.deploymentId,
    members: {},
    opened: [],
    escalations: [],
    raisedTo: null,
    acknowledged: null,
    assignee: '',
    comments: [],
    summary: signal.summary,
    marker: signal.kind === DRILL_KIND ? 'drill' : '',
  };
}

function changed(kind: IncidentChangeKind, state: IncidentState, signal: Signal, now: number): StepResult {
  const sequence = state.sequence + 1;
  return {
    state: { ...state, sequence, updatedAt: now },
    changes: [
      {
        kind,
        incidentId: state.id,
        sequence,
        at: now,
        member: signal.member,
        severity: state.severity,
        by: '',
        text: '',
      },
    ],
  };
}
