import type { IncidentState } from '../incident.js';
import { memberLabels } from '../labels.js';
import { firingMembers } from '../members.js';
import { matchRoutes } from '../routing/match-routes.js';
import type { RouteMatch } from '../routing/route.js';
import { maxSeverity, type Severity } from '../severity.js';
import type { PlanContext } from './plan-context.js';
import { severityOf } from './raise.js';

/** Somebody who should know of an incident. */
export interface Listener {
  readonly match: RouteMatch;
  /** The members that lead to it, and the path of the route by which each does. */
  readonly members: ReadonlyMap<string, string>;
  /** Since when it has been wanted, ms: the oldest member that leads to it began to fire then. */
  readonly since: number;
  /**
   * Whether one of the members that lead to it was still firing when it was last looked at. Where none was, they only wait
   * for their keep-firing time: who has not been told of them need not be.
   */
  readonly firing: boolean;
}

/** Who should know of an incident as it is now. */
export interface Audience {
  /** The loudest severity that may speak; `null` when every member that fires is suppressed. */
  readonly severity: Severity | null;
  /** By receiver. */
  readonly listeners: ReadonlyMap<string, Listener>;
}

/**
 * Every member that fires and may speak is routed by itself, so that two owners in one incident both hear of it; a
 * receiver that several lead to is told once. Only members of the loudest severity are routed: a page holds back the
 * tickets of its own incident.
 */
export function audienceOf(state: IncidentState, context: PlanContext): Audience {
  const speaking = firingMembers(state.members)
    .filter(([, member]) => member.suppressed === null)
    .map(([name, member]) => ({ name, member, severity: severityOf(state, name, member) }));
  const severity = maxSeverity(speaking.map((each) => each.severity));
  if (severity === undefined) {
    return { severity: null, listeners: new Map() };
  }
  const listeners = new Map<string, Listener>();
  for (const { name, member } of speaking.filter((each) => each.severity === severity)) {
    const labels = memberLabels(state.key, member, severity);
    for (const match of matchRoutes(context.routing, labels, context.receivers)) {
      const known = listeners.get(match.receiver);
      const listener = {
        match,
        members: new Map([[name, match.path]]),
        since: member.since,
        firing: member.condition !== 'ok',
      };
      listeners.set(match.receiver, known === undefined ? listener : together(known, listener));
    }
  }
  return { severity, listeners };
}

/** Two members that lead to one receiver: the one whose wait is over first decides. */
function together(a: Listener, b: Listener): Listener {
  const first = b.since + b.match.groupWaitMs < a.since + a.match.groupWaitMs ? b : a;
  return { ...first, members: new Map([...a.members, ...b.members]), firing: a.firing || b.firing };
}
