import type { Notification } from '../channel.js';
import { composeMessage, headlineOf, type Message } from '../message.js';
import { truncate } from '../text-limit.js';

/** Limit of the Events API v2 for `payload.summary`, in characters. */
const LONGEST_SUMMARY = 1_024;
const SEVERITIES = { page: 'critical', ticket: 'warning' } as const;

/** The body of a request to `/v2/enqueue`, in the words of PagerDuty's documentation. */
export interface PagerdutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'warning';
    readonly timestamp: string;
    readonly component?: string;
    readonly group?: string;
    readonly class?: string;
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly client?: string;
  readonly client_url?: string;
}

/** Writes a notification as an event. A resolve names its alert and nothing else: PagerDuty reads no more of it. */
export function pagerdutyEvent(notification: Notification, routingKey: string): PagerdutyEvent {
  const { intent, incident } = notification;
  const identity = { routing_key: routingKey, event_action: intent.action, dedup_key: intent.dedupKey };
  if (intent.action === 'resolve') {
    return identity;
  }
  const message = composeMessage(notification);
  const { service, region, model } = incident.key;
  const kinds = new Set(Object.values(incident.members).map((member) => member.kind));
  return {
    ...identity,
    payload: {
      summary: truncate(headlineOf(message), LONGEST_SUMMARY),
      source: truncate(message.subject, 255),
      severity: SEVERITIES[intent.severity],
      timestamp: new Date(incident.openedAt).toISOString(),
      ...(model === '' ? {} : { component: truncate(model, 255) }),
      ...(region === '' && service === '' ? {} : { group: truncate(`${service} ${region}`.trim(), 255) }),
      ...(kinds.size === 0 ? {} : { class: [...kinds].sort().join(', ') }),
      custom_details: detailsOf(message, notification),
    },
    links: [
      ...(message.runbook === '' ? [] : [{ href: message.runbook, text: 'Runbook' }]),
      ...(message.console === '' ? [] : [{ href: message.console, text: 'Incident in Tidewatch' }]),
    ],
    client: 'Tidewatch',
    ...(message.console === '' ? {} : { client_url: message.console }),
  };
}

/** Flat where it can be, because PagerDuty shows the details as a table. Bounded by the limits of the message. */
function detailsOf(message: Message, { incident }: Notification): Record<string, unknown> {
  const [leader] = message.members;
  return {
    'what is wrong': message.summary,
    'first action': message.firstAction,
    timing: message.timing,
    ...Object.fromEntries(leader?.facts ?? []),
    members: message.members.map((member) => `[${member.severity}] ${member.name}: ${member.summary}`),
    ...(message.membersLeftOut === 0 ? {} : { 'members left out': message.membersLeftOut }),
    ...(incident.deploymentId === '' ? {} : { 'deployment at opening': incident.deploymentId }),
    incident: incident.id,
  };
}
