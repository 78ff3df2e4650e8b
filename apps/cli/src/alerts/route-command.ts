import { parseMatchers, waitsText, type AlertLabels, type RouteMatch } from '@tidewatch/alerts';
import { formatDuration, isAppError } from '@tidewatch/core';
import { InvalidArgumentError, type Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import type { RouteTest } from './route-files.js';
import { withServer, type AskOptions } from './server-options.js';

interface RouteOptions extends AskOptions {
  readonly labels: AlertLabels;
  readonly rules?: string;
}

/** Adds `route test`. */
export function addRouteCommand(
  program: Command,
  terminal: Terminal,
  exitWith: (code: ExitCode) => void,
): void {
  const route = program.command('route').description('who is told of what');
  withServer(route.command('test'))
    .description(
      'who would be told of something with these labels, and why; exit status 0: somebody, 1: nobody. Asks a server, or looks into the files of --rules',
    )
    .requiredOption(
      '--labels <labels>',
      'what it would be about, such as "severity=page service=ranker-api owner=sre"',
      labelsOf,
    )
    .option('--rules <directory>', 'a directory of rule files, instead of a server')
    .action(async (options: RouteOptions) => exitWith(await testRoutes(options, terminal)));
}

async function testRoutes(options: RouteOptions, terminal: Terminal): Promise<ExitCode> {
  const { labels, rules, json } = options;
  let result: RouteTest;
  try {
    result =
      rules === undefined
        ? ((await new ApiClient(options).request('POST', '/api/v1/routes/test', { labels })) as RouteTest)
        : // The libraries that read rules take their time to load; asking a server does without them.
          (await import('./route-files.js')).testFiles(rules, labels, Date.now());
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith('config.')) {
      throw error;
    }
    // Files that cannot be read must not pass for routes that lead to nobody.
    terminal.err(`${error.explanation}\n[${error.code}]`);
    return EXIT.usage;
  }
  terminal.out(json === true ? JSON.stringify(result, null, 2) : routesText(result));
  return result.matches.length > 0 ? EXIT.ok : EXIT.failed;
}

function routesText({ matches, decisions, suppression }: RouteTest): string {
  const quiet = suppression === null ? [] : [`Quiet now: ${oneLine(suppression.reason)}`, ''];
  const told = matches.length === 0 ? ['Nobody is told.'] : matches.flatMap(matchLines);
  return [...told, '', ...quiet, ...decisions.map(oneLine)].join('\n');
}

function matchLines(match: RouteMatch): string[] {
  return [
    `${match.receiver}: ${waitsText(match)} (${match.path})`,
    ...match.escalations.map(({ afterMs, when, receivers, raise }) => {
      const what = [
        ...(receivers.length === 0 ? [] : [`tells ${receivers.join(', ')}`]),
        ...(raise ? ['becomes a page'] : []),
      ];
      return `  after ${formatDuration(afterMs)}${when === 'not-acknowledged' ? ' unless acknowledged' : ''}: ${what.join(', ')}`;
    }),
  ];
}

function labelsOf(text: string): AlertLabels {
  const read = parseMatchers(text);
  if ('problem' in read) {
    throw new InvalidArgumentError(`It ${read.problem}.`);
  }
  const other = read.matchers.find(({ op }) => op !== 'equals');
  if (other !== undefined || read.matchers.length === 0) {
    throw new InvalidArgumentError(
      'It must be labels with their values, such as "severity=page service=ranker-api".',
    );
  }
  return Object.fromEntries(read.matchers.map(({ label, value }) => [label, value]));
}
