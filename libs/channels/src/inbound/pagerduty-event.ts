import { z } from 'zod';

/** What somebody did to an incident of PagerDuty. */
export interface PagerdutyAction {
  /** The same for every delivery of the event. */
  readonly id: string;
  /** `none` for events that ask for nothing, such as `incident.triggered`. */
  readonly kind: 'acknowledge' | 'unacknowledge' | 'resolve' | 'assign' | 'comment' | 'none';
  /** PagerDuty's id of the incident; empty when the event names none. */
  readonly incidentId: string;
  /**
   * Deduplication keys of its alerts, ours among them: `incident_key` of an incident that an event opened, and
   * `alert_key` of the alerts where they are named. Empty for an event that carries no more than a reference.
   */
  readonly dedupKeys: readonly string[];
  /** Name of the user for people; empty when nobody in particular did it. */
  readonly by: string;
  /** Whether an integration did it: then it is an echo of what we sent, or another tool's doing. */
  readonly byService: boolean;
  /** Of a comment: what it says. Of an assignment: to whom. Empty otherwise. */
  readonly text: string;
  /** When it happened, ms; `null` when the event does not say. */
  readonly at: number | null;
}

const reference = z.object({
  id: z.string().optional(),
  summary: z.string().nullish(),
  type: z.string().optional(),
});
const key = z.string().nullish();

const eventSchema = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    occurred_at: z.string().optional(),
    agent: reference.nullish(),
    data: z.object({
      id: z.string().optional(),
      type: z.string().optional(),
      incident_key: key,
      alert_key: key,
      alerts: z.array(z.object({ alert_key: key })).optional(),
      assignees: z.array(reference).optional(),
      content: z.string().optional(),
      incident: z.object({ id: z.string().optional(), incident_key: key }).optional(),
    }),
  }),
});

type EventData = z.infer<typeof eventSchema>['event']['data'];

const KINDS: Readonly<Record<string, PagerdutyAction['kind']>> = {
  'incident.acknowledged': 'acknowledge',
  'incident.unacknowledged': 'unacknowledge',
  'incident.resolved': 'resolve',
  'incident.reassigned': 'assign',
  'incident.annotated': 'comment',
};

/**
 * Reads the body of a PagerDuty webhook (v3).
 *
 * @returns `undefined` for what is no event of an incident, such as the `pagey.ping` of a test
 * @see https://developer.pagerduty.com/docs/webhooks-overview
 */
export function pagerdutyActionIn(body: string): PagerdutyAction | undefined {
  const read = eventSchema.safeParse(parsed(body));
  if (!read.success || !read.data.event.event_type.startsWith('incident.')) {
    return undefined;
  }
  const { id, event_type: type, occurred_at: occurred = '', agent, data } = read.data.event;
  const kind = KINDS[type] ?? 'none';
  const at = Date.parse(occurred);
  return {
    id,
    kind,
    incidentId:
      data.incident?.id ?? (data.type === undefined || data.type === 'incident' ? (data.id ?? '') : ''),
    dedupKeys: keysIn(data),
    by: agent?.summary ?? '',
    byService: agent?.type !== undefined && !agent.type.startsWith('user'),
    text: textOf(kind, data),
    at: Number.isNaN(at) ? null : at,
  };
}

function keysIn({ incident_key: own, alert_key: alert, alerts = [], incident }: EventData): string[] {
  return [own, alert, incident?.incident_key, ...alerts.map(({ alert_key: each }) => each)].filter(
    (found): found is string => typeof found === 'string' && found !== '',
  );
}

function textOf(kind: PagerdutyAction['kind'], data: EventData): string {
  if (kind === 'comment') {
    return data.content ?? '';
  }
  return kind === 'assign'
    ? (data.assignees ?? [])
        .map(({ summary }) => summary ?? '')
        .filter((name) => name !== '')
        .join(', ')
    : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
