import type { IncidentNotification } from './api.js';
import { formatAge } from './format.js';

const CHANNEL_NAMES: Readonly<Record<string, string>> = {
  pagerduty: 'PagerDuty',
  slack: 'Slack',
  webhook: 'webhook',
  email: 'e-mail',
  github: 'GitHub',
  jira: 'Jira',
};

/** A notification in words: what happened, to whom, when, and why it has not arrived. */
export interface NotificationText {
  verb: string;
  receiver: string;
  channel: string;
  when: string;
  reason: string;
}

/** Puts a notification into words at `now` (the server's clock). */
export function notificationText(notification: IncidentNotification, now: number): NotificationText {
  const { action, outcome, attempts, at } = notification;
  const age = at === null ? '' : formatAge(at, now);
  const subject = action === 'resolve' ? 'Resolution ' : '';
  const receiver = notification.receiver;
  const channel = CHANNEL_NAMES[notification.channel] ?? notification.channel;
  const words = (verb: string, when: string): NotificationText => ({
    verb: subject === '' ? verb : subject + verb.toLowerCase(),
    receiver,
    channel,
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
    case 'pending':
      return words('Waiting to reach', '');
  }
}
