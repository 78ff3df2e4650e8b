import type { Notification } from '../channel.js';
import { fittingParts, type Part } from '../fitting-parts.js';
import { composeMessage, headlineOf, type Message } from '../message.js';
import { truncate } from '../text-limit.js';
import type { TicketRef } from '../ticket/ticket-ref.js';
import {
  adfDocument,
  adfHeading,
  adfInline,
  adfLink,
  adfList,
  adfParagraph,
  adfTable,
  type AdfBlock,
  type AdfDocument,
  type AdfInline,
} from './adf.js';

/** Jira's limit for a summary, in characters. */
const LONGEST_SUMMARY = 255;
/** Jira's limit for a field, in characters. The whole document counts here, which is more than Jira asks. */
const LONGEST_FIELD = 32_767;

/** The label by which the issue of an incident is found again. */
export function incidentLabel({ intent }: Notification): string {
  return `tidewatch-${intent.dedupKey.slice(0, 16)}`;
}

/** The last line of a comment: Jira has no hidden text, and a message that was sent again is recognised by it. */
export function messageLine({ intent }: Notification): string {
  return `Tidewatch message ${intent.dedupKey.slice(0, 16)}:${intent.sequence}`;
}

/** The summary of an issue: one line. */
export function summaryField(notification: Notification): string {
  const message = composeMessage(notification);
  const line = `[${message.label}] ${headlineOf(message)}`.replace(/\s+/g, ' ').trim();
  return truncate(line, LONGEST_SUMMARY);
}

/** The description of the issue that stands for an incident. */
export function descriptionField(notification: Notification, previous: TicketRef | null): AdfDocument {
  const message = composeMessage(notification);
  const facts = [...message.place, ...(message.members[0]?.facts ?? [])];
  return fitted([
    ...paragraph(adfInline(message.summary)),
    ...paragraph(adfInline(joined(message.timing, message.ownership, message.news))),
    ...paragraph(firstStep(message)),
    ...paragraph(linkLine(message)),
    ...block(facts.length === 0 ? null : adfTable(filled(facts)), 2),
    ...titled('What fires', memberList(message), 3),
    ...message.members
      .slice(1)
      .flatMap(({ name, facts: own }) =>
        own.length === 0
          ? []
          : [...paragraph(adfInline(name, { type: 'strong' }), 5), ...block(adfTable(filled(own)), 5)],
      ),
    ...titled('Latest deployments', listOf(message.deployments), 4),
    ...titled('Canary plan', textBlock(message.canaryPlan), 1),
    ...titled('Samples', textBlock(message.sampleSet), 1),
    ...paragraph(
      previous === null ? [] : adfInline(`An earlier issue of the same incident: ${previous.issue}`),
    ),
  ]);
}

/** The comment that says what is new. */
export function commentField(notification: Notification): AdfDocument {
  const message = composeMessage(notification);
  const facts = message.members[0]?.facts ?? [];
  return fitted([
    ...paragraph([...adfInline(`${message.label} `, { type: 'strong' }), ...adfInline(message.news)]),
    ...paragraph(adfInline(message.summary)),
    ...paragraph(adfInline(joined(message.timing, message.ownership))),
    ...block(facts.length === 0 ? null : adfTable(filled(facts)), 3),
    ...block(memberList(message), 2),
    ...paragraph(linkLine(message), 1),
    ...paragraph(adfInline(messageLine(notification))),
  ]);
}

function fitted(parts: readonly Part<AdfBlock>[]): AdfDocument {
  return adfDocument(
    fittingParts(parts, (blocks) => JSON.stringify(adfDocument(blocks)).length <= LONGEST_FIELD),
  );
}

function block(content: AdfBlock | null, dispensable = 0): Part<AdfBlock>[] {
  return content === null ? [] : [{ content, dispensable }];
}

function paragraph(inlines: readonly AdfInline[], dispensable = 0): Part<AdfBlock>[] {
  return inlines.length === 0 ? [] : [{ content: adfParagraph(...inlines), dispensable }];
}

function titled(heading: string, content: AdfBlock | null, dispensable: number): Part<AdfBlock>[] {
  return content === null
    ? []
    : [
        { content: adfHeading(heading), dispensable },
        { content, dispensable },
      ];
}

function textBlock(text: string): AdfBlock | null {
  return text === '' ? null : adfParagraph(...adfInline(text));
}

function listOf(lines: readonly string[]): AdfBlock | null {
  return lines.length === 0 ? null : adfList(lines.map((line) => adfInline(line)));
}

/** A cell may be empty, a text node may not: a dash says that there is nothing. */
function filled(
  facts: readonly (readonly [name: string, value: string])[],
): (readonly [name: string, value: string])[] {
  return facts.map(([name, value]) => [name.trim() || '-', value.trim() || '-']);
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

function memberList({ members, membersLeftOut }: Message): AdfBlock | null {
  const items = members.map(({ severity, name, summary }): AdfInline[] => [
    { type: 'text', text: severity, marks: [{ type: 'strong' }] },
    ...adfInline(` ${name}: ${summary}`),
  ]);
  const more = membersLeftOut === 0 ? [] : [adfInline(`and ${membersLeftOut} more, in Tidewatch`)];
  return items.length === 0 ? null : adfList([...items, ...more]);
}

/** The step, with its addresses left to the line of links. */
function firstStep({ firstAction, runbook, console }: Message): AdfInline[] {
  if (firstAction === '') {
    return [];
  }
  const plain = [runbook, console]
    .filter((address) => address !== '')
    .reduce((text, address) => text.replaceAll(address, 'linked below'), firstAction);
  return [
    ...adfInline('What to do first: ', { type: 'strong' }),
    ...adfInline(plain.replace(/^First: /, '')),
  ];
}

function linkLine({ runbook, console, grafana, traces }: Message): AdfInline[] {
  const links: readonly (readonly [string, string])[] = [
    ['Runbook', runbook],
    ['Incident in Tidewatch', console],
    ['Grafana', grafana],
    ['Traces', traces],
  ];
  return links
    .filter(([, address]) => address !== '')
    .flatMap(([label, address], index) => [
      ...(index === 0 ? [] : adfInline(' · ')),
      adfLink(label, address),
    ]);
}
