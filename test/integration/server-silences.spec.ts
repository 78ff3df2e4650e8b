import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RouteTestView } from '../../apps/server/src/query/routes.controller.js';
import type { SilenceView } from '../../apps/server/src/query/silence-view.js';
import type { QuietView } from '../../apps/server/src/query/suppressions.controller.js';
import { sendOutage } from '../harness/outage.js';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';

const SHOP_KEY = 's'.repeat(40);
const BANK_KEY = 'b'.repeat(40);
const HOUR = 3_600_000;
const NOW = Date.now();
const iso = (at: number): string => new Date(at).toISOString();

const rules = (url: string) => ({
  'slo.yaml': `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ranker-availability
  labels: {project: shop, model: ranker, region: eu-1, owner: ranking}
  annotations: {tidewatch.dev/runbook: "https://example.com/runbooks/ranker"}
spec:
  service: ranker-api
  indicator:
    metadata: {name: ranker-errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: tidewatch, spec: {metric: inference.errors, match: {service: ranker-api}}}}
        total: {metricSource: {type: tidewatch, spec: {metric: inference.requests, match: {service: ranker-api}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`,
  'who.yaml': `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager, owner: sre}
spec: {type: webhook, url: "${url}"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - {match: {severity: page, region: {not: us-1}}, receiver: pager}
`,
  'quiet.yaml': `
apiVersion: tidewatch.dev/v1
kind: Silence
metadata: {name: load-test, owner: sre, labels: {project: shop}}
spec:
  match: {service: search-api, severity: ticket}
  endsAt: ${iso(NOW + HOUR)}
  comment: Load test of the new cluster
---
apiVersion: tidewatch.dev/v1
kind: Silence
metadata: {name: last-year, labels: {project: shop}}
spec:
  match: {service: search-api}
  endsAt: 2025-01-01T00:00:00Z
  comment: Long over
---
apiVersion: tidewatch.dev/v1
kind: MaintenanceWindow
metadata: {name: index-rebuild, labels: {project: shop}}
spec:
  match: {service: index-api}
  from: ${iso(NOW - HOUR)}
  to: ${iso(NOW + HOUR)}
  comment: The index is rebuilt
`,
});

let pages: { incident: { id: string } }[];
let receiver: Server;
let server: TestServer;

