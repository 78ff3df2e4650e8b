import type { IntentReason, NotificationIntent } from '@tidewatch/alerts';
import type { Notification } from '../channel.js';
import { composeMessage } from '../message.js';
import { BLOCK_KIT, escaped } from './block-kit.js';

/** Members whose sentences are in a line. */
const MOST_SAID = 3;

/** News for which people have to look again; the others are read by those who follow the thread. */
const CALLS: ReadonlySet<IntentReason> = new Set([
  'escalated',
  'reopened',
  'not-acknowledged',
  'still-firing',
  'repeated',
  'suppression-ended',
]);

/** Whether a reply in the thread is shown in the channel as well: a message changed in place wakes nobody. */
export function isBroadcast(intent: NotificationIntent): boolean {
  return intent.action === 'update' && CALLS.has(intent.reason);
}

/** One line for the history of an incident, escaped. */
export function threadLine(notification: Notification): string {
  const { intent } = notification;
  const message = composeMessage(notification);
  if (intent.action === 'resolve') {
    return oneLine('*RESOLVED* ', `${message.news} ${message.timing}`);
  }
  // What people do speaks for itself; what rules do needs what they say now.
  const now = intent.by === '' ? message.members.slice(0, MOST_SAID).map(({ summary }) => summary) : [];
  const said = [message.news, now.join('; ')].filter((text) => text !== '').join(' ');
  // Seen in the channel, the line stands alone and has to say what it is about.
  return isBroadcast(intent)
    ? oneLine(`*${escaped(message.label, BLOCK_KIT.header)}* `, `${message.subject}: ${said}`)
    : oneLine('', said === '' ? message.summary : said);
}

function oneLine(start: string, text: string): string {
  return start + escaped(text.replaceAll('\n', ' ').trim(), BLOCK_KIT.section - start.length);
}
