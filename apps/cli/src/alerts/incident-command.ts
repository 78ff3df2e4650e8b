import { AppError } from '@tidewatch/core';
import type { Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import type { IncidentAnswer, IncidentView } from './alert-views.js';
import { incidentListText, incidentText } from './incident-text.js';
import { withServer, type AskOptions } from './server-options.js';

interface ListOptions extends AskOptions {
  readonly status: string;
  readonly limit: string;
}

interface ChangeOptions extends AskOptions {
  readonly by?: string;
  readonly comment?: string;
  readonly yes?: boolean;
}

type IncidentAction = 'acknowledge' | 'unacknowledge' | 'assign' | 'comment' | 'resolve';

/** What an incident's id looks like in full; anything shorter is the beginning of one. */
const FULL_ID = /^[0-9a-f]{64}$/;
const SEARCHED = 500;

/** Adds `incident list`, `show`, `ack`, `unack`, `assign`, `comment` and `resolve`. */
export function addIncidentCommand(program: Command, terminal: Terminal): void {
  const incident = program.command('incident').description('what is wrong, who has it, and who was told');
  withServer(incident.command('list').description('show incidents, the newest change first'))
    .option('--status <status>', 'open, resolved or all', 'open')
    .option('--limit <count>', 'at most so many', '50')
    .action((options: ListOptions) => list(options, terminal));
  withServer(incident.command('show').description('show everything about one incident'))
    .argument('<id>', 'its id, or the beginning of it')
    .action((id: string, options: AskOptions) => show(id, options, terminal));
  change(incident, 'ack', 'take an incident on: repeats and escalations for want of it stop').action(
    (id: string, options: ChangeOptions) =>
      act('acknowledge', { id, text: options.comment }, options, terminal),
  );
  change(incident, 'unack', 'give an incident back').action((id: string, options: ChangeOptions) =>
    act('unacknowledge', { id, text: options.comment }, options, terminal),
  );
  change(incident, 'assign', 'say who works on an incident')
    .argument('<who>', 'a name; an empty one for nobody')
    .action((id: string, text: string, options: ChangeOptions) =>
      act('assign', { id, text }, options, terminal),
    );
  change(incident, 'comment', 'add a remark to an incident')
    .argument('<text>', 'what to say')
    .action((id: string, text: string, options: ChangeOptions) =>
      act('comment', { id, text }, options, terminal),
    );
  change(
    incident,
    'resolve',
    'close an incident; it stays closed until its rules have been well, or for an hour',
  )
    .option('-y, --yes', 'do not ask')
    .action((id: string, options: ChangeOptions) =>
      act('resolve', { id, text: options.comment }, options, terminal),
    );
}

function change(parent: Command, name: string, description: string): Command {
  const command = withServer(parent.command(name).description(description))
    .argument('<id>', 'its id, or the beginning of it')
    .option('--by <name>', 'who does it (default: the name of the API key)');
  return name === 'comment' || name === 'assign'
    ? command
    : command.option('--comment <text>', 'a remark to go with it');
}

async function list({ status, limit, ...options }: ListOptions, terminal: Terminal): Promise<void> {
  const page = await incidents(new ApiClient(options), status, limit);
  terminal.out(
    options.json === true
      ? JSON.stringify(page, null, 2)
      : incidentListText(page.items, page.total, page.now),
  );
}

async function show(id: string, options: AskOptions, terminal: Terminal): Promise<void> {
  const client = new ApiClient(options);
  const answer = (await client.request('GET', pathOf(await fullId(client, id)))) as IncidentAnswer;
  terminal.out(options.json === true ? JSON.stringify(answer, null, 2) : incidentText(answer));
}

async function act(
  action: IncidentAction,
  { id, text = '' }: { readonly id: string; readonly text?: string | undefined },
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  const client = new ApiClient(options);
  const full = await fullId(client, id);
  if (action === 'resolve' && options.yes !== true && terminal.isInteractive) {
    const { incident } = (await client.request('GET', pathOf(full))) as IncidentAnswer;
    const question = `Resolve "${oneLine(incident.summary)}"? It stays closed until its rules have been well, or for an hour.`;
    if (!(await terminal.confirm(question))) {
      terminal.err('Nothing was changed.');
      return;
    }
  }
  const { by } = options;
  const { incident } = (await client.request('POST', `${pathOf(full)}/${action}`, {
    ...(text === '' && action !== 'assign' ? {} : { text }),
    ...(by === undefined ? {} : { by }),
  })) as { incident: IncidentView };
  terminal.out(options.json === true ? JSON.stringify({ incident }, null, 2) : said(action, incident, text));
}

function said(action: IncidentAction, incident: IncidentView, text: string): string {
  const name = incident.id.slice(0, 12);
  switch (action) {
    case 'acknowledge':
      return `${name} is acknowledged by ${oneLine(incident.acknowledged?.by ?? 'somebody')}.`;
    case 'unacknowledge':
      return `${name} is nobody's again.`;
    case 'assign':
      return text === '' ? `${name} is assigned to nobody.` : `${name} is assigned to ${oneLine(text)}.`;
    case 'comment':
      return `The remark is on ${name}.`;
    case 'resolve':
      return `${name} is resolved. It stays closed until its rules have been well, or for an hour.`;
  }
}

function pathOf(id: string): string {
  return `/api/v1/incidents/${encodeURIComponent(id)}`;
}

async function incidents(
  client: ApiClient,
  status: string,
  limit: string,
): Promise<{ items: IncidentView[]; total: number; now: number }> {
  const query = new URLSearchParams({ status, limit });
  return (await client.request('GET', `/api/v1/incidents?${query.toString()}`)) as {
    items: IncidentView[];
    total: number;
    now: number;
  };
}

/** The incident whose id begins so, among the newest ones. */
async function fullId(client: ApiClient, id: string): Promise<string> {
  if (FULL_ID.test(id)) {
    return id;
  }
  const { items } = await incidents(client, 'all', String(SEARCHED));
  const found = items.filter((incident) => id.length >= 4 && incident.id.startsWith(id.toLowerCase()));
  const [first, second] = found;
  if (first === undefined || second !== undefined) {
    throw new AppError({
      code: 'incident.unknown',
      message:
        first === undefined
          ? `No incident's id begins with "${id.slice(0, 80)}".`
          : `${found.length} incidents' ids begin with "${id}".`,
      hint: 'Give at least four of its digits; "tidewatch incident list --status all" shows them.',
    });
  }
  return first.id;
}
