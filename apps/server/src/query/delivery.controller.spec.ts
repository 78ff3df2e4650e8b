import 'reflect-metadata';
import { afterEach, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppError } from '@tidewatch/core';
import { DeliveryHealth } from '../notify/delivery-health/delivery-health.js';
import { DELIVERY_STATUS, type DeliveryStatus } from '../notify/delivery-health/delivery-status.js';
import { RUNTIME } from '../runtime.js';
import { DeliveryController } from './delivery.controller.js';

let application: INestApplication | undefined;
afterEach(() => application?.close());

async function answerOf(status: Partial<DeliveryStatus> = {}) {
  const complete: DeliveryStatus = {
    health: new DeliveryHealth({ over: async () => [] }),
    heartbeats: () => [],
    heartbeatsElsewhere: () => ['switch'],
    queue: { driver: 'bull', counts: async () => ({ waiting: 3, active: 1 }) },
    lease: () => ({ held: true, epoch: 7 }),
    ...status,
  };
  const module = await Test.createTestingModule({
    controllers: [DeliveryController],
    providers: [
      // Without keys nobody is asked for one.
      { provide: RUNTIME, useValue: { config: { apiKeys: null } } },
      { provide: DELIVERY_STATUS, useValue: complete },
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  application = app;
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/api/v1/delivery`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('the answer holds the service level, receivers, heartbeats, queue and lease', async () => {
  const { status, body } = await answerOf();
  expect(status).toBe(200);
  expect(body).toEqual({
    slo: { objective: 0.999, withinMs: 30_000, windows: expect.any(Array) },
    receivers: [],
    heartbeats: [],
    heartbeatsElsewhere: ['switch'],
    queue: { driver: 'bull', waiting: 3, active: 1 },
    lease: { held: true, epoch: 7 },
    now: expect.any(Number),
  });
});

test('while Redis is away its counts are unknown, and the rest is there', async () => {
  const away = new AppError({ code: 'jobs.redis-unreachable', message: 'away', retryable: true });
  const { status, body } = await answerOf({
    queue: { driver: 'bull', counts: () => Promise.reject(away) },
    lease: () => null,
  });
  expect([status, body['queue'], body['lease']]).toEqual([
    200,
    { driver: 'bull', waiting: null, active: null },
    null,
  ]);
});
