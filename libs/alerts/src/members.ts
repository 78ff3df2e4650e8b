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
 * Drift alone is a ticket. Together with a change of the output or the accuracy, both firing now, it is a page where its
 * rule says so: `raisedBy` names the aspects that have to fire beside it.
 */
export function raiseTogether(members: Members): Members {
  const firing = firingMembers(members);
  const entries = Object.entries(members).map(([name, member]): [string, MemberState] => {
    const raised =
      member.phase === 'firing' &&
      firing.some(([other, { aspect }]) => other !== name && member.raisedBy.includes(aspect));
    const severity = raised ? 'page' : member.ownSeverity;
    return [name, severity === member.severity ? member : { ...member, severity }];
  });
  return Object.fromEntries(entries);
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
