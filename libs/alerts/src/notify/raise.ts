import type { IncidentState } from '../incident.js';
import type { MemberState } from '../member.js';
import { firingMembers, memberOf } from '../members.js';
import { compareSeverity, maxSeverity, type Severity } from '../severity.js';
import type { PlanDraft } from './plan-draft.js';

/** The members that fire and that time has raised. */
function raisedMembers(state: IncidentState): readonly string[] {
  const firing = state.raisedTo === null ? [] : firingMembers(state.members).map(([name]) => name);
  return firing.filter((name) => state.raisedMembers?.includes(name) ?? true);
}

/** The severity under which a member speaks: what it fires with, or what time has raised it to. */
export function severityOf(state: IncidentState, name: string, member: MemberState): Severity {
  const { raisedTo } = state;
  return raisedTo !== null &&
    compareSeverity(raisedTo, member.severity) > 0 &&
    raisedMembers(state).includes(name)
    ? raisedTo
    : member.severity;
}

/** The most severe of the members that fire, also of those that are suppressed: what was opened for it stays open. */
export function firingSeverity(state: IncidentState): Severity | null {
  return (
    maxSeverity(firingMembers(state.members).map(([name, member]) => severityOf(state, name, member))) ?? null
  );
}

/** The loudest of these members that may speak; `null` when none may. */
export function speakingSeverity(state: IncidentState, names: Iterable<string>): Severity | null {
  const severities = [...names].flatMap((name) => {
    const member = memberOf(state.members, name);
    return member === undefined || member.suppressed !== null ? [] : [severityOf(state, name, member)];
  });
  return maxSeverity(severities) ?? null;
}

/**
 * Makes a page of members. A raise is made for the members that lead to the route whose step it is, and ends with them:
 * what joins later speaks for itself.
 */
export function raise(draft: PlanDraft, names: Iterable<string>, why: string): void {
  const { state } = draft;
  const raised: IncidentState = {
    ...state,
    raisedTo: 'page',
    raisedMembers: [...new Set([...raisedMembers(state), ...names])],
    severity: 'page',
    // A page is news to whoever took on a ticket.
    acknowledged: compareSeverity('page', state.severity) > 0 ? null : state.acknowledged,
  };
  draft.state = raised;
  draft.add('raised', why);
}

/** Forgets the members of the raise that have left, and the raise with the last of them. */
export function endRaise(draft: PlanDraft): void {
  const { state } = draft;
  if (state.raisedTo === null) {
    return;
  }
  const names = raisedMembers(state);
  if (names.length > 0) {
    const raised: IncidentState = { ...state, raisedMembers: names };
    draft.state = raised;
    return;
  }
  const own = withoutRaise(state);
  const severity = firingSeverity(own) ?? state.severity;
  draft.state = { ...own, severity };
  if (compareSeverity(severity, state.severity) < 0) {
    draft.add('deescalated', '');
  }
}

/** The incident as its members make it. */
export function withoutRaise(state: IncidentState): IncidentState {
  if (state.raisedTo === null) {
    return state;
  }
  const own: IncidentState = { ...state, raisedTo: null, raisedMembers: [] };
  return own;
}
