import { createHash } from 'node:crypto';
import { compareSeverity, memberLabels, type MemberState } from '@tidewatch/alerts';
import type { Notification } from '../channel.js';
import { composeMessage, MOST_FACTS, type Message } from '../message.js';
import { boundedText, httpAddress, oneLine as wholeLine } from '../message/message-text.js';
import { LARGEST_BODY } from './largest-body.js';

type Pairs = Readonly<Record<string, string>>;

/**
 * The body of version 4 that Prometheus Alertmanager sends to webhooks, so that receivers made for it understand. The
 * incident is the group, and each of its rules is an alert.
 */
export interface AlertmanagerBody {
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Pairs;
  readonly commonLabels: Pairs;
  readonly commonAnnotations: Pairs;
  readonly externalURL: string;
  readonly notification_reason: string;
  readonly alerts: readonly AlertmanagerAlert[];
}

/** One rule. */
export interface AlertmanagerAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Pairs;
  readonly annotations: Pairs;
  readonly startsAt: string;
  /** {@link NO_END} while it fires. */
  readonly endsAt: string;
  readonly generatorURL: string;
  /** 16 hex digits: the same as long as incident and rule are the same. */
  readonly fingerprint: string;
}

/** The zero time of Go, which stands for "no end". */
export const NO_END = '0001-01-01T00:00:00Z';
const LONGEST_VALUE = 200;
/** How many alerts there may be and how long their sentences, from much to little, until the body fits. */
const EXTENTS = [
  { alerts: 50, sentence: 900 },
  { alerts: 20, sentence: 600 },
  { alerts: 8, sentence: 300 },
  { alerts: 2, sentence: 300 },
] as const;
/** What always fits. */
const SMALLEST = { alerts: 1, sentence: 150 } as const;

type Extent = (typeof EXTENTS)[number] | typeof SMALLEST;

/** Writes a notification as an Alertmanager body of at most 20 KB. */
export function alertmanagerBody(notification: Notification): AlertmanagerBody {
  const message = composeMessage(notification);
  for (const extent of EXTENTS) {
    const body = bodyWith(notification, message, extent);
    if (Buffer.byteLength(JSON.stringify(body)) <= LARGEST_BODY) {
      return body;
    }
  }
  return bodyWith(notification, message, SMALLEST);
}

function bodyWith(notification: Notification, message: Message, extent: Extent): AlertmanagerBody {
  const { intent, incident } = notification;
  const resolved = intent.action === 'resolve';
  const members = membersOf(notification);
  const alerts = members.slice(0, extent.alerts).map((each) => alertOf(each, notification, extent));
  const { service, region, model, project } = incident.key;
  const groupLabels = tidyLabels({ project, service, region, model });
  return {
    version: '4',
    groupKey: `{}/{tidewatch="${intent.receiver}"}:{dedup_key="${intent.dedupKey}"}`,
    truncatedAlerts: members.length - alerts.length,
    status: resolved ? 'resolved' : 'firing',
    receiver: intent.receiver,
    groupLabels,
    commonLabels: { ...commonOf(alerts.map(({ labels }) => labels)), severity: intent.severity },
    commonAnnotations: {
      ...commonOf(alerts.map(({ annotations }) => annotations)),
      summary: oneLine(message.summary, extent.sentence),
      ...(message.news === '' ? {} : { news: boundedText(message.news, extent.sentence) }),
      ...(message.runbook === '' ? {} : { runbook_url: message.runbook }),
    },
    externalURL: message.console,
    notification_reason: intent.reason,
    alerts,
  };
}

type NamedMember = readonly [name: string, MemberState];

/** Those that fire, most severe and oldest first, then those that have cleared: each alert's end is told once it is known. */
function membersOf({ incident }: Notification): NamedMember[] {
  const spoken = Object.entries(incident.members).filter(
    ([, { phase, suppressed }]) => phase !== 'pending' && suppressed === null,
  );
  const all = spoken.length === 0 ? Object.entries(incident.members) : spoken;
  return all.sort(
    ([, left], [, right]) =>
      Number(right.phase === 'firing') - Number(left.phase === 'firing') ||
      compareSeverity(right.severity, left.severity) ||
      left.since - right.since,
  );
}

function alertOf([name, member]: NamedMember, notification: Notification, extent: Extent): AlertmanagerAlert {
  const { incident, intent, context } = notification;
  const firing = intent.action !== 'resolve' && member.phase === 'firing';
  const end = member.leftAt ?? incident.resolvedAt ?? notification.attemptAt;
  const runbook = httpAddress(member.runbook);
  const facts = Object.entries(member.facts)
    .slice(0, MOST_FACTS)
    .map(([fact, value]) => `${oneLine(fact, LONGEST_VALUE)}: ${oneLine(value, LONGEST_VALUE)}`);
  const { firstStep } = member.evidence;
  return {
    status: firing ? 'firing' : 'resolved',
    labels: tidyLabels({
      ...memberLabels(incident.key, member, member.severity),
      alertname: member.rule,
      ...(incident.marker === '' ? {} : { drill: 'true' }),
    }),
    annotations: {
      summary: oneLine(member.summary, extent.sentence),
      ...(facts.length === 0 ? {} : { description: oneLine(facts.join(', '), extent.sentence) }),
      ...(firstStep === '' ? {} : { first_action: oneLine(firstStep, extent.sentence) }),
      ...(runbook === '' ? {} : { runbook_url: runbook }),
    },
    startsAt: new Date(member.since).toISOString(),
    endsAt: firing ? NO_END : new Date(end).toISOString(),
    generatorURL: httpAddress(context.links.console),
    fingerprint: createHash('sha256').update(`${incident.id}\n${name}`).digest('hex').slice(0, 16),
  };
}

/** One line of at most `limit` characters. There are many of them: what is far beyond the limit is not looked at. */
function oneLine(text: string, limit: number): string {
  return wholeLine(text.slice(0, 4 * limit), limit);
}

/** Labels that Prometheus allows: names of letters, digits and `_`, no empty values. */
function tidyLabels(labels: Pairs): Pairs {
  return Object.fromEntries(
    Object.entries(labels)
      .slice(0, 40)
      .map(([name, value]) => [labelName(name), oneLine(value, LONGEST_VALUE)])
      .filter(([, value]) => value !== ''),
  ) as Pairs;
}

function labelName(name: string): string {
  const tidy = name.slice(0, 64).replace(/[^a-zA-Z0-9_]/g, '_');
  return /^[a-zA-Z_]/.test(tidy) ? tidy : `_${tidy}`;
}

/** The pairs that all have. */
function commonOf(all: readonly Pairs[]): Record<string, string> {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}
