import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { BAD_RELEASE, BAD_TRAFFIC, deploymentsCall } from './deployments.js';
import { FLEET } from './fleet.js';
import type { BackfillService } from './history/backfill.js';
import type { Narrator } from './narrator.js';
import type { FleetOptions } from './options.js';
import { PredictionOutbox } from './predictions.js';
import { LiveService } from './service.js';

const TICK_MS = 100;
const EXPORT_INTERVAL_MS = 5_000;
const TICKS_PER_FLUSH = 10;
/** Ctrl-C to exit within two seconds, whatever the server does. */
const FAREWELL_MS = 1_500;
const API_ATTEMPTS = 10;

/** What live operation needs from outside. */
export interface LiveSurroundings {
  readonly client: ApiClient;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
  /** Where the history ended, milliseconds since the epoch. */
  readonly start: number;
}

/** Runs live traffic until aborted or until `--duration` has passed; the incident comes after `--incident-after`. */
export async function runLive(
  services: readonly BackfillService[],
  options: FleetOptions,
  { client, narrator, signal, start }: LiveSurroundings,
): Promise<void> {
  const live = services.map(
    ({ profile, seed, exporter }) =>
      new LiveService(profile, seed + 2, start, {
        exporter,
        otlpUrl: options.otlpUrl,
        exportIntervalMs: EXPORT_INTERVAL_MS,
      }),
  );
  const outbox = openOutbox(client, narrator);
  const tick = (now: number): void =>
    live.forEach((service) => outbox.add(service.tick(now), service.labelsUntil(now)));
  announceLive(narrator, options);

  const incidentAt = Date.now() + options.incidentAfterMs;
  const endAt = options.durationMs === null ? Infinity : Date.now() + options.durationMs;
  let incidentPending = true;
  for (let ticks = 1; !signal.aborted; ticks += 1) {
    const now = Date.now();
    tick(now);
    if (incidentPending && now >= incidentAt) {
      incidentPending = false;
      startIncident(live, now, client, narrator);
    }
    if (now >= endAt) {
      break;
    }
    if (ticks % TICKS_PER_FLUSH === 0) {
      void outbox.flush();
    }
    // An aborted wait is the end of the loop, not an error.
    await delay(TICK_MS, undefined, { signal }).catch(() => undefined);
  }

  tick(Date.now());
  const farewell = Promise.all([...live.map((service) => service.shutdown()), outbox.flush()]);
  await Promise.race([farewell, delay(FAREWELL_MS, undefined, { ref: false })]);
  narrator.emit({ event: 'stopped', at: Date.now() });
}

/** The bad deploy on one service, and a change of inputs on the two others: none explains another. */
function startIncident(
  live: readonly LiveService[],
  now: number,
  client: ApiClient,
  narrator: Narrator,
): void {
  const { ranker, fraud, vision } = FLEET;
  live.find((service) => service.profile === ranker)?.deploy(BAD_RELEASE, BAD_TRAFFIC);
  live
    .filter(({ profile }) => profile === fraud || profile === vision)
    .forEach((service) => service.setMood('evening'));

  narrator.say(
    `BAD DEPLOY ${ranker.model} ${BAD_RELEASE.modelVersion} (${BAD_RELEASE.deploymentId}) on ${ranker.service}: ` +
      `${BAD_TRAFFIC.errorShare * 100} % of requests now time out`,
  );
  narrator.emit({
    event: 'bad-deploy',
    at: now,
    service: ranker.service,
    model: ranker.model,
    deployment_id: BAD_RELEASE.deploymentId,
  });
  narrator.say(
    `EVENING TRAFFIC ${fraud.model} on ${fraud.service}: amounts are one standard deviation higher, ` +
      'payments follow each other 20 times faster',
  );
  narrator.emit({ event: 'evening-traffic', at: now, service: fraud.service, model: fraud.model });
  narrator.say(
    `EVENING LIGHT ${vision.model} on ${vision.service}: frames are dark and blurred, ` +
      'and nearly half of them come from the packing hall',
  );
  narrator.emit({ event: 'evening-light', at: now, service: vision.service, model: vision.model });

  client
    .send(deploymentsCall([{ profile: ranker, release: BAD_RELEASE, kind: 'deploy', at: now }]), {
      attempts: API_ATTEMPTS,
    })
    .catch((error: Error) => narrator.say(`WARNING the deployment could not be reported: ${error.message}`));
}

function announceLive(narrator: Narrator, options: FleetOptions): void {
  const rates = Object.values(FLEET).map(
    ({ service, traffic }) => `${service} ${traffic.requestsPerSecond}/s`,
  );
  narrator.say(
    `LIVE ${rates.join(', ')}; the incident starts in ${options.incidentAfterMs / 1_000} s, Ctrl-C stops the fleet`,
  );
  narrator.emit({ event: 'live', at: Date.now() });
}

function openOutbox(client: ApiClient, narrator: Narrator): PredictionOutbox {
  return new PredictionOutbox(client, {
    rejected: ({ rejected }) => {
      const first = rejected[0];
      narrator.say(
        `WARNING ${rejected.length} predictions refused${first === undefined ? '' : `: ${first.field} ${first.reason}`}`,
      );
    },
    failed: (error) => narrator.say(`WARNING predictions wait: ${error.message}`),
    recovered: () => narrator.say('RECOVERED predictions are accepted again'),
  });
}
