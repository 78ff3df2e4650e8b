import type { Notification } from '../channel.js';
import { fittingParts, type Part } from '../fitting-parts.js';
import type { Message } from '../message.js';
import { LONGEST_FACT, oneLine } from '../message/message-text.js';

/** An event may have 512 KB; this leaves room for everything around the details. */
const LARGEST_DETAILS = 400_000;
const MOST_DECISIONS = 20;

type Detail = readonly [name: string, value: unknown];

/**
 * What PagerDuty shows as a table below the alert: flat where it can be. When it is too large, whole entries go, the least
 * needed first; what is wrong, what to do first and which incident it is always stay.
 */
export function customDetails(
  message: Message,
  notification: Notification,
  largest = LARGEST_DETAILS,
): Record<string, unknown> {
  const { incident, intent } = notification;
  const parts = [
    ...part(0, 'what is wrong', message.summary),
    ...part(0, 'first action', message.firstAction),
    ...part(1, 'news', message.news),
    ...part(1, 'timing', message.timing),
    ...part(1, 'ownership', message.ownership),
    ...part(2, 'canary plan', message.canaryPlan),
    ...part(2, 'sample set', message.sampleSet),
    // What the leading rule calls its numbers is its own affair; it takes no name from those above and below.
    ...(message.members[0]?.facts ?? []).flatMap(([name, value]) => part(3, factName(name), value)),
    ...message.place.flatMap(([name, value]) => part(4, name.toLowerCase(), value)),
    ...part(5, 'deployments', message.deployments),
    ...part(
      6,
      'members',
      message.members.map((member) => `[${member.severity}] ${member.name}: ${member.summary}`),
    ),
    ...part(1, 'members left out', message.membersLeftOut),
    ...part(
      7,
      'told because',
      intent.explanation.slice(0, MOST_DECISIONS).map((line) => oneLine(line, LONGEST_FACT)),
    ),
    ...part(0, 'incident', incident.id),
  ];
  const fits = (details: readonly Detail[]): boolean =>
    Buffer.byteLength(JSON.stringify(Object.fromEntries(details))) <= largest;
  return Object.fromEntries(fittingParts(parts, fits));
}

const OWN_NAMES = new Set([
  'what is wrong',
  'first action',
  'news',
  'timing',
  'ownership',
  'canary plan',
  'sample set',
  'deployments',
  'members',
  'members left out',
  'told because',
  'incident',
]);

function factName(name: string): string {
  return OWN_NAMES.has(name) ? `${name} (fact)` : name;
}

/** An entry, unless there is nothing to say. */
function part(
  dispensable: number,
  name: string,
  content: string | number | readonly string[],
): Part<Detail>[] {
  const empty = content === 0 || (typeof content !== 'number' && content.length === 0);
  return empty ? [] : [{ content: [name, content], dispensable }];
}
