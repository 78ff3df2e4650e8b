import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bullDriver, type JobQueue } from '@tidewatch/jobs';
import { Redis } from 'ioredis';
import { startJobsProcess, type JobsProcess } from '../harness/jobs-process.js';
import { freePort, startRedis, type TestRedis } from '../harness/redis.js';
import { jobQueueContract, until } from './job-queue-contract.js';

jobQueueContract({
  name: 'bull',
  durable: true,
  open: async () => {
    const redis = await startRedis();
    return {
      driver: (onError) => bullDriver({ url: redis.url, onError }),
      now: () => Date.now(),
      close: () => redis.stop(),
    };
  },
});

/** Short, so that a test need not wait for 10 s. */
const TIMES = { lockMs: 400, stalledCheckMs: 200 } as const;

describe('with Redis in trouble', () => {
  let redis: TestRedis;
  const queues: JobQueue<never>[] = [];
  const errors: { code?: string; message: string }[] = [];
  const open = <Data>(name: string): JobQueue<Data> => {
    const driver = bullDriver({
      url: redis.url,
      ...TIMES,
      onError: (error) => errors.push(error as Error),
    });
    const queue = driver.open<Data>(name);
    queues.push(queue as JobQueue<never>);
    return queue;
  };
  beforeAll(async () => {
    redis = await startRedis({ password: 'p@ss:w/rd' });
  });
  afterEach(async () => {
    await redis.start();
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
    errors.length = 0;
  });
  afterAll(() => redis.stop());

  test('away at the start: an error that a retry may mend, with the address and without the password', async () => {
    const port = await freePort();
    const driver = bullDriver({ url: `redis://user:S3cr3tS3cr3t@127.0.0.1:${port}/2` });
    const error = await driver.ready().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'jobs.redis-unreachable',
      retryable: true,
      message: `The job queue cannot be opened: Redis at redis://127.0.0.1:${port}/2 cannot be reached (ECONNREFUSED).`,
    });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('S3cr3t');
  });

  test('a wrong password: an error that a retry does not mend, and the password is not in it', async () => {
    const url = redis.url.replace(/:[^:@]*@/, ':Wr0ngWr0ng@');
    const error = await bullDriver({ url })
      .ready()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'jobs.redis-denied', retryable: false });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('Wr0ng');
    await bullDriver({ url: redis.url }).ready();
  });

  test('killed and started again, empty: the queue says so, goes on by itself, and runs nothing false', async () => {
    const queue = open<{ n: number }>('restarted');
    const ran: { n: number }[] = [];
    queue.process(3, async (data) => {
      ran.push(data);
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const batch = (from: number) =>
      Array.from({ length: 30 }, (_, index) => ({ id: `${from + index}`, data: { n: from + index } }));
    await queue.add(batch(0));
    await until(() => ran.length > 5);
    await redis.kill();
    await until(() => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: 'jobs.redis-unreachable', retryable: true });
    await redis.start();
    // What was lost is made again by who made it.
    await queue.add(batch(0));
    await queue.add(batch(100));
    await until(() => new Set(ran.map(({ n }) => n)).size === 60);
    const known = new Set([...batch(0), ...batch(100)].map(({ data }) => JSON.stringify(data)));
    expect(ran.filter((data) => !known.has(JSON.stringify(data)))).toEqual([]);
    expect(errors.filter(({ message }) => message.includes('p@ss'))).toEqual([]);
    // An outage is told once, not once a connection and attempt.
    expect(errors.length).toBeLessThanOrEqual(6);
  });

  test('adding while it is away fails within seconds instead of hanging, and works afterwards', async () => {
    const queue = open<string>('away');
    await queue.add([{ id: 'a', data: 'a', delayMs: 60_000 }]);
    await redis.kill();
    const start = performance.now();
    await expect(queue.add([{ id: 'b', data: 'b' }])).rejects.toMatchObject({
      code: 'jobs.redis-unreachable',
      retryable: true,
    });
    expect(performance.now() - start).toBeLessThan(6_000);
    await redis.start();
    await queue.add([{ id: 'c', data: 'c' }]);
    const ran: string[] = [];
    queue.process(1, async (data) => void ran.push(data));
    await until(() => ran.includes('c'));
  });

  test('closing while it is away ends', async () => {
    const queue = open<string>('closing-away');
    const ran: string[] = [];
    queue.process(1, async (data) => void ran.push(data));
    await queue.add([{ id: 'a', data: 'a' }]);
    await until(() => ran.length === 1);
    await redis.kill();
    const start = performance.now();
    await queue.close();
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('a closed queue leaves no timer behind that keeps the process alive', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const queue = open<string>('left-behind');
    queue.process(1, async () => undefined);
    await queue.add([{ id: 'a', data: 'a', delayMs: 60_000 }]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(timers()).toBeGreaterThan(before);
    await queue.close();
    // Bull waits half a second for a goodbye that it has had already.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('a job without its content is dropped and said, and its id can be used again', async () => {
    const client = new Redis(redis.url);
    const queue = open<string>('damaged');
    await queue.add([
      { id: 'a', data: 'a' },
      { id: 'b', data: 'b' },
    ]);
    await client.del('tidewatch:damaged:job-a');
    const ran: string[] = [];
    queue.process(1, async (data) => void ran.push(data));
    await until(() => ran.length === 1);
    expect(ran).toEqual(['b']);
    expect(errors).toEqual([expect.objectContaining({ code: 'jobs.damaged' })]);
    await queue.add([{ id: 'a', data: 'a again' }]);
    await until(() => ran.length === 2);
    expect(ran).toEqual(['b', 'a again']);
    await until(() => errors.length < 9);
    // Nothing stays behind of a finished job.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await client.keys('tidewatch:damaged:job-*')).toEqual([]);
    await client.quit();
  });

  test('out of memory: the jobs are refused, and that is said', async () => {
    const small = await startRedis({ settings: ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction'] });
    const driver = bullDriver({ url: small.url });
    const queue = driver.open<string>('full');
    const jobs = Array.from({ length: 3_000 }, (_, index) => ({ id: `${index}`, data: 'x'.repeat(2_000) }));
    await expect(queue.add(jobs)).rejects.toMatchObject({ code: 'jobs.redis-refused', retryable: true });
    await queue.close();
    await small.stop();
  });
});

describe('workers in processes of their own', () => {
  let redis: TestRedis;
  let folder: string;
  const processes: JobsProcess[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    folder = mkdtempSync(join(tmpdir(), 'tidewatch-jobs-'));
  });
  afterEach(() => Promise.all(processes.splice(0).map((each) => each.kill())));
  afterAll(async () => {
    await redis.stop();
    rmSync(folder, { recursive: true });
  });
  const start = (queue: string, blockMs: number): JobsProcess => {
    const runs = join(folder, queue);
    const started = startJobsProcess('worker', { url: redis.url, queue, ...TIMES, blockMs, runs });
    processes.push(started);
    return started;
  };
  const runsOf = (queue: string): string[] =>
    readFileSync(join(folder, queue), 'utf8')
      .split('\n')
      .filter((line) => line !== '');

  test('a worker that blocks past its lock: the job runs twice, and its effect is one', async () => {
    const blocked = start('blocked', 2_500);
    await blocked.reported('working');
    const errors: unknown[] = [];
    const queue = bullDriver({
      url: redis.url,
      ...TIMES,
      onError: (error) => errors.push(error),
    }).open<string>('blocked');
    await queue.add([{ id: 'page', data: 'page' }]);
    await blocked.reported('started');
    // The effect is guarded by the id, as every handler's has to be.
    const effects = new Set(runsOf('blocked'));
    let ranHere = 0;
    queue.process(1, async (id) => {
      ranHere += 1;
      effects.add(id);
    });
    await until(() => ranHere === 1);
    expect(blocked.lines.some((line) => 'done' in line)).toBe(false);
    await blocked.reported('done');
    // It hears that the job is not its own any more, and goes on.
    expect(await blocked.reported('error')).toEqual({ error: 'jobs.lost-lock' });
    await until(() => errors.length < 9);
    expect({ runs: runsOf('blocked').length + ranHere, effects: [...effects] }).toEqual({
      runs: 2,
      effects: ['page'],
    });
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0 });
    await queue.close();
  });

  test('a worker that is killed: its job is run by another', async () => {
    const killed = start('killed', 60_000);
    await killed.reported('working');
    const queue = bullDriver({ url: redis.url, ...TIMES }).open<string>('killed');
    await queue.add([{ id: 'page', data: 'page' }]);
    await killed.reported('started');
    await killed.kill();
    const ran: string[] = [];
    queue.process(1, async (id) => void ran.push(id));
    await until(() => ran.length === 1);
    expect(ran).toEqual(['page']);
    await queue.close();
  });
});
