import { compareSeverity, type IncidentState, type MemberState } from '@tidewatch/alerts';
import { formatDuration } from '@tidewatch/core';
import type { Notification } from './channel.js';
import { plainText, truncate } from './text-limit.js';

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
  /** `PAGE`, `TICKET` or `RESOLVED`. */
  readonly label: string;
  /** Where: `ranker-api, eu-1, model ranker`. */
  readonly subject: string;
  /** What is or was wrong, with its numbers. */
  readonly summary: string;
  /** Since when, or from when to when. */
  readonly timing: string;
  /** Most severe and oldest first, at most {@link MOST_MEMBERS}. */
  readonly members: readonly MessageMember[];
  readonly membersLeftOut: number;
  /** One line: what to do first, with the address to open. Empty for a resolve. */
  readonly firstAction: string;
  /** http(s) addresses only; `runbook` is empty when no member names one. */
  readonly runbook: string;
  readonly console: string;
}

/** Members and facts beyond these are in the console. They keep every message within every channel's limits. */
export const MOST_MEMBERS = 10;
export const MOST_FACTS = 10;
const LONGEST_SUMMARY = 900;
const LONGEST_FACT = 200;
const LONGEST_ADDRESS = 2_000;

/** Says what a notification is about in plain words. */
export function composeMessage({ intent, incident, consoleUrl, attemptAt }: Notification): Message {
  const resolved = intent.action === 'resolve';
  const members = membersToShow(incident, resolved);
  const runbook =
    members.map(([, member]) => httpAddress(member.runbook)).find((address) => address !== '') ?? '';
  const console = httpAddress(consoleUrl);
  return {
    label: resolved ? 'RESOLVED' : intent.severity.toUpperCase(),
    subject: subjectOf(incident),
    // Never empty: Slack refuses an empty block, and a person would not know what is missing.
    summary: oneText(incident.summary, LONGEST_SUMMARY) || 'a rule fires and gave no description',
    timing: resolved ? resolvedTiming(incident, attemptAt) : openTiming(incident, attemptAt),
    members: members.slice(0, MOST_MEMBERS).map(([name, member]) => ({
      name: oneText(name, LONGEST_FACT),
      severity: member.severity,
      summary: oneText(member.summary, LONGEST_SUMMARY),
      facts: factsOf(member),
    })),
    membersLeftOut: Math.max(0, members.length - MOST_MEMBERS),
    firstAction: resolved ? '' : firstAction(runbook, console),
    runbook,
    console,
  };
}

/** The message in one line: `ranker-api, eu-1, model ranker: availability burns its budget 20 times too fast`. */
export function headlineOf(message: Message): string {
  return `${message.subject}: ${message.summary}`.replaceAll('\n', ' ');
}

/** `address` when it is one that a person can open in a browser and that fits into a message, else empty. */
function httpAddress(address: string): string {
  try {
    const url = new URL(address);
    const web = url.protocol === 'https:' || url.protocol === 'http:';
    return web && url.href.length <= LONGEST_ADDRESS ? url.href : '';
  } catch {
    return '';
  }
}

function membersToShow(incident: IncidentState, resolved: boolean): [string, MemberState][] {
  const all = Object.entries(incident.members).filter(([, member]) => member.phase !== 'pending');
  const firing = all.filter(([, member]) => member.phase === 'firing');
  return (resolved || firing.length === 0 ? all : firing).sort(
    ([, left], [, right]) => compareSeverity(right.severity, left.severity) || left.since - right.since,
  );
}

function subjectOf({ key }: IncidentState): string {
  const parts = [key.service, key.region, key.model === '' ? '' : `model ${key.model}`].filter(
    (part) => part !== '',
  );
  return oneText(parts.length === 0 ? `project ${key.project}` : parts.join(', '), LONGEST_FACT);
}

function factsOf(member: MemberState): [string, string][] {
  return Object.entries(member.facts)
    .slice(0, MOST_FACTS)
    .map(([name, value]) => [oneText(name, LONGEST_FACT), oneText(value, LONGEST_FACT)]);
}

function openTiming(incident: IncidentState, now: number): string {
  const again = incident.resolvedSequence > 0 ? ' It had resolved and is back.' : '';
  return `Open since ${timeText(incident.openedAt)} (${lengthText(incident.openedAt, now)}).${again}`;
}

function resolvedTiming(incident: IncidentState, now: number): string {
  const end = incident.resolvedAt ?? now;
  return `Open from ${timeText(incident.openedAt)} to ${timeText(end)} (${lengthText(incident.openedAt, end)}).`;
}

function firstAction(runbook: string, console: string): string {
  if (runbook !== '') {
    return `First: follow the runbook ${runbook}`;
  }
  return console === ''
    ? 'First: open the console of Tidewatch. The rule names no runbook.'
    : `First: look at ${console} (the rule names no runbook).`;
}

function oneText(text: string, limit: number): string {
  return truncate(plainText(text).trim(), limit);
}

/** `2026-11-22 10:00:00 UTC`: one zone for everybody who is awake. */
function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function lengthText(from: number, to: number): string {
  return formatDuration(Math.max(0, Math.floor((to - from) / 1_000) * 1_000));
}
