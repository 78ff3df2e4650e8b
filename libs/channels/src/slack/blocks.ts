import type { IntentReason } from '@tidewatch/alerts';
import type { Notification } from '../channel.js';
import { fittingParts, type Part } from '../fitting-parts.js';
import { composeMessage, headlineOf, type Message, type MessageMember } from '../message.js';
import { plainText } from '../text-limit.js';
import {
  BLOCK_KIT,
  contextBlock,
  escaped,
  header,
  link,
  markup,
  MOST_BLOCK_TEXT,
  section,
  textLength,
  type SlackBlock,
  type SlackMessage,
} from './block-kit.js';
import { buttonsFor } from './slack-action.js';

/** What each part gets, in characters: less than its own limit, because the sum is limited too. */
const SUMMARY = 2_000;
const STATUS = 900;
const FACT = 200;
const ACTION = 1_500;
const LINE = 500;
const MEMBERS = 2_500;

/** Which parts go first when the message is too long; the others stay. */
const DISPENSABLE = { picture: 1, members: 4, background: 3, facts: 2 } as const;

/**
 * Writes a notification as blocks, every text escaped and within its limit.
 *
 * @param buttons whether an open incident gets buttons: only where somebody listens to them
 */
export function slackMessage(notification: Notification, buttons = false): SlackMessage {
  const message = composeMessage(notification);
  const { incident, intent } = notification;
  const open = intent.action !== 'resolve' && incident.status === 'open';
  const [leader, ...others] = message.members;
  const parts: Part<SlackBlock>[] = [
    ...needed(header(`${message.label} ${message.subject}`)),
    ...needed(section(escaped(message.summary, SUMMARY))),
    ...needed(textSection(statusText(message, intent.reason))),
    ...may(DISPENSABLE.facts, factsBlock(intent.action === 'resolve' ? undefined : leader)),
    ...may(DISPENSABLE.members, textSection(memberList(others, message.membersLeftOut))),
    ...needed(textSection(actionText(message))),
    ...may(DISPENSABLE.background, textSection(backgroundText(message))),
    ...may(DISPENSABLE.picture, pictureBlock(notification)),
    ...needed(contextBlock(contextTexts(message, incident.id))),
    ...(buttons && open ? needed(buttonsFor(incident)) : []),
  ];
  return {
    text: escaped(`${message.label} ${headlineOf(message)}`, BLOCK_KIT.section),
    blocks: fittingParts(parts, (blocks) => textLength(blocks) <= MOST_BLOCK_TEXT),
    unfurl_links: false,
    unfurl_media: false,
  };
}

function needed(block: SlackBlock | undefined): Part<SlackBlock>[] {
  return may(0, block);
}

function may(dispensable: number, block: SlackBlock | undefined): Part<SlackBlock>[] {
  return block === undefined ? [] : [{ content: block, dispensable }];
}

function textSection(text: string): SlackBlock | undefined {
  return text === '' ? undefined : section(text);
}

/** Why the message is sent and who has the incident; an acknowledgement says both. */
function statusText({ news, ownership }: Message, reason: IntentReason): string {
  return [news, reason === 'acknowledged' ? '' : ownership]
    .filter((line) => line !== '')
    .map((line) => escaped(line, STATUS))
    .join('\n');
}

function factsBlock(leader: MessageMember | undefined): SlackBlock | undefined {
  const facts = leader?.facts.slice(0, BLOCK_KIT.fields) ?? [];
  return facts.length === 0
    ? undefined
    : {
        type: 'section',
        fields: facts.map(([name, value]) => markup(`*${escaped(name, FACT)}*\n${escaped(value, FACT)}`)),
      };
}

function memberList(members: readonly MessageMember[], leftOut: number): string {
  if (members.length === 0) {
    return '';
  }
  const each = Math.floor(MEMBERS / members.length);
  const lines = members.map((member) =>
    escaped(`• [${member.severity}] ${member.name}: ${member.summary}`, each),
  );
  return [...lines, ...(leftOut === 0 ? [] : [`… and ${leftOut} more`])].join('\n');
}

/** What to do first, then where to look. */
function actionText(message: Message): string {
  const first = withLinks(message.firstAction, [message.runbook, message.console]);
  const rest = (
    [
      [message.runbook, 'Runbook'],
      [message.console, 'Incident in Tidewatch'],
      [message.grafana, 'Grafana'],
      [message.traces, 'Traces'],
    ] as const
  ).filter(([address, label]) => label !== 'Runbook' || !message.firstAction.includes(address));
  const links: string[] = [];
  for (const [address, label] of rest) {
    const next = link(address, label);
    const length = first.length + [...links, next].join(' · ').length;
    if (next !== '' && length < BLOCK_KIT.section) {
      links.push(next);
    }
  }
  const bold = first.replace(/^First:/, '*First:*');
  return [bold, links.join(' · ')].filter((line) => line !== '').join('\n');
}

/** Escapes `text` and makes links of the addresses that we put into it ourselves. */
function withLinks(text: string, addresses: readonly string[]): string {
  const address = addresses.find((candidate) => candidate !== '' && text.includes(candidate));
  const anchor = address === undefined ? '' : link(address);
  if (address === undefined || anchor === '') {
    return escaped(text, ACTION);
  }
  const at = text.indexOf(address);
  return `${escaped(text.slice(0, at), ACTION / 2)}${anchor}${escaped(text.slice(at + address.length), ACTION / 2)}`;
}

/** What changed before it began, and what to try on the way back. */
function backgroundText({ deployments, canaryPlan, sampleSet }: Message): string {
  const lines = [
    ...deployments.map((line) => `• ${escaped(line, LINE)}`),
    ...(canaryPlan === '' ? [] : [`*Try:* ${escaped(canaryPlan, LINE)}`]),
    ...(sampleSet === '' ? [] : [`*Samples:* ${escaped(sampleSet, LINE)}`]),
  ];
  return (deployments.length === 0 ? lines : ['*Deployments*', ...lines]).join('\n');
}

/** Slack's servers fetch the picture themselves, so it needs an address that is open to them. */
function pictureBlock({ context: { chart } }: Notification): SlackBlock | undefined {
  if (chart === null || chart.url === '' || chart.url.length > BLOCK_KIT.url) {
    return undefined;
  }
  const alt = escaped(plainText(chart.alt).trim(), LINE);
  return { type: 'image', image_url: chart.url, alt_text: alt === '' ? 'Chart' : alt };
}

function contextTexts(message: Message, incidentId: string): string[] {
  const place = message.place.map(([name, value]) => `${name} ${value}`).join(' · ');
  return [message.timing, place, `Incident ${incidentId.slice(0, 12)}`]
    .filter((text) => text !== '')
    .map((text) => escaped(text, LINE));
}
