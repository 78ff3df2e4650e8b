import type Bull from 'bull';
import { redisAddress } from '../redis/redis-address.js';

/** Times of a queue on Redis that a test has to shorten. */
export interface BullTimes {
  /** How long a job stays with a worker that does not speak up, ms. Default 10,000. */
  readonly lockMs?: number;
  /** How often somebody looks for jobs whose worker went silent, ms. Default 5,000. */
  readonly stalledCheckMs?: number;
}

/** As Bull takes them. */
export type BullQueueOptions = Bull.QueueOptions;

/** A connection that breaks is tried again after this long at first, and after {@link LONGEST_RECONNECT_MS} at most. */
const FIRST_RECONNECT_MS = 50;
const LONGEST_RECONNECT_MS = 2_000;
/** Longer than the longest command that blocks on purpose (5 s): a silent connection is a dead one. */
const SILENT_MS = 15_000;
/** A job that stops its worker again and again is still somebody's page: it is not given up here. */
const MOST_STALLS = 1_000_000;

/**
 * How Tidewatch runs Bull.
 *
 * @param url `redis://[user:password@]host[:port][/db]`
 * @throws AppError `jobs.redis-url`
 */
export function bullQueueOptions(url: string, times: BullTimes = {}): BullQueueOptions {
  const { lockMs = 10_000, stalledCheckMs = 5_000 } = times;
  return {
    prefix: 'tidewatch',
    redis: {
      ...redisAddress(url).options,
      connectTimeout: 5_000,
      keepAlive: 10_000,
      socketTimeout: SILENT_MS,
      // Commands wait for Redis to come back instead of failing; what must not wait has a limit of its own.
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      retryStrategy: (times: number) => Math.min(FIRST_RECONNECT_MS * 2 ** (times - 1), LONGEST_RECONNECT_MS),
    },
    settings: {
      lockDuration: lockMs,
      lockRenewTime: lockMs / 2,
      stalledInterval: stalledCheckMs,
      maxStalledCount: MOST_STALLS,
      // How long a worker pauses after trouble with Redis; the default of 5 s would be a late page.
      retryProcessDelay: 500,
      guardInterval: 1_000,
    },
    defaultJobOptions: {
      // A finished job leaves nothing behind, so that its id can be used again.
      removeOnComplete: true,
      removeOnFail: true,
      attempts: 1,
    },
  };
}
