import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { JobDriver } from '@tidewatch/jobs';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { openJobs } from '../../apps/server/src/jobs/open-jobs.js';
import { JOB_DRIVER, JobsModule } from '../../apps/server/src/jobs/jobs.module.js';
import { QUEUE_NAMES } from '../../apps/server/src/jobs/queue-names.js';
import { freePort, startRedis, type TestRedis } from '../harness/redis.js';
import { until } from './job-queue-contract.js';

@Module({})
class RootModule {}

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis({ password: 'p@ss:w/rd' });
});
afterAll(() => redis.stop());

/** An application made as the server makes its own. */
async function start(redisUrl: string | null, errors: unknown[] = []) {
  const onError = (error: unknown): void => void errors.push(error);
  const application = await NestFactory.create(
    { module: RootModule, imports: [JobsModule.forRoot({ redisUrl, onError })] },
    new FastifyAdapter(),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  await application.init();
  return { application, driver: application.get<JobDriver>(JOB_DRIVER) };
}

describe.each(['in-process', 'bull'] as const)('the job queues of an application: %s', (kind) => {
  test('work, and are closed with the application', async () => {
    const errors: unknown[] = [];
    const { application, driver } = await start(kind === 'bull' ? redis.url : null, errors);
    expect([driver.kind, driver.shared]).toEqual([kind, kind === 'bull']);
    await driver.ready();
    const queue = driver.open<string>(QUEUE_NAMES[0]);
    const ran: string[] = [];
    queue.process(2, async (data) => {
      if (data === 'bad') {
        throw new Error('told to fail');
      }
      ran.push(data);
    });
    await queue.add([
      { id: '1', data: 'good' },
      { id: '2', data: 'bad' },
      { id: '3', data: 'later', delayMs: 50 },
    ]);
    await until(() => ran.length === 2 && errors.length === 1);
    expect(ran).toEqual(['good', 'later']);
    await queue.close();
    await application.close();
    if (kind === 'bull') {
      const client = new Redis(redis.url);
      // All connections are gone but the one that asks.
      const clients = async () =>
        String(await client.client('LIST'))
          .trim()
          .split('\n').length;
      for (let tries = 0; (await clients()) > 1 && tries < 100; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await clients()).toBe(1);
      // Named after Tidewatch, not after the library.
      expect(
        (await client.keys('*')).filter((key) => !key.startsWith(`tidewatch:${QUEUE_NAMES[0]}:`)),
      ).toEqual([]);
      await client.quit();
    }
  });
});

test('the application starts without Redis, says so when it is asked, and stops', async () => {
  const errors: unknown[] = [];
  const { application, driver } = await start(`redis://:S3cr3t@127.0.0.1:${await freePort()}`, errors);
  await expect(driver.ready()).rejects.toMatchObject({ code: 'jobs.redis-unreachable', retryable: true });
  const queue = driver.open<string>(QUEUE_NAMES[0]);
  queue.process(1, async () => undefined);
  const start0 = performance.now();
  await queue.close();
  await application.close();
  expect(performance.now() - start0).toBeLessThan(6_000);
});

test('an application that never opened its queues stops too', async () => {
  const { application } = await start(redis.url);
  await application.close();
});

test('a queue that the application does not have is a mistake', async () => {
  const { application, driver } = await start(redis.url);
  expect(() => driver.open('unheard-of')).toThrow('There is no queue unheard-of');
  await application.close();
});

test('the server opens its queues before its controllers, and a failed job is logged', async () => {
  for (const url of [redis.url, null]) {
    let logged = '';
    const jobs = await openJobs(url, pino({}, { write: (line: string) => void (logged += line) }));
    await jobs.driver.ready();
    const queues = QUEUE_NAMES.map((name) => jobs.driver.open<string>(name));
    for (const queue of queues) {
      queue.process(1, () => Promise.reject(new Error(`${queue.name} was told to fail`)));
      await queue.add([{ id: 'a', data: 'a' }]);
    }
    await until(() => QUEUE_NAMES.every((name) => logged.includes(`${name} was told to fail`)));
    await Promise.all(queues.map((queue) => queue.close()));
    await jobs.close();
  }
});

test('an address that is none is refused without being repeated', async () => {
  const error = await start('redis://:S3cr3t@host/not-a-number').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'jobs.redis-url' });
  expect(String(error)).not.toContain('S3cr3t');
});
