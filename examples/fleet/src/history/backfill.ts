import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { ApiClient } from '../api-client.js';
import { exportMetrics } from '../exporters.js';
import type { ServiceProfile } from '../fleet.js';
import { formatCount } from '../narrator.js';
import type { Narrator } from '../narrator.js';
import { labelCalls, predictionCalls } from '../predictions.js';
import { ServiceHistory } from './service-history.js';
import type { HistoryBatch } from './service-history.js';

/** How much history one export carries: some 1,000 points, well below every size limit. */
const BATCH_MS = 10 * 60_000;
/** Catching up stops when the present is this close. Live traffic covers the rest in its first tick. */
const CLOSE_ENOUGH_MS = 500;
const MOST_CATCH_UPS = 5;
/** Attempts for each call to the API: a server that has just started may be busy. */
const API_ATTEMPTS = 10;

/** One service whose past is to be sent. */
export interface BackfillService {
  readonly profile: ServiceProfile;
  readonly seed: number;
  readonly exporter: PushMetricExporter;
}

/** What a backfill needs from outside. Times in milliseconds since the epoch. */
export interface BackfillOptions {
  readonly client: ApiClient;
  readonly narrator: Narrator;
  readonly from: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

interface Sent {
  points: number;
  requests: number;
  samples: number;
  labels: number;
  rejected: number;
}

/**
 * Sends the past of all services at once and returns where it ends: the start of live traffic, the same for all.
 *
 * Sending takes seconds in which the present moves on. So a long stretch up to now goes first, and then shorter and
 * shorter ones until nothing worth mentioning is missing.
 *
 * @throws Error when the server refuses the history, and the signal's reason when it is aborted.
 */
export async function backfill(
  services: readonly BackfillService[],
  options: BackfillOptions,
): Promise<number> {
  const { from, now } = options;
  let end = Math.max(from, now());
  const histories = services.map((service) => new ServiceHistory(service.profile, service.seed, from, end));
  const sendAll = (to: number, tell: boolean): Promise<unknown> =>
    settleAll(
      services.map(async (service, index) => {
        const history = histories[index];
        if (history !== undefined) {
          await sendUntil(service, history, to, tell, options);
        }
      }),
    );
  await sendAll(end, true);
  for (let round = 0; round < MOST_CATCH_UPS && now() - end > CLOSE_ENOUGH_MS; round += 1) {
    end = now();
    await sendAll(end, false);
  }
  return end;
}

/** Waits until all work has ended, one way or the other, so that nothing goes on behind the caller's back. */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function sendUntil(
  service: BackfillService,
  history: ServiceHistory,
  to: number,
  tell: boolean,
  options: BackfillOptions,
): Promise<void> {
  const started = options.now();
  const from = history.end;
  const sent: Sent = { points: 0, requests: 0, samples: 0, labels: 0, rejected: 0 };
  while (history.end < to) {
    options.signal.throwIfAborted();
    const batch = history.advance(Math.min(to, history.end + BATCH_MS));
    await sendBatch(service.exporter, options, batch, sent);
  }
  if (tell) {
    const what = service.profile.samples?.kind === 'image' ? 'images' : 'predictions';
    const samples = sent.samples === 0 ? '' : `, ${formatCount(sent.samples)} ${what}`;
    const labels = sent.labels === 0 ? '' : `, ${formatCount(sent.labels)} labels`;
    options.narrator.say(
      `HISTORY ${service.profile.service}: ${formatCount(Math.round((to - from) / 60_000))} min, ` +
        `${formatCount(sent.requests)} requests in ${formatCount(sent.points)} points${samples}${labels}, ` +
        `sent in ${((options.now() - started) / 1_000).toFixed(1)} s`,
    );
  }
  if (sent.rejected > 0) {
    options.narrator.say(
      `WARNING ${service.profile.service}: the server refused ${sent.rejected} rows of history`,
    );
  }
}

async function sendBatch(
  exporter: PushMetricExporter,
  { client, signal }: BackfillOptions,
  batch: HistoryBatch,
  sent: Sent,
): Promise<void> {
  const metrics = exportMetrics(exporter, batch.metrics);
  const rows = (async () => {
    // Labels go last: a truth belongs to a prediction that is already there.
    for (const call of [...(await predictionCalls(batch.samples)), ...labelCalls(batch.labels)]) {
      const answer = await client.send(call, { attempts: API_ATTEMPTS, signal });
      sent.rejected += answer.rejected.length;
    }
  })();
  await settleAll([metrics, rows]);
  sent.points += batch.points;
  sent.requests += batch.requests;
  sent.samples += batch.samples.length;
  sent.labels += batch.labels.length;
}
