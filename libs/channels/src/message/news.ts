import type { IncidentState, NotificationIntent } from '@tidewatch/alerts';
import {
  boundedText,
  LONGEST_FACT,
  LONGEST_SENTENCE,
  oneLine,
  roughLength,
  sentence,
} from './message-text.js';

/** Why this message is sent, in a sentence or two; empty for an opening. */
export function newsOf(intent: NotificationIntent, incident: IncidentState, now: number): string {
  const who = oneLine(intent.by, LONGEST_FACT);
  const remark = boundedText(intent.text, LONGEST_SENTENCE);
  const open = roughLength(now - incident.openedAt);
  switch (intent.reason) {
    case 'opened':
      return '';
    case 'reopened':
      return 'It is open again.';
    case 'escalated':
      // Whoever knows of a ticket hears of it under that severity.
      return 'It is a page now.';
    case 'deescalated':
      // Severity is that of what is told: a page that is closed while tickets of its incident go on.
      return intent.action === 'resolve'
        ? `No ${intent.severity} fires any more; a ticket goes on.`
        : 'It is a ticket now.';
    case 'changed':
      return `${who === '' ? 'What fires has changed.' : `Changed by ${who}.`}${quoted(remark)}`;
    case 'acknowledged':
      return `${who === '' ? 'Acknowledged.' : `Acknowledged by ${who}.`}${quoted(remark)}`;
    case 'commented':
      return `${who === '' ? 'A comment' : `${who} says`}: ${remark}`;
    case 'repeated':
      return `It still fires after ${open}.`;
    case 'suppression-ended':
      return 'What kept it quiet is over, and it still fires.';
    case 'not-acknowledged':
      return `Nobody has acknowledged it for ${open}.${raised(incident)}`;
    case 'still-firing':
      return `It has been firing for ${open}.${raised(incident)}`;
    case 'fallback':
      return 'The receiver that should have been told could not be reached; this one is told in its place.';
    case 'resolved':
      return 'No rule fires any more.';
    case 'resolved-by-hand':
      return `${who === '' ? 'Resolved by hand.' : `Resolved by ${who}.`}${quoted(remark)}`;
  }
}

function quoted(remark: string): string {
  return remark === '' ? '' : ` ${sentence(remark)}`;
}

function raised(incident: IncidentState): string {
  return incident.raisedTo === null ? '' : ` It is a ${incident.raisedTo} now.`;
}

/** Who has the incident: `Acknowledged by ada 3 min ago. Assigned to bob.` Empty for nobody and for what is over. */
export function ownershipOf(incident: IncidentState, now: number): string {
  if (incident.status === 'resolved') {
    return '';
  }
  const { acknowledged } = incident;
  const taken =
    acknowledged === null
      ? ''
      : `Acknowledged by ${oneLine(acknowledged.by, LONGEST_FACT) || 'somebody'} ${roughLength(now - acknowledged.at)} ago.`;
  const assigned = incident.assignee === '' ? '' : `Assigned to ${oneLine(incident.assignee, LONGEST_FACT)}.`;
  return [taken, assigned].filter((part) => part !== '').join(' ');
}

/** Reasons that call for attention: an incident that somebody has taken on shouts again. */
const CALLS = new Set(['reopened', 'escalated', 'not-acknowledged', 'still-firing', 'fallback']);

/**
 * `PAGE`, `TICKET`, `ACKNOWLEDGED` or `RESOLVED`, with `DRILL` before it where it is one. An update of an acknowledged
 * incident keeps saying so: a message that is changed in place must not fall back to an alarm that nobody has seen.
 */
export function labelOf({ action, reason, severity }: NotificationIntent, incident: IncidentState): string {
  const taken =
    action === 'acknowledge' || (action === 'update' && incident.acknowledged !== null && !CALLS.has(reason));
  const label = action === 'resolve' ? 'RESOLVED' : taken ? 'ACKNOWLEDGED' : severity.toUpperCase();
  return incident.marker === 'drill' ? `DRILL ${label}` : label;
}
