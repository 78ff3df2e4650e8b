/** A rule inside an incident, as `GET /api/v1/incidents` shows it. Times in milliseconds since the epoch. */
export interface MemberView {
  readonly name: string;
  readonly severity: string;
  readonly condition: string;
  readonly phase?: string;
  readonly summary: string;
  readonly since: number;
  readonly suppressed?: { readonly reason: string; readonly until: number } | null;
  readonly runbook?: string;
}

/** One message to one receiver. */
export interface NotificationView {
  readonly id: string;
  readonly receiver: string;
  readonly channel: string;
  readonly action: string;
  readonly outcome: string;
  /** Of the latest attempt; `null` before the first. */
  readonly at: number | null;
  readonly attempts: number;
  /** What the latest attempt ran into. */
  readonly reason: string;
  /** Why the message is sent, such as `opened`. */
  readonly why?: string;
  /** Why this receiver, one line per decision. */
  readonly explanation?: readonly string[];
  readonly dueAt?: number | null;
  readonly firstAttemptAt?: number | null;
  readonly deliveredAt?: number | null;
}

/** One incident. */
export interface IncidentView {
  readonly id: string;
  readonly status: string;
  readonly severity: string;
  readonly summary: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly openedAt: number;
  readonly resolvedAt: number | null;
  readonly resolvedBy?: string;
  readonly acknowledged?: { readonly by: string; readonly at: number } | null;
  readonly assignee?: string;
  readonly marker?: string;
  readonly members: readonly MemberView[];
  readonly notifications: readonly NotificationView[];
}

/** One change in the life of an incident. */
export interface IncidentChangeView {
  readonly kind: string;
  readonly at: number;
  readonly severity: string;
  readonly member?: string;
  readonly by?: string;
  readonly text?: string;
}

/** `GET /api/v1/incidents/:id`. */
export interface IncidentAnswer {
  readonly incident: IncidentView;
  readonly history: readonly IncidentChangeView[];
  /** The server's clock, ms. */
  readonly now: number;
}

/** Whom an incident is about: `ranker-api, eu-1, model ranker`. */
export function subjectOf({ service, region, model }: IncidentView): string {
  const parts = [service, region, model === '' ? '' : `model ${model}`].filter((part) => part !== '');
  return parts.length === 0 ? '-' : parts.join(', ');
}

/** Who has an incident, in a few words; `-` for nobody. */
export function standingOf({ acknowledged, assignee, resolvedBy, status }: IncidentView): string {
  const words = [
    status === 'resolved' && resolvedBy ? `resolved by ${resolvedBy}` : '',
    acknowledged ? `acknowledged by ${acknowledged.by}` : '',
    assignee ? `assigned to ${assignee}` : '',
  ].filter((part) => part !== '');
  return words.length === 0 ? '-' : words.join(', ');
}
