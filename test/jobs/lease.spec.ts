import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { localLease, redisLease, type Lease, type LeaseSource } from '@tidewatch/jobs';
import { Redis } from 'ioredis';
import { startJobsProcess, type JobsProcess } from '../harness/jobs-process.js';
import { freePort, startRedis, type TestRedis } from '../harness/redis.js';
import { until } from './job-queue-contract.js';

const TTL_MS = 600;
const RENEW_MS = 150;
/** Longer than a lease that is free takes to be noticed. */
const SOON_MS = 700;

let redis: TestRedis;
let names = 0;
const processes: JobsProcess[] = [];
const leases: Lease[] = [];
const logged: string[] = [];

beforeAll(async () => {
  redis = await startRedis({ password: 'S3cr3tS3cr3t' });
  // A Redis that has just started empty gives no lease before an old one would have run out.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
});
afterEach(async () => {
  await redis.start();
  await Promise.all(processes.splice(0).map((each) => each.kill()));
  await Promise.all(leases.splice(0).map((lease) => lease.release()));
  expect(logged.filter((line) => line.includes('S3cr3t'))).toEqual([]);
  logged.length = 0;
});
afterAll(() => redis.stop());

const log = (fields: object, message: string): void =>
  void logged.push(JSON.stringify({ ...fields, message }));
const source = (url = redis.url): LeaseSource =>
  redisLease({ url, ttlMs: TTL_MS, renewMs: RENEW_MS, logger: { info: log, warn: log } });
const newName = (): string => `lease-${(names += 1)}`;
const acquire = async (name: string, signal = new AbortController().signal): Promise<Lease> => {
  const lease = await source().acquire(name, signal);
  leases.push(lease);
  return lease;
};
const holder = (name: string): JobsProcess => {
  const started = startJobsProcess('lease', { url: redis.url, name, ttlMs: TTL_MS, renewMs: RENEW_MS });
  processes.push(started);
  return started;
};

describe('the lease of a lone process', () => {
  test('is held from the start until it is given back, with the epoch that it was told', async () => {
    const lease = await localLease(1_790_000_000_000).acquire('alerts', new AbortController().signal);
    expect([lease.epoch, lease.held()]).toEqual([1_790_000_000_000, true]);
    await lease.release();
    expect(lease.held()).toBe(false);
  });

  test('is not given to a process that stops', async () => {
    await expect(localLease(1).acquire('alerts', AbortSignal.abort())).rejects.toMatchObject({
      code: 'jobs.lease-aborted',
    });
  });
});

