import { compareSeverity, type IncidentState, type MemberState } from '@tidewatch/alerts';

/**
 * The members that a message speaks of, the leading one first: most severe, then oldest.
 *
 * Of an open incident those that fire and may speak. One that is suppressed is nobody's business here, and one that has
 * cleared is history; when nothing else is left, what has cleared still says what the incident is about. A resolve
 * names all that took part and were not kept quiet.
 */
export function shownMembers(incident: IncidentState, resolved: boolean): [name: string, MemberState][] {
  const spoken = Object.entries(incident.members)
    .filter(([, member]) => member.phase !== 'pending' && member.suppressed === null)
    .sort(
      ([, left], [, right]) => compareSeverity(right.severity, left.severity) || left.since - right.since,
    );
  const firing = spoken.filter(([, member]) => member.phase === 'firing');
  return resolved || firing.length === 0 ? spoken : firing;
}
