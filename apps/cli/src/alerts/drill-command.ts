import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, formatDuration, parseDuration } from '@tidewatch/core';
import { InvalidArgumentError, type Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import type { IncidentAnswer } from './alert-views.js';
import { drillReport, drillText, type DrillStart } from './drill-report.js';
import { withServer, type AskOptions } from './server-options.js';

interface DrillOptions extends AskOptions {
  readonly severity: string;
  readonly service?: string;
  readonly region?: string;
  readonly model?: string;
  readonly label: Readonly<Record<string, string>>;
  readonly keep: string;
  readonly within: string;
}

/** How often the server is asked how far the messages are. */
const ASK_EVERY_MS = 500;
/** What the server has for noticing that all has arrived, and for closing it. */
const MARGIN_MS = 5_000;

/** Adds `drill`. */
export function addDrillCommand(
  program: Command,
  terminal: Terminal,
  exitWith: (code: ExitCode) => void,
): void {
  withServer(
    program
      .command('drill')
      .description(
        'make a marked incident that goes the real way to people, and report how long each message took; exit status 1 when one did not arrive in time',
      ),
  )
    .requiredOption('--severity <severity>', 'page or ticket', severity)
    .option('--service <name>', 'the service it is said to be about')
    .option('--region <name>', 'its region')
    .option('--model <name>', 'its model')
    .option(
      '--label <name=value>',
      'a label to route by, such as owner=ml-ranking; may be repeated',
      label,
      {},
    )
    .option('--keep <duration>', 'keep it open at least so long', duration, '0s')
    .option('--within <duration>', 'how soon after it is due each message must have arrived', duration, '30s')
    .action(async (options: DrillOptions) => exitWith(await drill(options, terminal)));
}

async function drill(options: DrillOptions, terminal: Terminal): Promise<ExitCode> {
  const client = new ApiClient(options);
  const { service = '', region = '', model = '', label: labels, keep } = options;
  const start = (await client.request('POST', '/api/v1/drills', {
    ...{ severity: options.severity, service, region, model, labels, keep },
  })) as DrillStart;
  const withinMs = parseDuration(options.within) ?? 0;
  if (options.json !== true) {
    terminal.err(startLine(start));
  }
  const answer = await watch(client, start, withinMs + (parseDuration(keep) ?? 0));
  const report = drillReport(start, answer, withinMs);
  terminal.out(options.json === true ? JSON.stringify(report, null, 2) : drillText(report, options.within));
  return report.ok ? EXIT.ok : EXIT.failed;
}

function startLine({ incidentId, receivers = [] }: DrillStart): string {
  const longest = Math.max(0, ...receivers.map(({ groupWaitMs }) => groupWaitMs));
  const wait =
    longest === 0 ? '' : `; the first message waits up to ${formatDuration(longest)}, as its route says`;
  return `Drill ${incidentId.slice(0, 12)} is on its way to ${receivers.map(({ receiver }) => receiver).join(', ') || 'its receivers'}${wait}.`;
}

/** Asks until everything that was opened is closed, or could not be in time. */
async function watch(client: ApiClient, start: DrillStart, allowedMs: number): Promise<IncidentAnswer> {
  const waits = (start.receivers ?? []).map(({ groupWaitMs }) => groupWaitMs);
  const limit = Date.now() + Math.max(0, ...waits) + allowedMs + MARGIN_MS;
  // Closing goes through the same lanes as opening, so it gets the same time.
  const closedBy = limit + allowedMs;
  for (;;) {
    const answer = await ask(client, start.incidentId);
    if (answer !== null) {
      const isOver = answer.incident.status === 'resolved';
      const isDone = answer.incident.notifications.every(({ outcome }) => isFinal(outcome));
      if ((isOver && isDone) || Date.now() > (isOver ? closedBy : Math.max(limit, start.endsBy ?? 0))) {
        return answer;
      }
    } else if (Date.now() > limit) {
      throw new AppError({
        code: 'drill.not-seen',
        message: `The server does not know the incident ${start.incidentId} that it made.`,
        hint: 'Its log says more.',
      });
    }
    await sleep(ASK_EVERY_MS);
  }
}

/** `null` while the incident cannot be found yet: it is written by another process than the one that answers. */
async function ask(client: ApiClient, id: string): Promise<IncidentAnswer | null> {
  try {
    return (await client.request('GET', `/api/v1/incidents/${encodeURIComponent(id)}`)) as IncidentAnswer;
  } catch (error) {
    if (error instanceof AppError && /^(request\.not-found|incident\.unknown)$/.test(error.code)) {
      return null;
    }
    throw error;
  }
}

function isFinal(outcome: string): boolean {
  return outcome === 'delivered' || outcome === 'rejected' || outcome === 'superseded';
}

function severity(value: string): string {
  if (value !== 'page' && value !== 'ticket') {
    throw new InvalidArgumentError('It must be page or ticket.');
  }
  return value;
}

function duration(value: string): string {
  if (parseDuration(value) === undefined) {
    throw new InvalidArgumentError('It must be a duration such as 30s or 2m.');
  }
  return value;
}

function label(value: string, known: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
  if (name === undefined || text === undefined) {
    throw new InvalidArgumentError('It must be a name and a value, such as owner=ml-ranking.');
  }
  return { ...known, [name]: text };
}
