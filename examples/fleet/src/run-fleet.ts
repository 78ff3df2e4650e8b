import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import { deploymentsCall } from './deployments.js';
import { openMetricExporter } from './exporters.js';
import { FLEET } from './fleet.js';
import type { ServiceProfile } from './fleet.js';
import { backfill, settleAll } from './history/backfill.js';
import type { BackfillService } from './history/backfill.js';
import { runLive } from './live.js';
import { formatCount } from './narrator.js';
import type { Narrator } from './narrator.js';
import type { FleetOptions } from './options.js';
import { drawBaseline, toNdjson } from './samples.js';
import { createRandom } from './traffic/random.js';

/** How long to wait for a server that is still starting. */
const PATIENCE_MS = 30_000;
const API_ATTEMPTS = 10;
const HOUR_MS = 3_600_000;

/** What the fleet needs from outside. */
export interface FleetSurroundings {
  readonly narrator: Narrator;
  /** Ends the run when aborted. */
  readonly signal: AbortSignal;
  /** How long to wait for the server; default 30 s. */
  readonly patienceMs?: number;
}

/**
 * The whole demo: waits for the server, sends baselines, deployments and the past, then goes live until it is
 * stopped or its time is up.
 *
 * @throws Error with a text for the reader when the server stays unreachable or refuses what a demo cannot do without.
 */
export async function runFleet(options: FleetOptions, surroundings: FleetSurroundings): Promise<void> {
  try {
    await tellStory(options, surroundings);
  } catch (error) {
    // Whatever was interrupted by the wish to stop is not a failure.
    if (!surroundings.signal.aborted) {
      throw error;
    }
  }
}

async function tellStory(options: FleetOptions, surroundings: FleetSurroundings): Promise<void> {
  const { narrator, signal } = surroundings;
  const client = new ApiClient(options.apiUrl);
  await waitForServer(options, client, surroundings);
  const services = Object.values(FLEET).map((profile, index) => ({
    profile,
    // Each service has its own sequences, so that none depends on how the others' calls interleave.
    seed: options.seed * 100 + index * 10,
    exporter: openMetricExporter(profile, options.otlpUrl),
  }));
  const from = await historyStart(options, client, narrator);
  await sendDeployments(client, from, signal);
  // The baselines go along with the history: both are mostly waiting for the server.
  const past = backfill(services, { client, narrator, from: from.at, now: Date.now, signal });
  await settleAll<unknown>([past, ...services.map((service) => sendBaseline(client, service, surroundings))]);
  signal.throwIfAborted();
  await runLive(services, options, { client, narrator, signal, start: await past });
}

/** Waits until both endpoints answer and the API says that it is ready. */
async function waitForServer(
  options: FleetOptions,
  client: ApiClient,
  { narrator, signal, patienceMs = PATIENCE_MS }: FleetSurroundings,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let told = false; ; told = true) {
    const [api, otlp] = await Promise.all([client.readiness(), new ApiClient(options.otlpUrl).readiness()]);
    if (api === 'ready' && otlp !== 'unreachable') {
      return;
    }
    const problem =
      api === 'ready'
        ? `The OTLP endpoint ${options.otlpUrl} does not answer`
        : `The API at ${options.apiUrl} ${api === 'starting' ? 'is not ready' : 'does not answer'}`;
    if (Date.now() >= deadline) {
      throw new Error(
        `${problem}, ${Math.round(patienceMs / 1_000)} s after the first try. ` +
          'Start Tidewatch first, or say where it is with --otlp and --api.',
      );
    }
    if (!told) {
      narrator.say(`WAITING ${problem}; trying again for ${Math.round(patienceMs / 1_000)} s`);
    }
    await delay(Math.min(500, Math.max(1, deadline - Date.now())), undefined, { signal });
  }
}

interface HistoryStart {
  readonly at: number;
  /** Whether an earlier run has already written part of the past. */
  readonly resumed: boolean;
}

/**
 * Where the history begins: normally `--history` ago, but never before the newest point that the server already has.
 * Two pasts for the same series would count every request twice.
 */
async function historyStart(
  options: FleetOptions,
  client: ApiClient,
  narrator: Narrator,
): Promise<HistoryStart> {
  const now = Date.now();
  const wanted = now - options.historyMs;
  const known = await client.lastPointAt();
  if (known === null || known <= wanted) {
    return { at: wanted, resumed: known !== null };
  }
  if (options.historyMs > 0) {
    const since = new Date(known).toISOString().slice(11, 19);
    narrator.say(`HISTORY the server has points up to ${since}Z: the past is filled in from there only`);
  }
  return { at: Math.min(known, now), resumed: true };
}

async function sendDeployments(client: ApiClient, from: HistoryStart, signal: AbortSignal): Promise<void> {
  const { ranker } = FLEET;
  const call = from.resumed
    ? deploymentsCall([{ profile: ranker, release: ranker.release, kind: 'rollback', at: from.at }])
    : deploymentsCall(
        Object.values(FLEET).map((profile: ServiceProfile) => ({
          profile,
          release: profile.release,
          kind: 'deploy' as const,
          at: Date.now() - profile.releasedHoursAgo * HOUR_MS,
        })),
      );
  await client.send(call, { attempts: API_ATTEMPTS, signal });
}

async function sendBaseline(
  client: ApiClient,
  service: BackfillService,
  { narrator, signal }: FleetSurroundings,
): Promise<void> {
  const { model, samples } = service.profile;
  if (samples?.kind !== 'tabular') {
    return;
  }
  const rows = drawBaseline(samples.model, createRandom(service.seed + 1), samples.baseline.rows);
  await client.send(
    {
      method: 'PUT',
      path: `/v1/baselines/${model}/${samples.baseline.name}`,
      contentType: 'application/x-ndjson',
      body: toNdjson(rows),
    },
    { attempts: API_ATTEMPTS, signal },
  );
  narrator.say(`BASELINE ${model}/${samples.baseline.name}: ${formatCount(rows.length)} rows`);
}
