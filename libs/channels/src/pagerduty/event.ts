import type { Notification } from '../channel.js';
import { composeMessage, headlineOf, type Message } from '../message.js';
import { oneLine } from '../message/message-text.js';
import { shownMembers } from '../message/shown-members.js';
import { truncate } from '../text-limit.js';
import { customDetails } from './custom-details.js';

/** Limit of the Events API v2 for `payload.summary`, in characters. */
export const LONGEST_SUMMARY = 1_024;
const LONGEST_NAME = 255;
const SEVERITIES = { page: 'critical', ticket: 'warning' } as const;
const ACTIONS = {
  trigger: 'trigger',
  // A trigger with the key of an open alert changes that alert.
  update: 'trigger',
  acknowledge: 'acknowledge',
  resolve: 'resolve',
} as const;

/** An address that is shown with an alert or a change. */
export interface PagerdutyLink {
  readonly href: string;
  readonly text: string;
}

/** The body of a request to `/v2/enqueue`, in the words of PagerDuty's documentation. */
export interface PagerdutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
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
  readonly links?: readonly PagerdutyLink[];
  readonly images?: readonly { readonly src: string; readonly href?: string; readonly alt: string }[];
  readonly client?: string;
  readonly client_url?: string;
}

/**
 * Writes a notification as an event. An acknowledgement and a resolve name their alert and nothing else: PagerDuty
 * reads no more of them.
 */
export function pagerdutyEvent(notification: Notification, routingKey: string): PagerdutyEvent {
  const { intent, incident, context } = notification;
  const action = ACTIONS[intent.action];
  const identity = { routing_key: routingKey, event_action: action, dedup_key: intent.dedupKey };
  if (action !== 'trigger') {
    return identity;
  }
  const message = composeMessage(notification);
  const { service, region, model } = incident.key;
  const kinds = new Set(shownMembers(incident, false).map(([, member]) => member.kind));
  const chart = context.chart !== null && /^https:/i.test(context.chart.url) ? context.chart : null;
  const client = { client: 'Tidewatch', ...(message.console === '' ? {} : { client_url: message.console }) };
  return {
    ...identity,
    payload: {
      summary: summaryOf(message),
      source: oneLine(message.subject, LONGEST_NAME),
      severity: SEVERITIES[intent.severity],
      timestamp: new Date(incident.openedAt).toISOString(),
      ...named('component', model),
      ...named('group', `${service} ${region}`),
      ...named('class', [...kinds].sort().join(', ')),
      custom_details: customDetails(message, notification),
    },
    links: linksOf(message),
    ...(chart === null
      ? {}
      : {
          images: [
            {
              src: chart.url,
              ...(message.console === '' ? {} : { href: message.console }),
              alt: oneLine(chart.alt, LONGEST_NAME),
            },
          ],
        }),
    ...client,
  };
}

/** The headline; a drill says first that it is one. */
function summaryOf(message: Message): string {
  const drill = message.label.startsWith('DRILL') ? 'DRILL ' : '';
  return truncate(`${drill}${headlineOf(message)}`, LONGEST_SUMMARY);
}

function linksOf(message: Message): PagerdutyLink[] {
  const links: PagerdutyLink[] = [
    { href: message.runbook, text: 'Runbook' },
    { href: message.console, text: 'Incident in Tidewatch' },
    { href: message.grafana, text: 'Grafana' },
    { href: message.traces, text: 'Traces' },
  ];
  return links.filter(({ href }) => href !== '');
}

/** A field of that name, unless it would be empty. */
function named<Name extends string>(name: Name, text: string): { readonly [Key in Name]?: string } {
  const value = oneLine(text, LONGEST_NAME);
  return (value === '' ? {} : { [name]: value }) as { [Key in Name]?: string };
}
