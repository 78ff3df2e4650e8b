import { AppError } from '@tidewatch/core';
import { InvalidArgumentError, type Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { formatTable, formatTime, oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import { withServer, type AskOptions } from './server-options.js';

/** One run, as far as it is shown. Times in milliseconds since the epoch. */
interface RunView {
  readonly id: string;
  readonly status: string;
  readonly action: string;
  readonly receiver: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly dryRun: boolean;
  readonly requestedAt: number;
  readonly decidedBy: string;
  readonly reason: string;
}

interface ListOptions extends AskOptions {
  readonly status?: string;
  readonly limit: string;
}

interface VerdictOptions extends AskOptions {
  readonly by?: string;
  readonly comment?: string;
}

const STATUSES = [
  'requested',
  'approved',
  'rejected',
  'expired',
  'cooling-down',
  'sent',
  'succeeded',
  'failed',
] as const;

/** Ids have 32 digits; the first ones do where they fit one run only. */
const SHOWN_DIGITS = 12;

/** Adds `action list`, `action approve` and `action reject`. */
export function addActionCommand(program: Command, terminal: Terminal): void {
  const action = program
    .command('action')
    .description('what was done about incidents, and what waits for somebody to agree');
  withServer(action.command('list').description('show runs of the last 30 days, the newest first'))
    .option('--status <status>', `only those that are ${STATUSES.join(', ')}`, statusName)
    .option('--limit <count>', 'at most so many', '100')
    .action((options: ListOptions) => list(options, terminal));
  for (const verdict of ['approve', 'reject'] as const) {
    const description = verdict === 'approve' ? 'agree to a run, which is sent at once' : 'refuse a run';
    withServer(action.command(verdict).description(description))
      .argument('<id>', 'as shown by "tidewatch action list"; the first digits do')
      .option('--by <name>', 'who says so (default: the API key)')
      .option('--comment <text>', 'why')
      .action((id: string, options: VerdictOptions) => decide(id, verdict, options, terminal));
  }
}

function statusName(value: string): string {
  if (!STATUSES.some((each) => each === value)) {
    throw new InvalidArgumentError(`It must be one of ${STATUSES.join(', ')}.`);
  }
  return value;
}

async function list({ status, limit, ...options }: ListOptions, terminal: Terminal): Promise<void> {
  const items = await runs(options, { ...(status === undefined ? {} : { status }), limit });
  terminal.out(options.json === true ? JSON.stringify(items, null, 2) : listText(items));
}

async function decide(
  id: string,
  verdict: 'approve' | 'reject',
  options: VerdictOptions,
  terminal: Terminal,
): Promise<void> {
  const { by, comment } = options;
  const found = await fullId(id, options);
  const { run } = (await new ApiClient(options).request('POST', `/api/v1/actions/${found}/${verdict}`, {
    ...(by === undefined ? {} : { by }),
    ...(comment === undefined ? {} : { comment }),
  })) as { run: RunView };
  terminal.out(options.json === true ? JSON.stringify(run, null, 2) : outcomeText(run));
}

/** @throws AppError `actions.unknown`, `request.invalid` when the digits fit several runs */
async function fullId(id: string, options: AskOptions): Promise<string> {
  if (!/^[0-9a-f]{1,31}$/.test(id)) {
    return encodeURIComponent(id);
  }
  const fitting = (await runs(options, { limit: '1000' })).filter((run) => run.id.startsWith(id));
  const [only, another] = fitting;
  if (only === undefined) {
    throw new AppError({
      code: 'actions.unknown',
      message: `There is no run whose id starts with ${id}.`,
      hint: '"tidewatch action list" shows what there is.',
    });
  }
  if (another !== undefined) {
    throw new AppError({
      code: 'request.invalid',
      message: `${fitting.length} runs have an id that starts with ${id}.`,
      hint: 'Give more of its digits.',
    });
  }
  return only.id;
}

async function runs(options: AskOptions, query: Readonly<Record<string, string>>): Promise<RunView[]> {
  const path = `/api/v1/actions?${new URLSearchParams(query).toString()}`;
  return ((await new ApiClient(options).request('GET', path)) as { items: RunView[] }).items;
}

function listText(items: readonly RunView[]): string {
  if (items.length === 0) {
    return 'No actions.';
  }
  const table = formatTable(
    [
      { title: 'RUN' },
      { title: 'ASKED FOR (UTC)' },
      { title: 'STATUS' },
      { title: 'WHAT' },
      { title: 'TARGET' },
      { title: 'RECEIVER' },
      { title: 'BY' },
    ],
    items.map((run) => [
      run.id.slice(0, SHOWN_DIGITS),
      formatTime(run.requestedAt),
      run.status,
      whatOf(run),
      [run.service, run.region, run.model].filter((part) => part !== '').join(', '),
      run.receiver,
      run.decidedBy === '' ? '-' : run.decidedBy,
    ]),
  );
  const waiting = items.filter(({ status }) => status === 'requested');
  const next =
    waiting.length === 0
      ? ''
      : `\n\n${waiting.length === 1 ? 'One waits' : `${waiting.length} wait`} for somebody: tidewatch action approve RUN, or reject RUN`;
  return `${table}${next}`;
}

function outcomeText(run: RunView): string {
  const reason = run.reason === '' ? '' : ` ${oneLine(run.reason)}`;
  return `The ${whatOf(run)} is ${run.status}.${reason}`;
}

function whatOf({ action, dryRun }: RunView): string {
  return dryRun ? `${action} (dry run)` : action;
}
