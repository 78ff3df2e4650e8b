import type { Notification } from '../channel.js';
import { fittingParts, type Part } from '../fitting-parts.js';
import { composeMessage, headlineOf, type Message, type MessageMember } from '../message.js';
import { plainText } from '../text-limit.js';
import type { TicketRef } from '../ticket/ticket-ref.js';
import { markdownLine, markdownTarget, markdownText, titleText } from './markdown.js';

/** GitHub's limit for a title, in characters. */
const LONGEST_TITLE = 256;
/**
 * Bytes of a body, as JSON. GitHub takes 65,536 characters; an answer repeats the body, and of answers no more than
 * 64 KiB are read.
 */
const LARGEST_BODY = 24_000;
/** Longest piece of text, escaped. */
const LONGEST_TEXT = 2_000;
const LONGEST_CELL = 500;

/** Found in the body of the issue of an incident, and never seen by readers: comments in HTML are not shown. */
export function issueMarker({ intent }: Notification): string {
  return `<!-- tidewatch:incident ${intent.dedupKey} -->`;
}

/** Like {@link issueMarker} for the comment that one message adds. */
export function commentMarker({ intent }: Notification): string {
  return `<!-- tidewatch:message ${intent.dedupKey}:${intent.sequence} -->`;
}

/** Title and body of the issue that stands for an incident. */
export function issueText(
  notification: Notification,
  previous: TicketRef | null,
): { readonly title: string; readonly body: string } {
  const message = composeMessage(notification);
  return {
    title: titleText(`[${message.label}] ${headlineOf(message)}`, LONGEST_TITLE),
    // The marker stands first: it is there even when only the start of a body is read.
    body: `${issueMarker(notification)}\n${fitted(issueParts(message, notification, previous))}`,
  };
}

/** The comment that says what is new. */
export function commentText(notification: Notification): string {
  const message = composeMessage(notification);
  const { action } = notification.intent;
  const parts: Part<string>[] = [
    part(`**${message.label}** ${markdownText(message.news, LONGEST_TEXT)}`),
    part(markdownText(message.summary, LONGEST_TEXT), action === 'acknowledge' ? 2 : 0),
    part(markdownText([message.timing, message.ownership].join(' '), LONGEST_TEXT)),
    part(factTable(message.members[0]?.facts ?? []), 3),
    part(memberList(message), 2),
    part(linkLine(message), 1),
  ];
  return `${commentMarker(notification)}\n${fitted(parts)}`;
}

function issueParts(
  message: Message,
  { context }: Notification,
  previous: TicketRef | null,
): readonly Part<string>[] {
  const { chart } = context;
  const picture =
    chart === null || !chart.url.startsWith('https://')
      ? ''
      : `![${markdownLine(plainText(chart.alt), LONGEST_CELL)}](${markdownTarget(chart.url)})`;
  return [
    part(markdownText(message.summary, LONGEST_TEXT)),
    part(markdownText([message.timing, message.ownership, message.news].join(' '), LONGEST_TEXT)),
    part(labelled('What to do first', firstStepOf(message))),
    part(linkLine(message)),
    part(picture, 1),
    part(factTable([...message.place, ...(message.members[0]?.facts ?? [])]), 2),
    part(section('What fires', memberList(message)), 2),
    ...message.members
      .slice(1)
      .map((member, index) =>
        part(member.facts.length === 0 ? '' : memberFacts(member), 5 + (index > 3 ? 1 : 0)),
      ),
    part(section('Latest deployments', bullets(message.deployments)), 3),
    part(section('Canary plan', markdownText(message.canaryPlan, LONGEST_TEXT)), 1),
    part(section('Samples', markdownText(message.sampleSet, LONGEST_TEXT)), 1),
    // This reference is meant: GitHub shows it as a link to the earlier issue.
    part(previous === null ? '' : `An earlier issue of the same incident: #${previous.issue}`),
  ];
}

function part(content: string, dispensable = 0): Part<string> {
  return { content, dispensable };
}

function fitted(parts: readonly Part<string>[]): string {
  const present = parts.filter(({ content }) => content !== '');
  const joined = (contents: readonly string[]): string => contents.join('\n\n');
  return joined(
    fittingParts(present, (contents) => Buffer.byteLength(JSON.stringify(joined(contents))) <= LARGEST_BODY),
  );
}

/** The step without addresses: they stand in the line of links, where they can be followed. */
function firstStepOf({ firstAction, runbook, console }: Message): string {
  const plain = [runbook, console]
    .filter((address) => address !== '')
    .reduce((text, address) => text.replaceAll(address, 'linked below'), firstAction);
  return plain.replace(/^First: /, '');
}

function labelled(label: string, text: string): string {
  return text === '' ? '' : `**${label}:** ${markdownText(text, LONGEST_TEXT)}`;
}

function section(heading: string, content: string): string {
  return content === '' ? '' : `### ${heading}\n\n${content}`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${markdownLine(line, LONGEST_CELL)}`).join('\n');
}

function factTable(facts: readonly (readonly [name: string, value: string])[]): string {
  const rows = facts.map(
    ([name, value]) => `| ${markdownLine(name, LONGEST_CELL)} | ${markdownLine(value, LONGEST_CELL)} |`,
  );
  return rows.length === 0 ? '' : ['| What | Value |', '| --- | --- |', ...rows].join('\n');
}

function memberList({ members, membersLeftOut }: Message): string {
  const lines = members.map(
    ({ severity, name, summary }) =>
      `- **${markdownLine(severity, LONGEST_CELL)}** ${markdownLine(name, LONGEST_CELL)}: ${markdownLine(summary, LONGEST_TEXT)}`,
  );
  return [...lines, ...(membersLeftOut === 0 ? [] : [`- and ${membersLeftOut} more, in Tidewatch`])].join(
    '\n',
  );
}

function memberFacts({ name, facts }: MessageMember): string {
  return `**${markdownLine(name, LONGEST_CELL)}**\n\n${factTable(facts)}`;
}

function linkLine({ runbook, console, grafana, traces }: Message): string {
  const links: readonly (readonly [string, string])[] = [
    ['Runbook', runbook],
    ['Incident in Tidewatch', console],
    ['Grafana', grafana],
    ['Traces', traces],
  ];
  return links
    .filter(([, address]) => address !== '')
    .map(([label, address]) => `[${label}](${markdownTarget(address)})`)
    .join(' · ');
}
