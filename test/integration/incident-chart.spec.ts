import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { EMPTY_VERDICT_FIELDS } from '../../apps/server/src/evaluate/verdict-rows.js';
import { ProblemFilter } from '../../apps/server/src/http/problem-filter.js';
import { ChartLinks } from '../../apps/server/src/notify/context/chart-links.js';
import { NotificationContexts } from '../../apps/server/src/notify/context/notification-context.js';
import { ChartController } from '../../apps/server/src/query/chart.controller.js';
import { RUNTIME } from '../../apps/server/src/runtime.js';
import { incidentState, memberState } from '../harness/incident-state.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const NOW = Date.now();
const CONSOLE = 'https://tidewatch.example.com';
const logger = pino({ level: 'silent' });
const links = new ChartLinks('s'.repeat(64), CONSOLE);
const OPEN = incidentState({
  openedAt: NOW - 600_000,
  key: { project: 'p', service: 's', region: '', model: '' },
});
const BARE = incidentState({ ...OPEN, id: 'b2'.repeat(32), members: { a: memberState({ kind: 'NoData' }) } });

class ChartModule {}

let backend: OpenBackend;
let app: NestFastifyApplication;
let api: string;
beforeAll(async () => {
  backend = await STORE_BACKENDS[0]!.open();
  const { store } = backend;
  await store.incidents.append(
    'p',
    [OPEN, BARE].map((state) => ({
      ...{ project: 'p', incidentId: state.id, sequence: 1, epoch: 0, at: NOW, kind: 'opened' },
      ...{ status: 'open', severity: 'page', service: 's', region: '', model: '', generation: 1 },
      ...{ summary: '', member: '', actor: '', detail: '', state: JSON.stringify(state), intents: '[]' },
    })),
  );
  await store.verdicts.write(
    'p',
    [0, 1, 2].map((minute) => ({
      ...EMPTY_VERDICT_FIELDS,
      ...{ kind: 'SLO', rule: 'availability', subject: '', state: 'breach', reason: '', document: '{}' },
      ...{
        windowEnd: NOW - minute * 60_000,
        windowStart: 0,
        evaluatedAt: NOW,
        sampleSize: 0,
        baselineSize: 0,
      },
      ...{ service: 's', region: '', model: '', owner: '', tiers: ['page-fast'], tierStates: ['firing'] },
      ...{ tierThresholds: [14.4], tierLongBurns: [20 - minute], tierShortBurns: [20], tierBadEvents: [9] },
    })),
  );
  const contexts = new NotificationContexts({
    store,
    addresses: { consoleUrl: CONSOLE, grafanaUrl: '' },
    links,
    logger,
  });
  const apiKeys = ['p', 'q'].map((project) => ({
    name: project,
    project,
    sha256: createHash('sha256').update(`key-of-${project}`).digest(),
  }));
  const runtime = { store, contexts, config: { apiKeys } };
  app = await NestFactory.create<NestFastifyApplication>(
    {
      module: ChartModule,
      controllers: [ChartController],
      providers: [{ provide: RUNTIME, useValue: runtime }],
    },
    new FastifyAdapter(),
    { logger: false },
  );
  app.useGlobalFilters(new ProblemFilter(logger));
  await app.listen(0, '127.0.0.1');
  api = await app.getUrl();
}, 60_000);
afterAll(async () => {
  await app.close();
  await backend.close();
});

const get = (path: string, key = '') =>
  fetch(`${api}${path}`, { headers: key === '' ? {} : { authorization: `Bearer ${key}` } });
const path = `/api/v1/incidents/${OPEN.id}/chart.png`;

describe('the chart of an incident', () => {
  test('is a PNG for a key of its project', async () => {
    const response = await get(path, 'key-of-p');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  test.each<[string, string, string, number, string]>([
    ['without a key', path, '', 401, 'request.unauthorized'],
    ['with a key of another project', path, 'key-of-q', 404, 'incident.unknown'],
    [
      'of an incident that is not there',
      '/api/v1/incidents/none/chart.png',
      'key-of-p',
      404,
      'incident.unknown',
    ],
    [
      'of an incident that measures nothing',
      `/api/v1/incidents/${BARE.id}/chart.png`,
      'key-of-p',
      404,
      'request.not-found',
    ],
    [
      'with an invented signature',
      `${path}?project=p&until=99999999999999&signature=x`,
      '',
      401,
      'request.unauthorized',
    ],
    ['with half a signature', `${path}?signature=`, 'key-of-p', 401, 'request.unauthorized'],
  ])('is refused %s', async (_, url, key, status, code) => {
    const response = await get(url, key);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('opens without a key by the link that a message holds', async () => {
    const link = links.urlOf('p', OPEN.id, Date.now()).replace(CONSOLE, '');
    expect((await get(link)).status).toBe(200);
    expect((await get(link.replace(OPEN.id, BARE.id))).status).toBe(401);
    expect((await get(link.replace('project=p', 'project=q'))).status).toBe(401);
  });
});
