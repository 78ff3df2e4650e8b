import type { IncidentState } from './incident.js';
import type { MemberState } from './member.js';
import { compareSeverity, maxSeverity, type Severity } from './severity.js';

/** The members of an incident by name. */
export type Members = Readonly<Record<string, MemberState>>;

/** What the members add up to. */
export interface Standing {
  readonly severity: Severity;
  readonly summary: string;
}

/** Members that keep an incident open. */
export function firingMembers(members: Members): [name: string, member: MemberState][] {
  return Object.entries(members).filter(([, member]) => member.phase === 'firing');
}

/** The member of this name; names such as `constructor` are names like any other. */
export function memberOf(members: Members, name: string): MemberState | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** The members with one of them put in the place of the one of its name, or taken out. */
export function withMember(members: Members, name: string, member: MemberState | undefined): Members {
  const others = Object.entries(members).filter(([other]) => other !== name);
  return Object.fromEntries(member === undefined ? others : [...others, [name, member]]);
}

/**
 * Drift alone is a ticket. Together with a change of the output or the accuracy it is a page where its rule says so:
 * `raisedBy` names the aspects that have to fire beside it.
 *
 * It becomes one when both were seen firing at their last look: an output that is well again and waits for its keep-firing
 * time, or of which nothing can be told, says nothing about a drift that comes now. It stays one as long as both are
 * members that fire, so that it does not flap.
 *
 * @param before the members before the signal
 */
export function raiseTogether(members: Members, before: Members, now: number): Members {
  const firing = firingMembers(members);
  const entries = Object.entries(members).map(([name, member]): [string, MemberState] => {
    const beside = firing.filter(([other, { aspect }]) => other !== name && member.raisedBy.includes(aspect));
    const begins =
      member.condition === 'firing' && beside.some(([, { condition }]) => condition === 'firing');
    if (member.phase === 'dismissed') {
      const rises = begins && compareSeverity('page', member.severity) > 0;
      return [name, rises ? heardAgain(member, 'page', now) : member];
    }
    const goesOn = beside.length > 0 && isRaised(memberOf(before, name));
    const severity = member.phase === 'firing' && (begins || goesOn) ? 'page' : member.ownSeverity;
    return [name, severity === member.severity ? member : { ...member, severity }];
  });
  return Object.fromEntries(entries);
}

function isRaised(member: MemberState | undefined): boolean {
  return member?.phase === 'firing' && compareSeverity(member.severity, member.ownSeverity) > 0;
}

/** A dismissed member that is more severe than what was seen: an episode of its own. */
function heardAgain(member: MemberState, severity: Severity, now: number): MemberState {
  return { ...member, phase: 'firing', severity, since: now, leftAt: null, suppressed: null };
}

/**
 * How the severities of members that fire before and after have moved: positive when one rose, negative when one fell and
 * none rose.
 */
export function severityMove(before: Members, after: Members): number {
  const moves = firingMembers(after).map(([name, member]) => {
    const previous = memberOf(before, name);
    return previous?.phase === 'firing' ? compareSeverity(member.severity, previous.severity) : 0;
  });
  return moves.some((move) => move > 0) ? 1 : Math.min(0, ...moves);
}

/**
 * A stored incident as the process that takes it over has to see it. Only changes are stored: a member may have fired again
 * after the ok signals of its row, and nobody looked while the process was down. All that it has waited for in order to
 * leave or to fall has to be seen again.
 */
export function withoutWaits(state: IncidentState): IncidentState {
  const entries = Object.entries(state.members).map(([name, member]): [string, MemberState] => [
    name,
    member.phase === 'firing' || member.phase === 'dismissed'
      ? { ...member, okSince: null, lowerSince: null }
      : member,
  ]);
  return { ...state, members: Object.fromEntries(entries) };
}

/** Severity and headline of the members that fire; when none does, of those that wait. */
export function standingOf(members: Members, fallback: Standing, raisedTo: Severity | null): Standing {
  const firing = firingMembers(members).map(([, member]) => member);
  const speaking =
    firing.length > 0 ? firing : Object.values(members).filter(({ phase }) => phase === 'pending');
  const severity = maxSeverity(speaking.map((member) => member.severity)) ?? fallback.severity;
  const leader = leaderOf(speaking);
  const more = speaking.length - 1;
  const summary =
    leader === undefined
      ? fallback.summary
      : more === 0
        ? leader.summary
        : `${leader.summary} (+${more} more)`;
  const raised = raisedTo !== null && compareSeverity(raisedTo, severity) > 0;
  return { severity: raised ? raisedTo : severity, summary };
}

/** The longest-firing member of the highest severity leads, so that the headline does not jump between members. */
function leaderOf(members: readonly MemberState[]): MemberState | undefined {
  return members.reduce<MemberState | undefined>((first, member) => {
    const order = first === undefined ? 1 : compareSeverity(member.severity, first.severity);
    return first === undefined || order > 0 || (order === 0 && member.since < first.since) ? member : first;
  }, undefined);
}
