import { formatAge, formatLatency } from './format.js';
import type { IncidentNotification } from './incident-view.js';

const CHANNEL_NAMES: Readonly<Record<string, string>> = {
  pagerduty: 'PagerDuty',
  slack: 'Slack',
  webhook: 'webhook',
  email: 'e-mail',
  github: 'GitHub',
  jira: 'Jira',
  teams: 'Teams',
  action: 'action',
};

/** What a kind of channel is called. */
export function channelName(type: string): string {
  return Object.hasOwn(CHANNEL_NAMES, type) ? (CHANNEL_NAMES[type] ?? type) : type;
}

/** A notification in words: what happened, to whom, when, and why it has not arrived. */
export interface NotificationText {
  verb: string;
  receiver: string;
  channel: string;
  when: string;
  reason: string;
}

const SUBJECTS: Readonly<Record<IncidentNotification['action'], string>> = {
  trigger: '',
  update: 'Update ',
  acknowledge: 'Acknowledgement ',
  resolve: 'Resolution ',
};

/** Puts a notification into words at `now` (the server's clock). */
export function notificationText(
  notification: Pick<
    IncidentNotification,
    'action' | 'outcome' | 'attempts' | 'at' | 'receiver' | 'channel' | 'reason'
  >,
  now: number,
): NotificationText {
  const { action, outcome, attempts, at, receiver } = notification;
  const age = at === null ? '' : formatAge(at, now);
  const subject = SUBJECTS[action];
  const words = (verb: string, when: string): NotificationText => ({
    verb: subject === '' ? verb : subject + verb.toLowerCase(),
    receiver,
    channel: channelName(notification.channel),
    when,
    reason: outcome === 'delivered' ? '' : notification.reason,
  });
  switch (outcome) {
    case 'delivered':
      return words('Delivered to', attempts > 1 ? `${age}, attempt ${attempts}`.replace(/^, /, '') : age);
    case 'retry':
      return words('Retrying', `attempt ${attempts} failed${age === '' ? '' : ` ${age}`}`);
    case 'rejected':
      return words('Refused by', age);
    case 'superseded':
      return words('Merged into a newer message to', age);
    case 'started':
      return words('On its way to', age);
    case 'replayed':
      return words('To be sent again to', age);
    case 'pending':
      return words('Waiting to reach', '');
  }
}

const WHY_WORDS: Readonly<Record<string, string>> = {
  opened: 'it opened',
  reopened: 'it opened again',
  escalated: 'it became a page',
  deescalated: 'it is a page no more',
  changed: 'its rules changed',
  acknowledged: 'somebody took it on',
  commented: 'somebody commented',
  repeated: 'nobody had taken it on',
  'suppression-ended': 'it may speak again',
  'not-acknowledged': 'nobody had acknowledged it',
  'still-firing': 'it went on firing',
  fallback: 'another receiver could not be told',
  resolved: 'it was over',
  'resolved-by-hand': 'somebody resolved it',
};

/** Why a message was sent: `because it opened`. */
export function whyText(why: string): string {
  return `because ${Object.hasOwn(WHY_WORDS, why) ? WHY_WORDS[why] : why}`;
}

/** How long a message took from when it was due: `in 210 ms`; empty while it has not arrived. */
export function deliveryTime({
  dueAt,
  deliveredAt,
}: Pick<IncidentNotification, 'dueAt' | 'deliveredAt'>): string {
  return deliveredAt === null ? '' : `in ${formatLatency(Math.max(0, Math.round(deliveredAt - dueAt)))}`;
}

/** The messages of an incident by receiver, the newest of each first; receivers in the order in which they were told. */
export function byReceiver<T extends { receiver: string }>(
  notifications: readonly T[],
): { receiver: string; messages: T[] }[] {
  const groups = new Map<string, T[]>();
  for (const each of notifications) {
    groups.set(each.receiver, [each, ...(groups.get(each.receiver) ?? [])]);
  }
  return [...groups].map(([receiver, messages]) => ({ receiver, messages }));
}

/**
 * What to show of each receiver where there is room for one line: its newest message, unless that was merged into
 * another, and everything that was given up.
 */
export function mostTelling(notifications: readonly IncidentNotification[]): IncidentNotification[] {
  return byReceiver(notifications).flatMap(({ messages }) => {
    const newest = messages.find(({ outcome }) => outcome !== 'superseded') ?? messages[0];
    return messages.filter((each) => each === newest || each.outcome === 'rejected');
  });
}
