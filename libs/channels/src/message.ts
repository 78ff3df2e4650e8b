import type { MemberState, SignalEvidence } from '@tidewatch/alerts';
import type { Notification } from './channel.js';
import {
  boundedText,
  httpAddress,
  lengthText,
  LONGEST_FACT,
  LONGEST_SENTENCE,
  oneLine,
  timeText,
} from './message/message-text.js';
import { labelOf, newsOf, ownershipOf } from './message/news.js';
import { canaryPlanText, firstActionOf } from './message/next-step.js';
import { deploymentLines, placeOf, subjectOf } from './message/place.js';
import { shownMembers } from './message/shown-members.js';

/** One member of the incident, ready to be shown. */
export interface MessageMember {
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  /** Name and value of each number, at most {@link MOST_FACTS}. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** What a person has to read, before a channel gives it its form. Plain text without control characters. */
export interface Message {
  /** `PAGE`, `TICKET`, `RESOLVED` or `ACKNOWLEDGED`; a drill says `DRILL PAGE` and so on. */
  readonly label: string;
  /** Where: `ranker-api, eu-1, model ranker`. */
  readonly subject: string;
  /** What is or was wrong, with its numbers, in one sentence or a few. */
  readonly summary: string;
  /** Why this message is sent: `It is a page now.`, `Acknowledged by ada.` Empty for an opening. */
  readonly news: string;
  /** Since when, or from when to when. */
  readonly timing: string;
  /** Who has it: `Acknowledged by ada 3m ago. Assigned to bob.` Empty for nobody. */
  readonly ownership: string;
  /** Most severe and oldest first, at most {@link MOST_MEMBERS}. */
  readonly members: readonly MessageMember[];
  readonly membersLeftOut: number;
  /** Name and value: service, region, model, version, deployment at opening, owner; those that are known. */
  readonly place: readonly (readonly [name: string, value: string])[];
  /** One line each, newest first, at most 3: `12 min before: ranker 1.4.2 deployed (d-81)`. */
  readonly deployments: readonly string[];
  /** One line: what to do first. Empty for a resolve. */
  readonly firstAction: string;
  /** What to try on the way back, for drift: candidate, share, hours, stop rule. Empty for none. */
  readonly canaryPlan: string;
  /** Which samples to look at or retrain on. Empty for none. */
  readonly sampleSet: string;
  /** http(s) addresses only, at most 2,000 characters; empty where there is none. */
  readonly runbook: string;
  readonly console: string;
  readonly grafana: string;
  readonly traces: string;
}

/** Members and facts beyond these are in the console. They keep every message within every channel's limits. */
export const MOST_MEMBERS = 10;
export const MOST_FACTS = 10;

/** Says what a notification is about in plain words. */
export function composeMessage(notification: Notification): Message {
  const { intent, incident, context, attemptAt } = notification;
  const resolved = intent.action === 'resolve';
  const members = shownMembers(incident, resolved);
  const leader = members[0]?.[1];
  const runbook =
    members.map(([, member]) => httpAddress(member.runbook)).find((address) => address !== '') ?? '';
  const console = httpAddress(context.links.console);
  return {
    label: labelOf(intent, incident),
    subject: subjectOf(incident),
    summary: summaryOf(notification, members),
    news: newsOf(intent, incident, attemptAt),
    timing: resolved ? resolvedTiming(notification) : openTiming(notification),
    ownership: resolved ? '' : ownershipOf(incident, attemptAt),
    members: members.slice(0, MOST_MEMBERS).map(shownMember),
    membersLeftOut: Math.max(0, members.length - MOST_MEMBERS),
    place: placeOf(incident, leader, context.deployments),
    deployments: deploymentLines(incident, context.deployments),
    firstAction: resolved ? '' : firstActionOf(leader, runbook, console),
    canaryPlan: resolved ? '' : canaryPlanText(firstOf(members, ({ canaryPlan }) => canaryPlan) ?? null),
    sampleSet: oneLine(firstOf(members, ({ sampleSet }) => sampleSet || null) ?? '', LONGEST_SENTENCE),
    runbook,
    console,
    grafana: httpAddress(context.links.grafana),
    traces: httpAddress(context.links.traces),
  };
}

/** The message in one line: `ranker-api, eu-1, model ranker: availability burns its budget 20 times too fast`. */
export function headlineOf(message: Message): string {
  return `${message.subject}: ${message.summary}`.replaceAll('\n', ' ');
}

/**
 * What is wrong. Of an open incident it is put together from the members that are shown, because one of those that are
 * kept quiet may lead the incident. Never empty: Slack refuses an empty block, and a person would not know what is
 * missing.
 */
function summaryOf(
  { incident, intent }: Notification,
  members: readonly (readonly [string, MemberState])[],
): string {
  const leader = members[0]?.[1];
  const more = members.length - 1;
  const shown =
    leader === undefined || intent.action === 'resolve'
      ? incident.summary
      : `${leader.summary}${more === 0 ? '' : ` (+${more} more)`}`;
  const text = boundedText(shown, LONGEST_SENTENCE) || 'a rule fires and gave no description';
  // The sentence is in the present tense, and this is over.
  return intent.action === 'resolve' ? `Was: ${text}` : text;
}

/** What the first member that has it says: a page may lead an incident whose drift ticket names the samples. */
function firstOf<Part>(
  members: readonly (readonly [string, MemberState])[],
  part: (evidence: SignalEvidence) => Part | null,
): Part | undefined {
  return members.map(([, member]) => part(member.evidence)).find((found) => found !== null) ?? undefined;
}

function shownMember([name, member]: readonly [string, MemberState]): MessageMember {
  return {
    name: oneLine(name, LONGEST_FACT),
    severity: member.severity,
    summary: boundedText(member.summary, LONGEST_SENTENCE),
    facts: Object.entries(member.facts)
      .slice(0, MOST_FACTS)
      .map(([fact, value]) => [oneLine(fact, LONGEST_FACT), oneLine(value, LONGEST_FACT)]),
  };
}

function openTiming({ incident, attemptAt }: Notification): string {
  const again = incident.resolvedSequence > 0 ? ' It had resolved and is back.' : '';
  return `Open since ${timeText(incident.openedAt)} (${lengthText(incident.openedAt, attemptAt)}).${again}`;
}

function resolvedTiming({ incident, attemptAt }: Notification): string {
  const end = incident.resolvedAt ?? attemptAt;
  return `Open from ${timeText(incident.openedAt)} to ${timeText(end)} (${lengthText(incident.openedAt, end)}).`;
}
