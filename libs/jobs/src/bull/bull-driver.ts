import Bull from 'bull';
import type { JobDriver, JobQueue, JobErrorListener } from '../job-queue.js';
import { Redis } from 'ioredis';
import { redisAddress } from '../redis/redis-address.js';
import { redisError } from '../redis/redis-error.js';
import { within } from '../redis/time-limit.js';
import { bullQueueOptions, type BullTimes } from './bull-options.js';
import { BullJobQueue, type Envelope } from './bull-queue.js';

/** A queue object of Bull. */
export type BullQueue = Bull.Queue;

/** Settings of {@link bullDriver}. */
export interface BullDriverOptions extends BullTimes {
  /** `redis://[user:password@]host[:port][/db]`, `rediss` for TLS. */
  readonly url: string;
  /** Gives the queue objects that somebody else makes, with {@link bullQueueOptions}; without it the driver makes them. */
  readonly queueOf?: (name: string) => BullQueue;
  readonly onError?: JobErrorListener;
}

const READY_MS = 5_000;

/**
 * Queues on Redis, for several processes. Installations that share a Redis need a database number each.
 *
 * A job whose process dies or is blocked for longer than its lock is run again by another. Jobs that wait outlive every
 * process, but not a Redis that loses its data: whoever makes them makes them again from what is stored.
 *
 * @throws AppError `jobs.redis-url`
 */
export function bullDriver(options: BullDriverOptions): JobDriver {
  const { shown } = redisAddress(options.url);
  const queueOf = options.queueOf ?? ((name) => new Bull(name, bullQueueOptions(options.url, options)));
  const onError = options.onError ?? (() => undefined);
  return {
    kind: 'bull',
    shared: true,
    ready: () => checkRedis(options.url),
    open: <Data>(name: string): JobQueue<Data> =>
      new BullJobQueue<Data>({ queue: queueOf(name) as Bull.Queue<Envelope<Data>>, shown, onError }),
  };
}

/** Asks Redis for an answer, on a connection of its own: those of the queues wait patiently. */
async function checkRedis(url: string): Promise<void> {
  const { options, shown } = redisAddress(url);
  const client = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: READY_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // `connect` rejects with "Connection is closed"; what happened is in the event before.
  let reason: unknown;
  client.on('error', (error) => (reason = error));
  try {
    await within(
      READY_MS,
      client.connect().then(() => client.ping()),
    );
  } catch (error) {
    throw redisError('The job queue cannot be opened', shown, reason ?? error);
  } finally {
    client.disconnect();
  }
}
