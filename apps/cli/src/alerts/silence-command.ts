import { matchOf, parseMatchers, type Matcher } from '@tidewatch/alerts';
import { parseDuration } from '@tidewatch/core';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { formatTable, formatTime, oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import { withServer, type AskOptions } from './server-options.js';

/** One silence of the server's answer, as far as it is shown. */
interface SilenceView {
  readonly id: string;
  readonly state: 'active' | 'scheduled' | 'ended' | 'withdrawn';
  readonly matchers: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly comment: string;
  readonly createdBy: string;
}

interface AddOptions extends AskOptions {
  readonly match: readonly Matcher[];
  readonly for?: string;
  readonly until?: string;
  readonly from?: string;
  readonly comment: string;
}

interface ListOptions extends AskOptions {
  readonly all?: boolean;
}

const MOST_LISTED = 1_000;

/** Adds `silence add`, `silence list` and `silence end`. */
export function addSilenceCommand(program: Command, terminal: Terminal): void {
  const silence = program
    .command('silence')
    .description('what is kept quiet by hand: nobody is told of what matches, until a given end');
  withServer(silence.command('add'))
    .description('be quiet about what matches')
    .requiredOption(
      '--match <conditions>',
      'what is to be quiet, such as \'service=ranker-api model=~"rank.*" severity!=page\'',
      conditions,
    )
    .addOption(
      new Option('--for <duration>', 'for how long, such as 2h; at most 30d')
        .argParser(duration)
        .conflicts('until'),
    )
    .option('--until <time>', 'until when instead, such as 2026-11-29T02:00:00Z')
    .option('--from <time>', 'from when on (default: now)')
    .requiredOption('--comment <text>', 'why, for those who wonder about the quiet')
    .action((options: AddOptions) => add(options, terminal));
  withServer(silence.command('list'))
    .description('what is quiet now or will be')
    .option('--all', 'those that are over too')
    .action((options: ListOptions) => list(options, terminal));
  withServer(silence.command('end'))
    .description('end a silence now')
    .argument('<id>', 'as shown by "tidewatch silence list"')
    .action((id: string, options: AskOptions) => end(id, options, terminal));
}

async function add(options: AddOptions, terminal: Terminal): Promise<void> {
  const { match, comment, from, until, for: length } = options;
  const made = (await new ApiClient(options).request('POST', '/api/v1/silences', {
    match: matchOf(match),
    comment,
    ...(from === undefined ? {} : { startsAt: from }),
    ...(until === undefined ? {} : { endsAt: until }),
    ...(length === undefined ? {} : { for: length }),
  })) as SilenceView;
  terminal.out(
    options.json === true
      ? JSON.stringify(made, null, 2)
      : `Quiet from ${formatTime(made.startsAt)} until ${formatTime(made.endsAt)} UTC: ${oneLine(made.matchers)}\n\nEnd it sooner: tidewatch silence end ${made.id}`,
  );
}

async function list({ all, ...options }: ListOptions, terminal: Terminal): Promise<void> {
  const { items } = (await new ApiClient(options).request(
    'GET',
    `/api/v1/silences?limit=${MOST_LISTED}`,
  )) as { items: SilenceView[] };
  const shown = items.filter(({ state }) => all === true || state === 'active' || state === 'scheduled');
  terminal.out(options.json === true ? JSON.stringify(shown, null, 2) : listText(shown));
}

async function end(id: string, options: AskOptions, terminal: Terminal): Promise<void> {
  const ended = (await new ApiClient(options).request(
    'DELETE',
    `/api/v1/silences/${encodeURIComponent(id)}`,
  )) as SilenceView;
  terminal.out(
    options.json === true
      ? JSON.stringify(ended, null, 2)
      : `No longer quiet: ${oneLine(ended.matchers)}\nWhat still fires is told now.`,
  );
}

function listText(items: readonly SilenceView[]): string {
  return items.length === 0
    ? 'No silences.'
    : formatTable(
        [
          { title: 'STATE' },
          { title: 'FROM (UTC)' },
          { title: 'UNTIL (UTC)' },
          { title: 'MATCHES' },
          { title: 'BY' },
          { title: 'COMMENT' },
          { title: 'ID' },
        ],
        items.map((each) => [
          each.state,
          formatTime(each.startsAt),
          formatTime(each.endsAt),
          each.matchers,
          each.createdBy,
          each.comment,
          each.id,
        ]),
      );
}

function conditions(text: string): readonly Matcher[] {
  const read = parseMatchers(text);
  if ('problem' in read) {
    throw new InvalidArgumentError(`It ${read.problem}.`);
  }
  return read.matchers;
}

function duration(text: string): string {
  if ((parseDuration(text) ?? 0) === 0) {
    throw new InvalidArgumentError('It must be a duration such as 2h.');
  }
  return text;
}
