import { existsSync } from 'node:fs';
import { AppError, floorTime } from '@tidewatch/core';
import { planHints, replaySlo, timeSliceMs, type Replay, type SloDefinition } from '@tidewatch/slo';
import { ApiClient, type ServerOptions } from '../api-client.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { fetchCounts } from './fetch-counts.js';
import { chosen } from './plan.js';
import { readDefinitions } from './read-definitions.js';
import { definitionsOfText } from './definitions-of-text.js';
import { refuseProblems } from './refuse-problems.js';
import { simulationText } from './simulation-view.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Counting a day from stored points may take a while. */
const TIMEOUT_MS = 120_000;

/** Options of `slo simulate`. */
export interface SimulateOptions extends ServerOptions {
  readonly days: number;
  readonly slo?: string;
  readonly json?: boolean;
}

/** What a simulation found for one SLO. */
export interface Simulation extends Replay {
  readonly slo: string;
  readonly from: number;
  readonly to: number;
  /** What the server said against the documents. */
  readonly problems: readonly string[];
  /** Names of tiers whose `and` condition was taken to hold. */
  readonly assumed: readonly string[];
}

/** `slo simulate`: what an SLO would have done over the stored past. */
export async function simulate(
  source: string,
  options: SimulateOptions,
  terminal: Terminal,
  now: number,
): Promise<ExitCode> {
  const client = new ApiClient({ ...options, timeoutMs: TIMEOUT_MS });
  const { documents, slos } = existsSync(source)
    ? fromFile(source, options.slo)
    : await fromServer(client, source);
  const simulations: Simulation[] = [];
  for (const slo of slos) {
    simulations.push(await simulateOne(client, slo, { documents, days: options.days, now }));
  }
  terminal.out(
    options.json === true
      ? JSON.stringify(simulations, null, 2)
      : simulations.map(simulationText).join('\n\n'),
  );
  return EXIT.ok;
}

interface Sources {
  readonly documents: string;
  readonly slos: readonly SloDefinition[];
}

function fromFile(file: string, name: string | undefined): Sources {
  const found = readDefinitions([file], 'lenient');
  refuseProblems(found);
  return { documents: found.openSlo, slos: chosen(found.slos, name, file) };
}

async function fromServer(client: ApiClient, name: string): Promise<Sources> {
  const { document } = (await client.request('GET', `/api/v1/slos/${encodeURIComponent(name)}`)) as {
    readonly document?: unknown;
  };
  if (document === undefined || document === null) {
    throw new AppError({
      code: 'cli.no-document',
      message: `There is no file ${name}, and the server does not give the document of an SLO of that name.`,
      hint: 'Name the file that defines the SLO.',
    });
  }
  return definitionsOfText(document, name);
}

async function simulateOne(
  client: ApiClient,
  slo: SloDefinition,
  { documents, days, now }: { readonly documents: string; readonly days: number; readonly now: number },
): Promise<Simulation> {
  const step = Math.max(MINUTE_MS, timeSliceMs(slo) ?? MINUTE_MS);
  const to = floorTime(now, step);
  const range = { from: floorTime(to - days * DAY_MS, step), to };
  const { traffic, problems } = await fetchCounts(client, slo, documents, range);
  return {
    slo: slo.name,
    ...range,
    problems: [...problems, ...foreignHints(slo)],
    assumed: slo.tiers.filter(({ and }) => and !== null).map(({ name }) => name),
    ...replaySlo(slo, traffic, range),
  };
}

/** Nothing is counted for a source that Tidewatch does not read, which must not look like peace. */
function foreignHints(slo: SloDefinition): string[] {
  return slo.members.some(({ sli }) => sli.kind === 'foreign') ? planHints(slo) : [];
}
