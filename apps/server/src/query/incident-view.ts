import {
  readIncidentState,
  type IncidentComment,
  type IncidentState,
  type IntentReason,
  type MemberState,
  type NotificationIntent,
  type SignalEvidence,
  type Suppression,
} from '@tidewatch/alerts';
import type { IncidentEventRow, NotificationEventRow } from '@tidewatch/store';

/** One message of an incident and how far it got. */
export interface NotificationView {
  readonly id: string;
  readonly receiver: string;
  readonly channel: string;
  readonly action: string;
  /** Why it was to be sent. */
  readonly why: IntentReason;
  readonly severity: string;
  /** Why this receiver, one line per decision of the routing table. */
  readonly explanation: readonly string[];
  readonly outcome: 'pending' | 'started' | 'delivered' | 'retry' | 'rejected' | 'superseded' | 'replayed';
  readonly dueAt: number;
  /** Of the newest attempt, and of the first. */
  readonly at: number | null;
  readonly firstAttemptAt: number | null;
  readonly deliveredAt: number | null;
  readonly attempts: number;
  /** Of the newest attempt; empty when it was delivered. */
  readonly reason: string;
}

/** One rule in an incident. */
export interface IncidentMemberView {
  readonly name: string;
  readonly severity: string;
  readonly ownSeverity: string;
  readonly phase: MemberState['phase'];
  readonly condition: string;
  readonly aspect: string;
  readonly summary: string;
  readonly since: number;
  readonly owner: string;
  readonly runbook: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly evidence: SignalEvidence;
  readonly suppressed: Suppression | null;
}

/** One incident as the console shows it. */
export interface IncidentView {
  readonly id: string;
  readonly status: string;
  readonly severity: string;
  readonly summary: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly generation: number;
  readonly sequence: number;
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string;
  readonly deploymentId: string;
  readonly acknowledged: { readonly by: string; readonly at: number } | null;
  readonly assignee: string;
  readonly comments: readonly IncidentComment[];
  readonly marker: '' | 'drill';
  /** Receivers that know of it. */
  readonly opened: readonly {
    readonly receiver: string;
    readonly severity: string;
    readonly openedAt: number;
  }[];
  readonly members: readonly IncidentMemberView[];
  readonly notifications: readonly NotificationView[];
}

/** One change in the history of an incident. */
export interface IncidentChangeView {
  readonly sequence: number;
  readonly at: number;
  readonly kind: string;
  readonly severity: string;
  readonly summary: string;
  readonly member: string;
  readonly by: string;
  readonly text: string;
  /** Receivers that were told with it. */
  readonly told: readonly { readonly receiver: string; readonly action: string; readonly why: string }[];
}

/**
 * One incident with its messages.
 *
 * @param state the newest one that is known
 * @param events changes of this incident; others are passed over
 */
export function incidentView(
  state: IncidentState,
  events: readonly IncidentEventRow[],
  attempts: readonly NotificationEventRow[],
): IncidentView {
  const own = attempts.filter(({ incidentId }) => incidentId === state.id);
  const notifications = events
    .filter(({ incidentId }) => incidentId === state.id)
    .flatMap(({ intents }) => storedIntents(intents))
    .map((intent) => notificationView(intent, own));
  return {
    id: state.id,
    status: state.status,
    severity: state.severity,
    summary: state.summary,
    service: state.key.service,
    region: state.key.region,
    model: state.key.model,
    generation: state.generation,
    sequence: state.sequence,
    openedAt: state.openedAt,
    updatedAt: state.updatedAt,
    resolvedAt: state.resolvedAt,
    resolvedBy: state.resolvedBy,
    deploymentId: state.deploymentId,
    acknowledged: state.acknowledged,
    assignee: state.assignee,
    comments: state.comments,
    marker: state.marker,
    opened: state.opened.map(({ receiver, severity, openedAt }) => ({ receiver, severity, openedAt })),
    members: Object.entries(state.members).map(([name, member]) => memberView(name, member)),
    notifications,
  };
}

/** The state in a stored change. */
export function stateOfRow(row: IncidentEventRow): IncidentState {
  return readIncidentState(row.state);
}

/** One stored change for people. */
export function changeView(row: IncidentEventRow): IncidentChangeView {
  return {
    sequence: row.sequence,
    at: row.at,
    kind: row.kind,
    severity: row.severity,
    summary: row.summary,
    member: row.member,
    by: row.actor,
    text: row.detail,
    told: storedIntents(row.intents).map(({ receiver, action, reason }) => ({
      receiver,
      action,
      why: reason,
    })),
  };
}

function memberView(name: string, member: MemberState): IncidentMemberView {
  return {
    name,
    severity: member.severity,
    ownSeverity: member.ownSeverity,
    phase: member.phase,
    condition: member.condition,
    aspect: member.aspect,
    summary: member.summary,
    since: member.since,
    owner: member.owner,
    runbook: member.runbook,
    facts: member.facts,
    evidence: member.evidence,
    suppressed: member.suppressed,
  };
}

function storedIntents(text: string): NotificationIntent[] {
  return text === '[]' ? [] : (JSON.parse(text) as NotificationIntent[]);
}

function notificationView(
  intent: NotificationIntent,
  attempts: readonly NotificationEventRow[],
): NotificationView {
  const made = attempts.filter((attempt) => attempt.intentId === intent.id);
  const last = made.reduce<NotificationEventRow | undefined>(
    (latest, attempt) => (latest === undefined || attempt.attempt > latest.attempt ? attempt : latest),
    undefined,
  );
  const delivered = made.find(({ outcome }) => outcome === 'delivered');
  return {
    id: intent.id,
    receiver: intent.receiver,
    channel: last?.channel ?? '',
    action: intent.action,
    why: intent.reason ?? 'opened',
    severity: intent.severity,
    explanation: intent.explanation ?? [],
    outcome: last === undefined ? 'pending' : (last.outcome as NotificationView['outcome']),
    dueAt: intent.notBefore,
    at: last?.at ?? null,
    firstAttemptAt: made.length === 0 ? null : Math.min(...made.map(({ at }) => at)),
    deliveredAt: delivered === undefined ? null : delivered.at + delivered.latencyMs,
    attempts: made.length,
    reason: last?.reason ?? '',
  };
}
