import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { FLEET } from './fleet.js';
import type { BackfillService } from './history/backfill.js';
import type { Narrator } from './narrator.js';
import type { FleetOptions } from './options.js';
import { PredictionOutbox } from './predictions.js';
import { LiveService } from './service.js';
import { storyOf } from './story.js';

const TICK_MS = 100;
const EXPORT_INTERVAL_MS = 5_000;
const TICKS_PER_FLUSH = 10;
/** Ctrl-C to exit within two seconds, whatever the server does. */
const FAREWELL_MS = 1_500;

/** What live operation needs from outside. */
export interface LiveSurroundings {
  readonly client: ApiClient;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
  /** Where the history ended, milliseconds since the epoch. */
  readonly start: number;
}

/** Runs live traffic until aborted or until `--duration` has passed; what happens meanwhile is {@link storyOf}. */
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

  const story = storyOf(Date.now(), options, { live, client, narrator });
  const endAt = options.durationMs === null ? Infinity : Date.now() + options.durationMs;
  for (let ticks = 1; !signal.aborted; ticks += 1) {
    const now = Date.now();
    tick(now);
    while ((story[0]?.at ?? Infinity) <= now) {
      story.shift()?.happen(now);
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

function announceLive(narrator: Narrator, options: FleetOptions): void {
  const rates = Object.values(FLEET).map(
    ({ service, traffic }) => `${service} ${traffic.requestsPerSecond}/s`,
  );
  const { incidentAfterMs, rollbackAfterMs } = options;
  const mended = rollbackAfterMs === 0 ? '' : ` and is rolled back ${rollbackAfterMs / 1_000} s later`;
  narrator.say(
    `LIVE ${rates.join(', ')}; the incident starts in ${incidentAfterMs / 1_000} s${mended}, Ctrl-C stops the fleet`,
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
