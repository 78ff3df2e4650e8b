import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { redisAddress, type RedisAddress } from '../redis/redis-address.js';
import { redisError } from '../redis/redis-error.js';
import { HeldLease, momentOf, SYSTEM_CLOCK, type LeaseClock } from './held-lease.js';
import type { Lease, LeaseSource } from './lease.js';
import { leaseAborted } from './lease-aborted.js';
import { ACQUIRE, RELEASE, RENEW } from './lease-scripts.js';

/** What a lease tells. */
export interface LeaseLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Settings of {@link redisLease}. */
export interface RedisLeaseOptions {
  /** `redis://[user:password@]host[:port][/db]`, `rediss` for TLS. */
  readonly url: string;
  /** How long a holder that falls silent keeps it, ms. Default 10,000. */
  readonly ttlMs?: number;
  /** How often a holder renews it, ms. Default 3,000. */
  readonly renewMs?: number;
  readonly logger: LeaseLogger;
  readonly clock?: LeaseClock;
}

/** How often it is asked for at least while another process has it; a lease that is given back is noticed so soon. */
const ASK_EVERY_MS = 500;
const LONGEST_RECONNECT_MS = 1_000;

/** What is the same for all leases of a source. */
interface Settings extends Required<RedisLeaseOptions> {
  readonly address: RedisAddress;
}

/**
 * Leases in Redis: one key with a random token that runs out by itself, renewed and given back only by who set it.
 *
 * Two processes never hold one at the same time unless the clocks of their machines run at different speeds; what such a
 * holder writes carries the lower epoch.
 *
 * @throws AppError `jobs.redis-url`
 */
export function redisLease(options: RedisLeaseOptions): LeaseSource {
  const settings: Settings = {
    ttlMs: 10_000,
    renewMs: 3_000,
    clock: SYSTEM_CLOCK,
    ...options,
    address: redisAddress(options.url),
  };
  return { acquire: (name, signal) => acquire(name, signal, settings) };
}

async function acquire(name: string, signal: AbortSignal, settings: Settings): Promise<Lease> {
  const { address, ttlMs, renewMs, clock, logger } = settings;
  const keys = leaseKeys(name);
  const token = randomUUID();
  const client = connect(address, ttlMs);
  const end = (): void => client.disconnect();
  try {
    const { epoch, since } = await untilAcquired({ name, keys, token, client, signal }, settings);
    logger.info({ lease: name, epoch }, 'this process holds the lease');
    return new HeldLease({
      epoch,
      since,
      ttlMs,
      renewMs,
      clock,
      renew: async () => (await client.eval(RENEW, 1, keys.lease, token, ttlMs)) === 1,
      giveBack: async () => void (await client.eval(RELEASE, 1, keys.lease, token)),
      end,
      onLost: (reason) => logger.warn({ lease: name, epoch, reason }, 'this process has lost the lease'),
    });
  } catch (error) {
    end();
    throw error;
  }
}

/** One wait for one lease. */
interface Attempt {
  readonly name: string;
  readonly keys: { readonly lease: string; readonly epoch: string };
  readonly token: string;
  readonly client: Redis;
  readonly signal: AbortSignal;
}

async function untilAcquired(
  { name, keys, token, client, signal }: Attempt,
  { address, ttlMs, clock, logger }: Settings,
): Promise<{ epoch: number; since: ReturnType<typeof momentOf> }> {
  let said = '';
  const say = (state: string, tell: () => void): void => {
    if (said !== state) {
      said = state;
      tell();
    }
  };
  while (!signal.aborted) {
    const since = momentOf(clock);
    let waitMs = ASK_EVERY_MS;
    try {
      // A token that is already there is ours: an answer that was lost on its way is asked for again.
      const request = client.eval(ACQUIRE, 2, keys.lease, keys.epoch, token, ttlMs, Math.floor(since.wall));
      const [acquired, value] = (await untilAborted(request, signal)) as [number, string | number];
      if (acquired === 1) {
        return { epoch: Number(value), since };
      }
      say('taken', () => logger.info({ lease: name }, 'waiting for the lease'));
      waitMs = Math.min(Math.max(Number(value), 10), ASK_EVERY_MS);
    } catch (error) {
      if (!signal.aborted) {
        const problem = redisError(`The lease ${name} cannot be asked for`, address.shown, error);
        say(problem.message, () => logger.warn({ lease: name }, problem.explanation));
      }
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
  // Set by a request whose answer came too late, it would keep others waiting until it runs out.
  if (client.status === 'ready') {
    await client.eval(RELEASE, 1, keys.lease, token).catch(() => undefined);
  }
  throw leaseAborted(name);
}

/** Braces make both keys one hash slot, so that a Redis Cluster takes them in one script. */
function leaseKeys(name: string): Attempt['keys'] {
  return { lease: `tidewatch:lease:{${name}}`, epoch: `tidewatch:lease:{${name}}:epoch` };
}

function connect({ options }: RedisAddress, ttlMs: number): Redis {
  const client = new Redis({
    ...options,
    // No answer in time is no answer: the next request asks again, and old ones are not sent a second time.
    commandTimeout: Math.min(2_000, Math.ceil(ttlMs / 4)),
    connectTimeout: 5_000,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(50 * 2 ** (times - 1), LONGEST_RECONNECT_MS),
  });
  // Each failed request says it again.
  client.on('error', () => undefined);
  return client;
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
