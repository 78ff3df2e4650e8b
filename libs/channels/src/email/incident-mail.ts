import type { IntentReason } from '@tidewatch/alerts';
import type { Notification } from '../channel.js';
import { composeMessage, headlineOf, type Message } from '../message.js';
import { headerName, headerText } from './header-text.js';
import { escaped, html, link, NOTHING, page, table, type SafeHtml } from './html.js';
import { automaticHeaders, type Mail } from './mail.js';
import { laterId, readThread, rootId, type MailThread } from './thread.js';

/**
 * Reasons that are news even to somebody who may have the opening already. Their mails have an id of their own: a mailbox
 * that keeps one mail of each id must not drop an escalation because the opening arrived before it.
 */
const NEWS_OF_THEIR_OWN: ReadonlySet<IntentReason> = new Set([
  'escalated',
  'reopened',
  'repeated',
  'resolved',
  'resolved-by-hand',
]);

/** A mail about an incident, and the thread as it is once the mail has been taken. */
export interface IncidentMail {
  readonly mail: Mail;
  readonly thread: MailThread;
}

/**
 * Writes the mail of one attempt.
 *
 * @param domain of the sender: it stands in the Message-IDs
 */
export function incidentMail(notification: Notification, domain: string): IncidentMail {
  const { intent, incident, context, attemptAt } = notification;
  const message = withoutRepetition(composeMessage(notification));
  const known = readThread(notification.ref);
  const root = known?.root ?? rootId(intent, domain);
  const opens = known === null && !NEWS_OF_THEIR_OWN.has(intent.reason);
  const messageId = opens ? root : laterId(intent, domain);
  const base = headerText(known?.subject ?? `[Tidewatch ${message.label}] ${headlineOf(message)}`);
  const cid = `chart.${messageId.slice(1, -1)}`;
  const missed = known?.missed ?? [];
  return {
    mail: {
      messageId,
      references: [...new Set([root, known?.last ?? root])].filter((id) => id !== messageId),
      subject: known === null ? base : `Re: ${base}`,
      text: textOf(message, missed),
      html: htmlOf(
        message,
        missed,
        context.chart === null ? null : { cid, alt: headerText(context.chart.alt) },
      ),
      headers: {
        ...automaticHeaders(headerName(intent.receiver), domain),
        'X-Tidewatch-Incident': headerName(incident.id),
        'X-Tidewatch-State': headerName(message.label),
      },
      at: attemptAt,
      urgent: intent.severity === 'page' && intent.action !== 'resolve',
      picture: context.chart === null ? null : { cid, png: context.chart.png },
    },
    thread: { root, last: messageId, subject: base, missed: [] },
  };
}

/** A member that says what the message says already, as the only one mostly does, shows its numbers alone. */
function withoutRepetition(message: Message): Message {
  const members = message.members.map((member) =>
    member.summary === message.summary ? { ...member, summary: '' } : member,
  );
  return { ...message, members };
}

/** Name and address of each link of the message, those that it has. */
function linksOf(message: Message): [name: string, address: string][] {
  const links: [string, string][] = [
    ['Runbook', message.runbook],
    ['Console', message.console],
    ['Grafana', message.grafana],
    ['Traces', message.traces],
  ];
  return links.filter(([, address]) => address !== '');
}

function missedText(missed: readonly string[]): string {
  return missed.length === 0
    ? ''
    : `The mail before this one was not taken for ${missed.join(', ')}. Correct the receiver, or tell them.`;
}

function leftOutText(message: Message): string {
  const count = message.membersLeftOut;
  return count === 0 ? '' : `${count} more ${count === 1 ? 'rule fires' : 'rules fire'}: see the console.`;
}

function textOf(message: Message, missed: readonly string[]): string {
  const paragraphs = [
    `${message.label}: ${message.subject}`,
    message.news,
    message.summary,
    message.firstAction,
    [message.timing, message.ownership].filter((line) => line !== '').join('\n'),
    ...message.members.map(({ name, severity, summary, facts }) =>
      [
        `* ${name} (${severity})${summary === '' ? '' : `: ${summary}`}`,
        ...facts.map(([fact, value]) => `    ${fact}: ${value}`),
      ].join('\n'),
    ),
    leftOutText(message),
    message.place.map(([name, value]) => `${name}: ${value}`).join('\n'),
    message.deployments.length === 0 ? '' : `Deployments\n${message.deployments.join('\n')}`,
    message.canaryPlan,
    message.sampleSet === '' ? '' : `Samples: ${message.sampleSet}`,
    linksOf(message)
      .map(([name, address]) => `${name}: ${address}`)
      .join('\n'),
    missedText(missed),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

const COLOURS: Readonly<Record<string, string>> = { PAGE: '#b3261e', TICKET: '#9a6700', RESOLVED: '#1a7f37' };

function htmlOf(
  message: Message,
  missed: readonly string[],
  chart: { readonly cid: string; readonly alt: string } | null,
): string {
  const colour = COLOURS[message.label.replace(/^DRILL /, '')] ?? '#5b6b7b';
  const content = html`<p style="margin:0 0 4px;font-weight:700;color:${colour}">${message.label}</p>
    <h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">${message.subject}</h1>
    ${paragraph(message.news, 'font-weight:600')}${paragraph(message.summary)}${paragraph(message.firstAction, 'padding:8px 12px;background:#f2f5f8')}
    ${paragraph([message.timing, message.ownership].filter((line) => line !== '').join(' '), 'color:#5b6b7b')}
    ${
      chart === null
        ? NOTHING
        : html`<p style="margin:0 0 12px">
            <img src="cid:${chart.cid}" alt="${chart.alt}" style="max-width:100%;height:auto" />
          </p>`
    }
    ${message.members.map(
      ({ name, severity, summary, facts }) =>
        html`<h2 style="margin:16px 0 4px;font-size:15px">${name} (${severity})</h2>
          ${paragraph(summary)}${facts.length === 0 ? NOTHING : table([], pairs(facts))}`,
    )}${paragraph(leftOutText(message))}
    ${message.place.length === 0 ? NOTHING : table([], pairs(message.place))}
    ${message.deployments.length === 0 ? NOTHING : html`<h2 style="margin:16px 0 4px;font-size:15px">Deployments</h2>`}
    ${message.deployments.map((line) => paragraph(line))}${paragraph(message.canaryPlan)}
    ${paragraph(message.sampleSet === '' ? '' : `Samples: ${message.sampleSet}`)}
    <p style="margin:16px 0">
      ${linksOf(message).map(([name, address]) => html`${link(address, name)} &nbsp; `)}
    </p>
    ${paragraph(missedText(missed), 'color:#5b6b7b')}`;
  return page(message.subject, message.summary, content);
}

function pairs(list: readonly (readonly [string, string])[]): string[][] {
  return list.map(([name, value]) => [name, value]);
}

/** One paragraph, line breaks kept; nothing for an empty text. */
function paragraph(text: string, style = ''): SafeHtml {
  if (text === '') {
    return NOTHING;
  }
  const lines = escaped(text).html.replaceAll('\n', '<br>');
  return html`<p style="margin:0 0 12px;${style}">${{ html: lines }}</p>`;
}
