import { isAppError } from '@tidewatch/core';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ServerOptions } from '../api-client.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import type { GateOptions } from './gate.js';
import type { ImportCommandOptions } from './import.js';
import type { PlanCommandOptions } from './plan.js';
import type { SimulateOptions } from './simulate.js';
import type { SuggestOptions } from './suggest.js';
import type { ValidateOptions } from './validate.js';

const DEFAULT_URL = 'http://127.0.0.1:8080';

interface Shell {
  readonly terminal: Terminal;
  readonly exitWith: (code: ExitCode) => void;
}

/** Adds `slo validate`, `plan`, `simulate`, `test`, `import`, `export`, `suggest` and `gate`. */
export function addSloCommand(
  program: Command,
  terminal: Terminal,
  exitWith: (code: ExitCode) => void,
): void {
  const slo = program
    .command('slo')
    .description('service level objectives: check them, plan and replay them, test them, gate on them');
  const shell: Shell = { terminal, exitWith };
  addFileCommands(slo, shell);
  addTranslations(slo, shell);
  addServerCommands(slo, shell);
}

// What a command needs is loaded when it runs: the other commands do without these libraries, which take their time to load.
function addFileCommands(slo: Command, { terminal, exitWith }: Shell): void {
  slo
    .command('validate')
    .description('everything that is wrong with files of rules, with file, line and path')
    .argument('<path...>', 'files, or directories of *.yaml and *.yml files')
    .addOption(new Option('--strict', 'as exact as the reference validator of OpenSLO').conflicts('lenient'))
    .option('--lenient', 'accept what is clear, with a warning (the default)')
    .option('--json', 'print JSON')
    .action(async (paths: string[], options: ValidateOptions) =>
      run({ terminal, exitWith }, async () =>
        (await import('./validate.js')).validate(paths, options, terminal),
      ),
    );
  slo
    .command('plan')
    .description('when each tier would fire and clear at constant error rates, and what that costs')
    .argument('<file>', 'a file that defines SLOs')
    .option('--slo <name>', 'only this one')
    .option('--errors <list>', 'error rates in per cent, such as 100,5,0.2', perCents)
    .option('--rate <number>', 'requests per second: counts in the minimum of bad events', positive)
    .option('--json', 'print JSON')
    .action(async (file: string, options: PlanCommandOptions) =>
      run({ terminal, exitWith }, async () => (await import('./plan.js')).plan(file, options, terminal)),
    );
  slo
    .command('test')
    .description('run fixtures of series and expected alerts on a virtual clock')
    .argument('<fixture...>', 'files')
    .option('--json', 'print JSON')
    .action(async (files: string[], options: { json?: boolean }) =>
      run({ terminal, exitWith }, async () =>
        (await import('./test-fixtures.js')).testFixtures(files, options, terminal),
      ),
    );
}

function addTranslations(slo: Command, { terminal, exitWith }: Shell): void {
  slo
    .command('import')
    .description('translate specifications of Sloth, Pyrra and OpenSLO, and name what cannot be')
    .argument('<file...>', 'files')
    .addOption(new Option('--from <tool>', 'only those of this tool').choices(['sloth', 'pyrra', 'openslo']))
    .option('--out <directory>', 'write one file per document there, instead of printing them')
    .option('--runbook <url>', 'where runbooks lie: the name of an SLO is added to it')
    .option(
      '--period <duration>',
      'period of SLOs of Sloth, which it takes from its command line, such as 28d',
    )
    .addOption(
      new Option(
        '--gauge-series <how>',
        'what becomes of queries that count series of a gauge: a minute is bad by its worst series, or by their mean',
      ).choices(['refuse', 'worst', 'mean']),
    )
    .option('--json', 'print JSON')
    .action(async (files: string[], options: ImportCommandOptions) =>
      run({ terminal, exitWith }, async () =>
        (await import('./import.js')).importFiles(files, options, terminal),
      ),
    );
  slo
    .command('export')
    .description('print the SLOs of files as OpenSLO v1')
    .argument('<path...>', 'files or directories')
    .option('--json', 'print JSON')
    .action(async (files: string[], options: { json?: boolean }) =>
      run({ terminal, exitWith }, async () =>
        (await import('./export.js')).exportFiles(files, options, terminal),
      ),
    );
}

function addServerCommands(slo: Command, { terminal, exitWith }: Shell): void {
  withServer(slo.command('simulate'))
    .description('what an SLO would have done over the past that a server has stored')
    .argument('<source>', 'a file that defines SLOs, or the name of an SLO of the server')
    .option('--days <number>', 'how far back', positive, 30)
    .option('--slo <name>', 'only this one of the file')
    .option('--json', 'print JSON')
    .action(async (source: string, options: SimulateOptions & Address) =>
      run({ terminal, exitWith }, async () =>
        (await import('./simulate.js')).simulate(source, addressed(options), terminal, Date.now()),
      ),
    );
  withServer(slo.command('suggest'))
    .description('the presets that fit what a server receives')
    .option('--out <directory>', 'write one file per preset there')
    .option('--yaml', 'print the rules')
    .option('--json', 'print JSON')
    .action(async (options: SuggestOptions & Address) =>
      run({ terminal, exitWith }, async () =>
        (await import('./suggest.js')).suggest(addressed(options), terminal),
      ),
    );
  withServer(slo.command('gate'))
    .description(
      'whether the error budget policy lets a release go on; exit status 0: open, 1: frozen, 3: cannot be told',
    )
    .argument('<name>', 'an SLO of the server')
    .addOption(
      new Option('--on-unknown <what>', 'what to take it for when it cannot be told').choices([
        'open',
        'closed',
      ]),
    )
    .option('--json', 'print JSON')
    .action(async (name: string, options: GateOptions & Address) =>
      run({ terminal, exitWith }, async () =>
        (await import('./gate.js')).gate(name, addressed(options), terminal),
      ),
    );
}

/** The address as written: `--server`, or `--url` as in other commands. */
interface Address {
  readonly server?: string;
  readonly url: string;
}

function withServer(command: Command): Command {
  return command
    .option('--server <url>', `address of the server (default: ${DEFAULT_URL})`)
    .addOption(new Option('--url <url>', 'the same').default(DEFAULT_URL).hideHelp())
    .option('--key-file <path>', 'file that holds an API key, for servers that ask for one');
}

function addressed<T extends ServerOptions & Address>(options: T): T {
  return { ...options, url: options.server ?? options.url };
}

/** What the command cannot work on is wrong usage; a server that cannot be reached, or refuses, is said as by other commands. */
async function run({ terminal, exitWith }: Shell, work: () => Promise<ExitCode>): Promise<void> {
  try {
    exitWith(await work());
  } catch (error) {
    if (!isAppError(error) || !CANNOT_RUN.test(error.code)) {
      throw error;
    }
    terminal.err(`${error.explanation}\n[${error.code}]`);
    exitWith(EXIT.usage);
  }
}

const CANNOT_RUN =
  /^(cli\.(file|no-slo|no-document|rules-invalid|yaml|write|bad-url|key-file|presets-missing)|slo\.)/;

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return value;
}

function perCents(text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part.trim().replace(/\s*%$/, ''));
    if (!Number.isFinite(value) || value <= 0 || value > 100) {
      throw new InvalidArgumentError('It must be numbers above 0 and up to 100, such as 100,5,0.2.');
    }
    return value / 100;
  });
}
