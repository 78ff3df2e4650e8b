import type { Notification } from '../channel.js';
import { composeMessage, headlineOf, type Message, type MessageMember } from '../message.js';
import { truncate } from '../text-limit.js';

/** Limits of Block Kit, in characters. */
const HEADER = 150;
const SECTION = 3_000;
const FIELDS = 10;
/**
 * Slack refuses a message whose blocks hold more than about 13,200 characters in all (`msg_blocks_too_long`,
 * undocumented), so each part gets less than its own limit.
 */
const SUMMARY = 2_000;
const FIELD = 400;
const CONTEXT = 500;

/** A text object of Block Kit. `verbatim` keeps Slack from making links and mentions out of what it finds. */
export type SlackText =
  | { readonly type: 'plain_text'; readonly text: string }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };

/** The blocks that our messages are made of. */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: SlackText }
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'section'; readonly fields: readonly SlackText[] }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] };

/** The body of a request to an incoming webhook. */
export interface SlackMessage {
  /** What notifications and screen readers show. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** Writes a notification as blocks, every text escaped and within its limit. */
export function slackMessage(notification: Notification): SlackMessage {
  const message = composeMessage(notification);
  const [leader, ...others] = message.members;
  const blocks: SlackBlock[] = [
    {
      type: 'header',
      text: { type: 'plain_text', text: escaped(`${message.label} ${message.subject}`, HEADER) },
    },
    section(escaped(message.summary, SUMMARY)),
  ];
  if (leader !== undefined && leader.facts.length > 0 && message.label !== 'RESOLVED') {
    const fields = leader.facts.slice(0, FIELDS);
    blocks.push({ type: 'section', fields: fields.map(([name, value]) => mrkdwn(factText(name, value))) });
  }
  if (others.length > 0) {
    blocks.push(section(memberList(others, message.membersLeftOut)));
  }
  const action = actionText(message);
  if (action !== '') {
    blocks.push(section(action));
  }
  blocks.push({ type: 'context', elements: [mrkdwn(escaped(contextText(message, notification), CONTEXT))] });
  return {
    text: escaped(`${message.label} ${headlineOf(message)}`, SECTION),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/**
 * Escapes the three control characters of Slack. Without this a label value such as `<!channel>` wakes a whole
 * workspace.
 */
function escaped(text: string, limit: number): string {
  return truncate(text, limit, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function factText(name: string, value: string): string {
  return `*${escaped(name, FIELD / 2)}*\n${escaped(value, FIELD / 2)}`;
}

function memberList(members: readonly MessageMember[], leftOut: number): string {
  const each = Math.floor((SECTION - 100) / members.length);
  const lines = members.map((member) =>
    escaped(`• [${member.severity}] ${member.name}: ${member.summary}`, each - 1),
  );
  return [...lines, ...(leftOut === 0 ? [] : [`… and ${leftOut} more`])].join('\n');
}

/** The first action as a line with links. A runbook too long to be a link is left to the console. */
function actionText(message: Message): string {
  const runbook = link(message.runbook, 'runbook');
  const console = link(message.console, 'incident in Tidewatch');
  if (message.label === 'RESOLVED') {
    return console === '' ? '' : `See the ${console}.`;
  }
  const first = runbook === '' ? 'The rule names no runbook.' : `*First:* follow the ${runbook}.`;
  return console === '' ? first : `${first} See the ${console}.`;
}

function link(address: string, label: string): string {
  const href = address.replace(/[<>|]/g, encodeURIComponent).replaceAll('&', '&amp;');
  return href === '' || href.length > SECTION / 3 ? '' : `<${href}|${label}>`;
}

function contextText(message: Message, { incident }: Notification): string {
  const deployment = incident.deploymentId === '' ? '' : ` Deployment at opening: ${incident.deploymentId}.`;
  return `${message.timing}${deployment} Incident ${incident.id.slice(0, 12)}.`;
}

function section(text: string): SlackBlock {
  return { type: 'section', text: mrkdwn(text) };
}

function mrkdwn(text: string): SlackText {
  return { type: 'mrkdwn', text, verbatim: true };
}