beforeAll(async () => {
  pages = [];
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      pages.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof pages)[number]);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const file = join(temporaryFolder('keys'), 'keys');
  writeFileSync(file, `oncall shop ${SHOP_KEY}\nbanker bank ${BANK_KEY}\n`);
  server = await startTestServer({
    environment: { TIDEWATCH_API_KEYS_FILE: file, TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1' },
    rules: rules(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`),
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  removeFolders();
});

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

async function ask<T = unknown>(path: string, { method, body, headers, key = SHOP_KEY }: Asked = {}) {
  const response = await fetch(`${server.api}/api/v1/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as T };
}

const DRAFT = { match: { service: 'search-api' }, for: '2h', comment: 'Reindexing' };
const create = (changes: Record<string, unknown> = {}, more: Asked = {}) =>
  ask<SilenceView>('silences', { body: { ...DRAFT, ...changes }, ...more });
const items = async (query = '', key = SHOP_KEY): Promise<SilenceView[]> =>
  (await ask<{ items: SilenceView[] }>(`silences${query}`, { key })).json.items;
const quiet = async (): Promise<QuietView[]> =>
  (await ask<{ items: QuietView[] }>('suppressions')).json.items;

describe('silences', () => {
  test('one is made, listed, ended and kept; the audit log says who did it and by which request', async () => {
    const made = await create(
      { match: { service: 'search-api', model: { matches: 'rank.*' } } },
      { headers: { 'X-Request-Id': 'change-17' } },
    );
    expect(made).toMatchObject({
      status: 201,
      json: {
        source: 'api',
        state: 'active',
        match: { service: 'search-api', model: { matches: 'rank.*' } },
        matchers: 'service=search-api model=~"rank.*"',
        comment: 'Reindexing',
        createdBy: 'oncall',
        withdrawnAt: null,
      },
    });
    const { id, startsAt, endsAt } = made.json;
    expect(endsAt - startsAt).toBe(2 * HOUR);
    expect(await items()).toContainEqual(made.json);
    expect(await items('?state=active')).toContainEqual(made.json);
    expect((await quiet()).find((each) => each.id === id)).toMatchObject({
      kind: 'silence',
      matchers: made.json.matchers,
      createdBy: 'oncall',
      until: endsAt,
      members: [],
      held: 0,
    });

    const ended = await ask<SilenceView>(`silences/${id}`, { method: 'DELETE' });
    expect(ended).toMatchObject({ status: 200, json: { id, state: 'withdrawn' } });
    const again = await ask<SilenceView>(`silences/${id}`, { method: 'DELETE' });
    expect(again).toEqual(ended);
    expect(await items('?state=active')).not.toContainEqual(ended.json);
    expect(await items('?state=withdrawn')).toContainEqual(ended.json);
    expect((await quiet()).map((each) => each.id)).not.toContain(id);

    const { json } = await ask<{ items: { id: string; action: string; requestId: string; actor: string }[] }>(
      'audit?kind=silence',
    );
    expect(
      json.items.filter((each) => each.id === id).map(({ action, actor }) => `${actor} ${action}`),
    ).toEqual(['oncall silence.withdraw', 'oncall silence.create']);
    expect(json.items.find(({ action, id: of }) => of === id && action === 'silence.create')).toMatchObject({
      requestId: 'change-17',
      before: null,
      after: { id, comment: 'Reindexing' },
    });
  });

  test('one that is to come holds nothing yet', async () => {
    const { json } = await create({ startsAt: iso(Date.now() + HOUR) });
    expect(json.state).toBe('scheduled');
    expect(await items('?state=scheduled')).toEqual([json]);
    expect((await quiet()).map(({ id }) => id)).not.toContain(json.id);
  });

  test('those of the rules are listed with where they come from, and end in their file', async () => {
    const ofRules = (await items()).filter(({ source }) => source === 'rules');
    expect(ofRules.map(({ id, state, createdBy }) => [id, state, createdBy])).toEqual([
      ['rules/load-test', 'active', 'sre'],
      ['rules/last-year', 'ended', 'the rules'],
    ]);
    for (const path of ['silences/rules/load-test', 'silences/rules%2Fload-test']) {
      expect(await ask(path, { method: 'DELETE' })).toMatchObject({
        status: 409,
        json: { code: 'silence.from-rules', detail: expect.stringContaining('rules/load-test') },
      });
    }
  });

  test('another project sees and ends none of it', async () => {
    const { json } = await create();
    expect(await items('', BANK_KEY)).toEqual([]);
    expect((await ask<{ items: unknown[] }>('suppressions', { key: BANK_KEY })).json.items).toEqual([]);
    expect(await ask(`silences/${json.id}`, { method: 'DELETE', key: BANK_KEY })).toMatchObject({
      status: 404,
      json: { code: 'request.not-found' },
    });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no end', { for: undefined }, 'endsAt: is missing'],
    ['everything', { match: {} }, 'match: must ask for something that is there'],
    [
      'a bad expression',
      { match: { model: { matches: '(' } } },
      'match.model.matches: must be a regular expression',
    ],
    [
      'several faults',
      { comment: '', for: '60d' },
      'for: must lie at most 30 days after the start, and lies 60d',
    ],
  ])('%s is refused with what is wrong', async (_what, changes, text) => {
    expect(await create(changes)).toMatchObject({
      status: 400,
      json: { code: 'request.invalid', detail: expect.stringContaining(text) },
    });
  });
});

describe('what is quiet now', () => {
  test('maintenance windows and silences of the rules are told with their end', async () => {
    const all = await quiet();
    expect(all.find(({ kind }) => kind === 'maintenance')).toMatchObject({
      id: 'index-rebuild',
      matchers: 'service=index-api',
      comment: 'The index is rebuilt',
      until: NOW + HOUR,
    });
    expect(all.map(({ id }) => id)).toContain('rules/load-test');
    expect(all.map(({ id }) => id)).not.toContain('rules/last-year');
  });

  test('a fresh deployment warms up', async () => {
    const response = await fetch(`${server.api}/v1/deployments`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${SHOP_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        ...{ deployment_id: 'd-81', kind: 'deploy', service: 'vision-api', model: 'detector' },
        ...{ model_version: '2.0.0', region: 'eu-1', timestamp: iso(Date.now()) },
      }),
    });
    expect(response.status).toBe(200);
    const found = await eventually('the warm-up', async () =>
      (await quiet()).find(({ kind }) => kind === 'deployment'),
    );
    expect(found).toMatchObject({
      id: 'd-81',
      matchers: 'service=vision-api or model=detector, region=eu-1',
    });
    const labels = { severity: 'ticket', aspect: 'inputs', model: 'detector' };
    const { json } = await ask<RouteTestView>('routes/test', { body: { labels } });
    expect(json.suppression).toMatchObject({ kind: 'deployment', id: 'd-81' });
  });
});

describe('routes can be tried', () => {
  const tryOut = (labels: unknown) => ask<RouteTestView>('routes/test', { body: { labels } });

  test('a match says its waits and why', async () => {
    const { status, json } = await tryOut({ severity: 'page', service: 'index-api' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      matches: [{ receiver: 'pager', path: 'routes[0]', groupWaitMs: 0, updateWaitMs: 10_000 }],
      decisions: [
        'routes[0]: matches severity=page region!=us-1',
        'routes[0]: tells pager, at once, changes after 10s, again every 4h',
      ],
      suppression: { kind: 'maintenance', id: 'index-rebuild' },
    });
  });

  test('no match says why not', async () => {
    const { json } = await tryOut({ severity: 'page', region: 'us-1' });
    expect(json).toEqual({
      matches: [],
      decisions: ['routes[0]: does not match, region is us-1 and must not be', 'nobody is told'],
      suppression: null,
    });
  });

  test('labels that no alert could have are refused', async () => {
    expect(await tryOut({ severity: 'warning' })).toMatchObject({
      status: 400,
      json: {
        code: 'request.invalid',
        detail: expect.stringContaining('labels.severity: must be page or ticket'),
      },
    });
  });
});

test('an outage in silence is counted and told to nobody, and paged as soon as the silence ends', async () => {
  const { json: silence } = await create({ match: { service: 'ranker-api' }, comment: 'Known' });
  await sendOutage(server.otlp, 'ranker-api', { Authorization: `Bearer ${SHOP_KEY}` });
  const held = await eventually('members that are held back', async () => {
    const found = (await quiet()).find(({ id }) => id === silence.id);
    return found !== undefined && found.held > 1 && found;
  });
  expect(held.members[0]).toMatchObject({ member: expect.stringMatching(/^SLO\/ranker-availability/) });
  expect(pages).toEqual([]);

  const endedAt = Date.now();
  await ask(`silences/${silence.id}`, { method: 'DELETE' });
  await eventually('the page', async () => pages.length > 0);
  expect(Date.now() - endedAt).toBeLessThan(10_000);
  expect(pages[0]?.incident.id).toBe(held.members[0]?.incidentId);
}, 60_000);
