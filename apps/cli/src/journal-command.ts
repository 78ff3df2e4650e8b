import { AppError } from '@tidewatch/core';
import type { Command } from 'commander';
import { ApiClient, type ServerOptions } from './api-client.js';
import { journalText, type DeadLetterItem, type IngestStatus } from './journal-view.js';
import type { Terminal } from './terminal.js';

interface ListOptions extends ServerOptions {
  readonly json?: boolean;
}

interface ChangeOptions extends ListOptions {
  readonly yes?: boolean;
}

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Adds `journal ls`, `journal retry` and `journal drop`. */
export function addJournalCommand(program: Command, terminal: Terminal): void {
  const journal = program
    .command('journal')
    .description(
      'what the server has taken in, what waits for ClickHouse, and what ClickHouse refused for good',
    );
  withServer(
    journal.command('ls').description('show counts per signal, the journal and its dead letters'),
  ).action((options: ListOptions) => list(options, terminal));
  withServer(journal.command('retry'))
    .description('store a dead letter again, once the cause of the refusal is gone')
    .argument('<name>', 'as shown by "tidewatch journal ls"')
    .option('-y, --yes', 'do not ask')
    .action((name: string, options: ChangeOptions) => retry(name, options, terminal));
  withServer(journal.command('drop'))
    .description('delete a dead letter: its rows are then lost')
    .argument('<name>', 'as shown by "tidewatch journal ls"')
    .option('-y, --yes', 'do not ask')
    .action((name: string, options: ChangeOptions) => drop(name, options, terminal));
}

function withServer(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server', DEFAULT_URL)
    .option('--key-file <path>', 'file that holds an API key, for servers that ask for one')
    .option('--json', 'print JSON');
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const client = new ApiClient(options);
  const [status, deadLetters] = await Promise.all([
    client.request('GET', '/api/v1/ingest') as Promise<IngestStatus>,
    deadLettersOf(client),
  ]);
  terminal.out(
    options.json === true
      ? JSON.stringify({ ...status, deadLetters }, null, 2)
      : journalText(status, deadLetters),
  );
}

async function retry(name: string, options: ChangeOptions, terminal: Terminal): Promise<void> {
  const client = new ApiClient(options);
  const letter = await deadLetter(client, name);
  // Where nobody can answer it goes on: storing a batch twice is harmless, and a script has a reason to ask for it.
  if (
    options.yes !== true &&
    terminal.isInteractive &&
    !(await ask(terminal, `Store ${said(letter)} again?`))
  ) {
    return;
  }
  await client.request('POST', `/api/v1/ingest/dead-letters/${encodeURIComponent(name)}/retry`);
  terminal.out(
    options.json === true
      ? JSON.stringify({ retried: name })
      : `${name} goes to ClickHouse again. If it is refused again, "tidewatch journal ls" shows it with the new reason.`,
  );
}

async function drop(name: string, options: ChangeOptions, terminal: Terminal): Promise<void> {
  if (options.yes !== true && !terminal.isInteractive) {
    throw new AppError({
      code: 'cli.not-confirmed',
      message: `Dropping ${name} loses its rows for good, and nobody is here to confirm it.`,
      hint: 'Say --yes.',
    });
  }
  const client = new ApiClient(options);
  const letter = await deadLetter(client, name);
  if (options.yes !== true && !(await ask(terminal, `Delete ${said(letter)} for good?`))) {
    return;
  }
  await client.request('DELETE', `/api/v1/ingest/dead-letters/${encodeURIComponent(name)}`);
  terminal.out(options.json === true ? JSON.stringify({ dropped: name }) : `${name} is dropped.`);
}

async function ask(terminal: Terminal, question: string): Promise<boolean> {
  const isYes = await terminal.confirm(question);
  if (!isYes) {
    terminal.err('Nothing was changed.');
  }
  return isYes;
}

async function deadLettersOf(client: ApiClient): Promise<readonly DeadLetterItem[]> {
  return ((await client.request('GET', '/api/v1/ingest/dead-letters')) as { items: DeadLetterItem[] }).items;
}

async function deadLetter(client: ApiClient, name: string): Promise<DeadLetterItem> {
  const letters = await deadLettersOf(client);
  const found = letters.find((letter) => letter.name === name);
  if (found === undefined) {
    throw new AppError({
      code: 'journal.no-dead-letter',
      message: `There is no dead letter ${name.slice(0, 80)}.`,
      hint:
        letters.length === 0
          ? 'There are none at all.'
          : `There are: ${letters.map((letter) => letter.name).join(', ')}.`,
    });
  }
  return found;
}

function said(letter: DeadLetterItem): string {
  return `${letter.rows} rows of ${letter.layout.replace(/\/\d+$/, '')} (${letter.name})`;
}
