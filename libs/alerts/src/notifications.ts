import { createHash } from 'node:crypto';
import type { IncidentChange, IncidentState, OpenedReceiver } from './incident.js';
import { findRoute, type Routing } from './routing.js';
import { compareSeverity, type Severity } from './severity.js';

/** One message that has to reach one receiver. Stored with the change that asks for it. JSON-serialisable. */
export interface NotificationIntent {
  /** `<incident>:<sequence>:<receiver>`: the same for every attempt. */
  readonly id: string;
  readonly incidentId: string;
  readonly sequence: number;
  readonly receiver: string;
  readonly action: 'trigger' | 'resolve';
  /** How urgent the message is. A resolve carries the severity that its trigger had. */
  readonly severity: Severity;
  /** Names the external object (a PagerDuty alert) that a trigger opens and a resolve closes. 64 hex digits. */
  readonly dedupKey: string;
  /** Not to be sent before this time, ms. */
  readonly notBefore: number;
}

/** The messages that a change asks for, and the incident that remembers having asked. */
export interface NotificationPlan {
  readonly intents: readonly NotificationIntent[];
  readonly state: IncidentState;
}

/** Names one external object per (incident, receiver): SHA-256, 64 hexadecimal digits. */
export function dedupKey(incidentId: string, receiver: string): string {
  return createHash('sha256').update(`${incidentId}\n${receiver}`).digest('hex');
}

/**
 * Which messages `change` makes.
 *
 * - `opened`, `reopened` and `escalated` trigger the receiver of the first matching route, unless that receiver
 *   already has a trigger of the same or a higher severity. So an outage sends at most one page and one ticket.
 * - `resolved` closes every receiver that was triggered, whatever the routes say by now, except those whose trigger
 *   was still waiting: they never heard of the incident.
 * - `joined` and `left` make none. A page whose page members have cleared stays until the whole incident resolves.
 *
 * A re-opened incident triggers again under the same deduplication key: PagerDuty opens a new alert for a key that was
 * resolved, and adds to the alert that is still open when the resolve never arrived.
 *
 * @param state the state that came with `change`; the returned one is what must be stored, in the same row
 */
export function planNotifications(
  change: IncidentChange,
  state: IncidentState,
  routing: Routing,
): NotificationPlan {
  switch (change.kind) {
    case 'opened':
    case 'escalated':
    case 'reopened':
      return planTrigger(change, state, routing);
    case 'resolved':
      return planResolves(change, state);
    case 'joined':
    case 'left':
      return { intents: [], state };
  }
}

/**
 * Whether `intent` must not be sent any more: a trigger of an incident that has resolved, or an intent that a later
 * trigger of the same receiver supersedes.
 *
 * @param state the newest state of the incident's key, also when that is already a later generation
 */
export function isObsolete(intent: NotificationIntent, state: IncidentState): boolean {
  if (intent.incidentId !== state.id) {
    // A later generation exists, so this incident has resolved: its triggers are too late, its resolves still due.
    return intent.action === 'trigger';
  }
  if (
    intent.action === 'trigger' &&
    (state.status === 'resolved' || intent.sequence <= state.resolvedSequence)
  ) {
    return true;
  }
  return state.opened.some(
    (opened) => opened.receiver === intent.receiver && opened.sequence > intent.sequence,
  );
}

function planTrigger(change: IncidentChange, state: IncidentState, routing: Routing): NotificationPlan {
  const member = Object.hasOwn(state.members, change.member) ? state.members[change.member] : undefined;
  const route = findRoute(routing, {
    severity: change.severity,
    service: state.key.service,
    region: state.key.region,
    model: state.key.model,
    owner: member?.owner ?? '',
    kind: member?.kind ?? '',
  });
  if (route === undefined) {
    return { intents: [], state };
  }
  const earlier = state.opened.find((opened) => opened.receiver === route.receiver);
  if (earlier !== undefined && compareSeverity(earlier.severity, change.severity) >= 0) {
    return { intents: [], state };
  }
  const notBefore = change.at + route.groupWaitMs;
  const opened: OpenedReceiver = {
    receiver: route.receiver,
    severity: change.severity,
    sequence: change.sequence,
    // An earlier trigger that was already due may have been sent; then the receiver needs a resolve in any case.
    notBefore: earlier !== undefined && earlier.notBefore <= change.at ? earlier.notBefore : notBefore,
  };
  return {
    intents: [{ ...intentOf(change, state, opened, 'trigger'), notBefore }],
    state: { ...state, opened: [...state.opened.filter((other) => other !== earlier), opened] },
  };
}

function planResolves(change: IncidentChange, state: IncidentState): NotificationPlan {
  return {
    intents: state.opened
      .filter((opened) => opened.notBefore <= change.at)
      .map((opened) => ({ ...intentOf(change, state, opened, 'resolve'), notBefore: change.at })),
    state: { ...state, opened: [] },
  };
}

function intentOf(
  change: IncidentChange,
  state: IncidentState,
  opened: OpenedReceiver,
  action: NotificationIntent['action'],
): Omit<NotificationIntent, 'notBefore'> {
  return {
    id: `${state.id}:${change.sequence}:${opened.receiver}`,
    incidentId: state.id,
    sequence: change.sequence,
    receiver: opened.receiver,
    action,
    severity: opened.severity,
    dedupKey: dedupKey(state.id, opened.receiver),
  };
}
