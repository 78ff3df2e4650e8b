import { InvalidArgumentError, type Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { formatTable, formatTime, oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import type { NotificationView } from './alert-views.js';
import { withServer, type AskOptions } from './server-options.js';

interface ListOptions extends AskOptions {
  readonly outcome?: string;
  readonly limit: string;
}

/** How a message stands; `rejected` ones are dead letters. */
const OUTCOMES = ['retry', 'delivered', 'rejected', 'superseded'] as const;

/** Adds `notification list` and `notification replay`. */
export function addNotificationCommand(program: Command, terminal: Terminal): void {
  const notification = program
    .command('notification')
    .description('the delivery log: which message went where, when, and why not');
  withServer(notification.command('list').description('show messages, the newest attempt first'))
    .option('--outcome <outcome>', `only those that are ${OUTCOMES.join(', ')}`, outcome)
    .option('--limit <count>', 'at most so many', '100')
    .action((options: ListOptions) => list(options, terminal));
  withServer(notification.command('replay').description('send a message that was given up once more'))
    .argument('<id>', 'as shown by "tidewatch notification list"')
    .action((id: string, options: AskOptions) => replay(id, options, terminal));
}

function outcome(value: string): string {
  if (!OUTCOMES.some((each) => each === value)) {
    throw new InvalidArgumentError(`It must be one of ${OUTCOMES.join(', ')}.`);
  }
  return value;
}

async function list({ outcome: wanted, limit, ...options }: ListOptions, terminal: Terminal): Promise<void> {
  const query = new URLSearchParams({ ...(wanted === undefined ? {} : { outcome: wanted }), limit });
  const { items } = (await new ApiClient(options).request(
    'GET',
    `/api/v1/notifications?${query.toString()}`,
  )) as { items: NotificationView[] };
  terminal.out(options.json === true ? JSON.stringify(items, null, 2) : listText(items));
}

async function replay(id: string, options: AskOptions, terminal: Terminal): Promise<void> {
  await new ApiClient(options).request('POST', '/api/v1/notifications/replay', { id });
  terminal.out(
    options.json === true
      ? JSON.stringify({ replayed: id })
      : 'It is sent again, as the incident stands now. "tidewatch notification list" shows what comes of it.',
  );
}

function listText(items: readonly NotificationView[]): string {
  if (items.length === 0) {
    return 'No messages.';
  }
  const table = formatTable(
    [
      { title: 'LATEST (UTC)' },
      { title: 'RECEIVER' },
      { title: 'ACTION' },
      { title: 'OUTCOME' },
      { title: 'ATTEMPTS', align: 'right' },
      { title: 'MESSAGE' },
    ],
    items.map((each) => [
      each.at === null ? '-' : formatTime(each.at),
      each.channel === '' ? each.receiver : `${each.receiver} (${each.channel})`,
      each.why === undefined || each.why === '' ? each.action : `${each.action}, ${each.why}`,
      each.outcome,
      String(each.attempts),
      each.id,
    ]),
  );
  const refused = items.filter((each) => each.outcome === 'rejected');
  const reasons = refused.map((each) => `${each.id}: ${oneLine(each.reason)}`).join('\n');
  return refused.length === 0
    ? table
    : `${table}\n\n${reasons}\n\nSend one again: tidewatch notification replay MESSAGE`;
}