describe('a lease in Redis', () => {
  test('is given to one of many, and to the next when it is given back, with a higher epoch', async () => {
    const name = newName();
    const holders: Lease[] = [];
    const waiting = Array.from({ length: 4 }, async () => void holders.push(await acquire(name)));
    await until(() => holders.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 2 * TTL_MS));
    // Renewed, it stays where it is.
    expect(holders.map((lease) => lease.held())).toEqual([true]);
    expect(holders[0]!.epoch).toBeGreaterThan(Date.now() - 60_000);
    for (let count = 2; count <= 4; count += 1) {
      const start = performance.now();
      await holders.at(-1)!.release();
      await until(() => holders.length === count);
      expect(performance.now() - start).toBeLessThan(SOON_MS);
      expect(holders.map((lease) => lease.held())).toEqual([...Array(count - 1).fill(false), true]);
      expect(holders.at(-1)!.epoch).toBeGreaterThan(holders.at(-2)!.epoch);
    }
    await Promise.all(waiting);
  });

  test('names are separate', async () => {
    const [one, two] = [await acquire(newName()), await acquire(newName())];
    expect([one.held(), two.held()]).toEqual([true, true]);
  });

  test('a holder that is killed loses it within its time to live and a little', async () => {
    const name = newName();
    const first = holder(name);
    const { epoch } = await first.reported('epoch');
    await first.kill();
    const start = performance.now();
    const lease = await acquire(name);
    expect(performance.now() - start).toBeLessThan(TTL_MS + SOON_MS);
    expect(lease.epoch).toBeGreaterThan(epoch as number);
  });

  test('a holder that was stopped does not hold it when it goes on', async () => {
    const name = newName();
    const stopped = holder(name);
    const { epoch } = await stopped.reported('epoch');
    stopped.child.kill('SIGSTOP');
    const lease = await acquire(name);
    expect(lease.epoch).toBeGreaterThan(epoch as number);
    // Longer than the time to live, wherever between two renewals it was stopped.
    await new Promise((resolve) => setTimeout(resolve, TTL_MS));
    stopped.child.kill('SIGCONT');
    expect(await stopped.reported('heldAfterPause')).toEqual({ heldAfterPause: false });
    expect(await stopped.reported('lost')).toEqual({ lost: epoch });
    expect(stopped.lines.filter((line) => 'lost' in line)).toHaveLength(1);
    // Nor does it take it from the one who has it now.
    await new Promise((resolve) => setTimeout(resolve, 2 * RENEW_MS));
    expect(lease.held()).toBe(true);
  });

  test('a holder whose event loop is blocked is not held afterwards, before anything else has run', async () => {
    const lease = await acquire(newName());
    let lost = 0;
    lease.onLost(() => (lost += 1));
    const end = performance.now() + TTL_MS + 20;
    while (performance.now() < end) {
      // Blocked on purpose.
    }
    expect(lease.held()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 2 * RENEW_MS));
    expect([lease.held(), lost]).toEqual([false, 1]);
    lease.onLost(() => (lost += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lost).toBe(2);
  });

  test('a machine that slept: the clock that went on decides', async () => {
    let asleepMs = 0;
    const clock = { monotonic: () => performance.now(), wall: () => Date.now() + asleepMs };
    const lease = await redisLease({
      url: redis.url,
      ttlMs: TTL_MS,
      renewMs: RENEW_MS,
      logger: { info: log, warn: log },
      clock,
    }).acquire(newName(), new AbortController().signal);
    expect(lease.held()).toBe(true);
    asleepMs = TTL_MS;
    expect(lease.held()).toBe(false);
  });

  test('Redis away: the holder keeps it for its time to live and no longer; it comes back with a higher epoch', async () => {
    const name = newName();
    const lease = await acquire(name);
    let lostAt = 0;
    lease.onLost(() => (lostAt = performance.now()));
    await new Promise((resolve) => setTimeout(resolve, RENEW_MS / 2));
    const start = performance.now();
    await redis.kill();
    await until(() => lostAt > 0);
    expect(lostAt - start).toBeGreaterThan(TTL_MS - 2 * RENEW_MS);
    expect(lostAt - start).toBeLessThan(TTL_MS + 300);
    expect(lease.held()).toBe(false);
    const waiting = acquire(name);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(logged.filter((line) => line.includes('cannot be reached'))).toHaveLength(1);
    // Empty, and still the epoch rises.
    await redis.start();
    const next = await waiting;
    expect(next.epoch).toBeGreaterThan(lease.epoch);
  });

  test('Redis that forgot everything gives no second lease while the first may be believed in', async () => {
    const name = newName();
    const lease = await acquire(name);
    await redis.kill();
    await redis.start();
    const next = await acquire(name);
    expect(lease.held()).toBe(false);
    expect(next.epoch).toBeGreaterThan(lease.epoch);
    await until(() => logged.some((line) => line.includes('lost the lease')));
  });

  test.each(['another process has it', 'Redis is away'])(
    'waiting ends when it is called off: %s',
    async (why) => {
      const name = newName();
      const controller = new AbortController();
      let signalled: LeaseSource;
      if (why === 'Redis is away') {
        signalled = source(`redis://:S3cr3tS3cr3t@127.0.0.1:${await freePort()}`);
      } else {
        await acquire(name);
        signalled = source();
      }
      const waiting = signalled.acquire(name, controller.signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const start = performance.now();
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'jobs.lease-aborted' });
      expect(performance.now() - start).toBeLessThan(200);
    },
  );

  test('giving it back frees it at once, and only that of the holder', async () => {
    const client = new Redis(redis.url);
    const name = newName();
    const lease = await acquire(name);
    let lost = false;
    lease.onLost(() => (lost = true));
    await client.set(`tidewatch:lease:{${name}}`, 'somebody else');
    await lease.release();
    expect(await client.get(`tidewatch:lease:{${name}}`)).toBe('somebody else');
    await client.del(`tidewatch:lease:{${name}}`);
    const own = await acquire(name);
    await own.release();
    expect(await client.exists(`tidewatch:lease:{${name}}`)).toBe(0);
    expect(lost).toBe(false);
    await client.quit();
  });

  test('taken away in Redis: lost with the next renewal', async () => {
    const client = new Redis(redis.url);
    const name = newName();
    const lease = await acquire(name);
    let lost = 0;
    lease.onLost(() => (lost += 1));
    await client.set(`tidewatch:lease:{${name}}`, 'somebody else');
    await until(() => lost === 1, 2 * RENEW_MS + 200);
    expect(lease.held()).toBe(false);
    await client.quit();
  });

  test('an epoch in Redis that is ahead of the time of day is passed', async () => {
    const client = new Redis(redis.url);
    const name = newName();
    const ahead = Date.now() + 86_400_000;
    await client.set(`tidewatch:lease:{${name}}:epoch`, String(ahead));
    expect((await acquire(name)).epoch).toBe(ahead + 1);
    await client.quit();
  });
});
