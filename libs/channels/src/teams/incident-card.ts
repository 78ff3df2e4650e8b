import type { Notification } from '../channel.js';
import { fittingParts, type Part } from '../fitting-parts.js';
import { composeMessage, headlineOf, type Message, type MessageMember } from '../message.js';
import { plainText, truncate } from '../text-limit.js';
import {
  LARGEST_MESSAGE,
  paragraph,
  run,
  sizeOf,
  teamsMessage,
  type CardAction,
  type CardElement,
  type TeamsMessage,
  type TextRun,
} from './card.js';

const LINE = 500;
const MEMBER = 300;
const FALLBACK = 1_000;

/** Which parts go first when the card is too large; the others stay. */
const DISPENSABLE = { picture: 4, members: 3, background: 2, facts: 1 } as const;

/** Writes a notification as an Adaptive Card of at most 28 KB, every text shown as it is. */
export function incidentCard(notification: Notification): TeamsMessage {
  const message = composeMessage(notification);
  const resolved = notification.intent.action === 'resolve';
  const [leader, ...others] = message.members;
  const parts: Part<CardElement>[] = [
    ...part(0, paragraph([headline(message, resolved)])),
    ...part(0, paragraph([run(message.summary)])),
    ...part(0, paragraph([run(joined(message.news, message.ownership))])),
    ...(resolved ? [] : (leader?.facts ?? [])).flatMap((fact) =>
      part(DISPENSABLE.facts, paragraph(named(fact), 'none')),
    ),
    ...memberLines(others, message.membersLeftOut).flatMap((line) =>
      part(DISPENSABLE.members, paragraph([run(line)], 'small')),
    ),
    ...part(0, paragraph(firstAction(message))),
    ...background(message).flatMap((line) => part(DISPENSABLE.background, paragraph([run(line)], 'small'))),
    ...part(DISPENSABLE.picture, picture(notification)),
    ...part(
      0,
      paragraph([run(contextText(message, notification.incident.id), { isSubtle: true, size: 'small' })]),
    ),
  ];
  const fallback = truncate(`${message.label} ${headlineOf(message)}`, FALLBACK);
  const actions = actionsOf(message);
  const body = fittingParts(
    parts,
    (elements) => sizeOf(teamsMessage(fallback, elements, actions)) <= LARGEST_MESSAGE,
  );
  return teamsMessage(fallback, body, actions);
}

function part(dispensable: number, element: CardElement | undefined): Part<CardElement>[] {
  return element === undefined ? [] : [{ content: element, dispensable }];
}

function headline({ label, subject }: Message, resolved: boolean): TextRun {
  const color = resolved ? 'good' : label.endsWith('PAGE') ? 'attention' : 'warning';
  return run(`${label} ${subject}`, { weight: 'bolder', size: 'large', color });
}

function named([name, value]: readonly [string, string]): TextRun[] {
  return [run(`${name}: `, { weight: 'bolder' }), run(value)];
}

function memberLines(members: readonly MessageMember[], leftOut: number): string[] {
  const lines = members.map(({ severity, name, summary }) =>
    truncate(`• [${severity}] ${name}: ${summary}`, MEMBER),
  );
  return leftOut === 0 ? lines : [...lines, `… and ${leftOut} more`];
}

/** The address is left to the button. */
function firstAction({ firstAction: text, runbook, console }: Message): TextRun[] {
  const address = [runbook, console].find((candidate) => candidate !== '' && text.includes(candidate));
  const said = address === undefined ? text : text.replace(address, () => '(see the button below)');
  return [run(truncate(said, LINE), { weight: 'bolder' })];
}

function background({ deployments, canaryPlan, sampleSet }: Message): string[] {
  return [
    ...deployments.map((line) => `• ${line}`),
    ...(canaryPlan === '' ? [] : [`Try: ${canaryPlan}`]),
    ...(sampleSet === '' ? [] : [`Samples: ${sampleSet}`]),
  ].map((line) => truncate(line, LINE));
}

/** Microsoft's servers fetch the picture themselves, so it needs an address that is open to them. */
function picture({ context: { chart } }: Notification): CardElement | undefined {
  if (chart === null || chart.url === '') {
    return undefined;
  }
  const altText = truncate(plainText(chart.alt).trim() || 'Chart', LINE);
  return { type: 'Image', url: chart.url, altText, size: 'stretch' };
}

function contextText({ timing, place }: Message, incidentId: string): string {
  const where = place.map(([name, value]) => `${name} ${value}`).join(' · ');
  return truncate(`${joined(timing, where)} · Incident ${incidentId.slice(0, 12)}`, LINE * 2);
}

function actionsOf({ runbook, console, grafana, traces }: Message): CardAction[] {
  const links = [
    ['Runbook', runbook],
    ['Incident in Tidewatch', console],
    ['Grafana', grafana],
    ['Traces', traces],
  ] as const;
  return links.flatMap(([title, url]) =>
    url === '' ? [] : [{ type: 'Action.OpenUrl' as const, title, url }],
  );
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}
