import type { IncidentChange, IncidentChangeKind, IncidentCommand, IncidentState } from './incident.js';
import type { MemberState } from './member.js';
import type { StepResult } from './step.js';

const MOST_COMMENTS = 50;
const LONGEST_TEXT = 2_000;

/**
 * What a person does to an open incident. What changes nothing (a second acknowledgement, a resolve of what has
 * resolved) is no change.
 *
 * A resolve by hand dismisses every member that fires: it is heard again once it has been ok, or after an hour.
 */
export function applyCommand(state: IncidentState, command: IncidentCommand, now: number): StepResult {
  const by = clean(command.by, 200) || 'somebody';
  const text = clean(command.text, LONGEST_TEXT);
  if (command.kind === 'comment') {
    return text === ''
      ? unchanged(state)
      : changed('commented', withComment(state, by, text, now), { by, text }, now);
  }
  if (state.status !== 'open') {
    return unchanged(state);
  }
  const remarked = text === '' ? state : withComment(state, by, text, now);
  switch (command.kind) {
    case 'acknowledge':
      return state.acknowledged !== null
        ? unchanged(state)
        : changed('acknowledged', { ...remarked, acknowledged: { by, at: now } }, { by, text }, now);
    case 'unacknowledge':
      return state.acknowledged === null
        ? unchanged(state)
        : changed('unacknowledged', { ...remarked, acknowledged: null }, { by, text }, now);
    case 'assign':
      return state.assignee === text
        ? unchanged(state)
        : changed('assigned', { ...state, assignee: text.slice(0, 200) }, { by, text }, now);
    case 'resolve':
      return changed('resolved', resolvedByHand(remarked, by, now), { by, text }, now);
  }
}

function resolvedByHand(state: IncidentState, by: string, now: number): IncidentState {
  const members = Object.entries(state.members).map(([name, member]): [string, MemberState] => [
    name,
    member.phase === 'firing'
      ? { ...member, phase: 'dismissed', leftAt: now, okSince: null, suppressed: null }
      : member,
  ]);
  return {
    ...state,
    members: Object.fromEntries(members),
    status: 'resolved',
    resolvedAt: now,
    resolvedSequence: state.sequence + 1,
    resolvedBy: by,
  };
}

function withComment(state: IncidentState, by: string, text: string, at: number): IncidentState {
  return { ...state, comments: [...state.comments, { at, by, text }].slice(-MOST_COMMENTS) };
}

function unchanged(state: IncidentState): StepResult {
  return { state, changes: [] };
}

function changed(
  kind: IncidentChangeKind,
  state: IncidentState,
  said: { readonly by: string; readonly text: string },
  now: number,
): StepResult {
  const sequence = state.sequence + 1;
  const change: IncidentChange = {
    kind,
    incidentId: state.id,
    sequence,
    at: now,
    member: '',
    severity: state.severity,
    ...said,
  };
  return { state: { ...state, sequence, updatedAt: now }, changes: [change] };
}

/** Texts of people come from chat and tickets: control characters do not belong into a stored line. */
function clean(text: string, limit: number): string {
  return text
    .replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
    .trim()
    .slice(0, limit);
}
