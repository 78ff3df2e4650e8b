import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IncidentChangeView, IncidentView } from '../../apps/server/src/query/incident-view.js';
import type { IncidentDetail } from '../../apps/server/src/query/incidents.controller.js';
import { askApi, type Asked } from '../harness/ask-api.js';
import { sendOutage } from '../harness/outage.js';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';
import { startWebhookReceiver, type WebhookReceiver } from '../harness/webhook-receiver.js';

const SHOP_KEY = 's'.repeat(40);
const BANK_KEY = 'b'.repeat(40);

const who = (url: string): string => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager}
spec: {type: webhook, url: "${url}/pager"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{match: {severity: page}, receiver: pager}]}
`;

const SLO = `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ranker-availability
  labels: {project: shop, owner: ranking}
  annotations:
    tidewatch.dev/runbook: "https://example.com/runbooks/ranker"
    tidewatch.dev/tiers: "[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]"
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
`;

let hooks: WebhookReceiver;
let server: TestServer;
/** When what a person resolved while its rule fires was resolved. */
let dismissedAt = 0;

beforeAll(async () => {
  hooks = await startWebhookReceiver();
  const file = join(temporaryFolder('keys'), 'keys');
  writeFileSync(file, `oncall shop ${SHOP_KEY}\nbanker bank ${BANK_KEY}\n`);
  server = await startTestServer({
    environment: { TIDEWATCH_API_KEYS_FILE: file },
    rules: { 'who.yaml': who(hooks.url), 'slo.yaml': SLO },
  });
  await sendOutage(server.otlp, 'ranker-api', { Authorization: `Bearer ${SHOP_KEY}` });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await hooks.close();
  removeFolders();
});

const ask = <T = unknown>(path: string, asked: Asked = {}) =>
  askApi<T>(server.api, path, { key: SHOP_KEY, ...asked });

interface Detail {
  readonly incident: IncidentDetail;
  readonly history: IncidentChangeView[];
  readonly code?: string;
  readonly detail?: string;
}

const detail = async (id: string): Promise<Detail> => (await ask<Detail>(`incidents/${id}`)).json;
const command = (id: string, name: string, body: unknown = {}, more: Asked = {}) =>
  ask<Detail>(`incidents/${id}/${name}`, { body, ...more });
const incidents = async (key = SHOP_KEY): Promise<IncidentView[]> =>
  (await ask<{ items: IncidentView[] }>('incidents', { key })).json.items;

/** Opens an incident of one rule, that stays until it is resolved by hand. */
async function open(service: string, part: object = {}): Promise<string> {
  const body = { severity: 'page', service, keep: '10m', ...part };
  const { status, json } = await ask<{ incidentId: string }>('drills', { body });
  expect([status, json]).toMatchObject([201, {}]);
  return json.incidentId;
}

/** What a path has been told about a service, once there are as many messages. */
const told = (path: string, service: string, count: number): Promise<string[]> =>
  eventually(`${count} messages of ${service} at ${path}`, async () => {
    const messages = hooks.told(path, service);
    return messages.length >= count && messages;
  });

/** Closes by hand; at most five drills can be open at once. */
async function close(...ids: string[]): Promise<void> {
  for (const id of ids) {
    expect((await command(id, 'resolve')).status).toBe(200);
  }
}

describe('what people do to an incident', () => {
  let id = '';

  test('each command answers with the incident, is told to the receiver, and is kept', async () => {
    id = await open('handled-api', { region: 'eu-1', model: 'ranker' });
    await told('/pager', 'handled-api', 1);
    const by = { by: 'Ana' };
    const taken = await command(id, 'acknowledge', { ...by, text: 'I look' });
    expect(taken.json.incident).toMatchObject({
      acknowledged: { by: 'Ana', at: expect.any(Number) },
      comments: [{ by: 'Ana', text: 'I look', at: expect.any(Number) }],
    });
    expect(
      (await command(id, 'comment', { text: 'a disk is full' })).json.incident.comments.at(-1),
    ).toMatchObject(
      // Who says nothing of themselves is called as their key.
      { by: 'oncall', text: 'a disk is full' },
    );
    expect((await command(id, 'assign', { ...by, text: 'storage' })).json.incident.assignee).toBe('storage');
    expect((await command(id, 'assign', by)).json.incident.assignee).toBe('');
    expect((await command(id, 'unacknowledge', by)).json.incident.acknowledged).toBeNull();
    const closed = await command(id, 'resolve', { ...by, text: 'cleaned up' });
    expect(closed.json.incident).toMatchObject({
      status: 'resolved',
      resolvedBy: 'Ana',
      resolvedAt: expect.any(Number),
      opened: [],
    });
    // What comes faster than it can be sent is told in one message, with the newest state.
    const messages = await eventually('the resolve', async () => {
      const all = hooks.bodies('/pager', 'handled-api');
      return all.at(-1)?.action === 'resolve' && all;
    });
    expect(messages[0]).toMatchObject({ action: 'trigger', reason: 'opened', severity: 'page' });
    expect(messages.at(-1)).toMatchObject({ reason: 'resolved-by-hand', by: 'Ana' });
    expect(new Set(messages.map(({ dedupKey }) => dedupKey)).size).toBe(1);
  });

  test('its history says what happened, by whom, and who was told', async () => {
    const { incident, history } = await detail(id);
    expect(history.map(({ kind, by, text }) => [kind, by, text])).toEqual([
      ['opened', '', ''],
      ['acknowledged', 'Ana', 'I look'],
      ['commented', 'oncall', 'a disk is full'],
      ['assigned', 'Ana', 'storage'],
      ['assigned', 'Ana', ''],
      ['unacknowledged', 'Ana', ''],
      ['resolved', 'Ana', 'cleaned up'],
    ]);
    expect(history.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(history[0]?.told).toEqual([{ receiver: 'pager', action: 'trigger', why: 'opened' }]);
    expect(history.at(-1)?.told).toEqual([{ receiver: 'pager', action: 'resolve', why: 'resolved-by-hand' }]);
    expect(incident).toMatchObject({
      ...{ id, marker: 'drill', service: 'handled-api', region: 'eu-1', severity: 'page' },
      context: { links: { console: expect.stringContaining(id) } },
    });
    const [first, ...others] = incident.notifications;
    expect(first).toMatchObject({
      ...{ receiver: 'pager', channel: 'webhook', action: 'trigger', outcome: 'delivered', attempts: 1 },
      explanation: [
        'routes[0]: matches severity=page',
        'routes[0]: tells pager, at once, changes after 10s, again every 4h',
      ],
    });
    expect(others.every(({ explanation }) => explanation.length > 0)).toBe(true);
    await eventually('an end for each message', async () =>
      (await detail(id)).incident.notifications.every(({ outcome }) => /delivered|superseded/.test(outcome)),
    );
  });

  test('every command is in the audit log with its request', async () => {
    await command(id, 'comment', { text: 'afterwards' }, { headers: { 'X-Request-Id': 'late-1' } });
    const { json } = await ask<{ items: { id: string; action: string; actor: string }[] }>(
      'audit?kind=incident',
    );
    const own = json.items.filter((entry) => entry.id === id).reverse();
    expect(own.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      'oncall drill.start',
      'oncall incident.acknowledge',
      'oncall incident.comment',
      'oncall incident.assign',
      'oncall incident.assign',
      'oncall incident.unacknowledge',
      'oncall incident.resolve',
      'oncall incident.comment',
    ]);
    expect(own[5]).toMatchObject({ before: { status: 'open', acknowledged: { by: 'Ana' }, assignee: '' } });
    expect(own[7]).toMatchObject({
      requestId: 'late-1',
      after: { kind: 'comment', text: 'afterwards', by: 'oncall' },
    });
  });

  test.each<[string, string, unknown, number, RegExp]>([
    ['an unknown incident', 'nobody/acknowledge', {}, 404, /no incident nobody/],
    ['an unknown incident, seen', 'nobody', undefined, 404, /no incident nobody/],
    ['a command that there is not', 'ID/snooze', {}, 404, /no snooze for an incident; there are acknowledge/],
    ['one that is over, acknowledged', 'ID/acknowledge', {}, 409, /has resolved/],
    ['one that is over, resolved', 'ID/resolve', {}, 409, /has resolved/],
    ['an empty comment', 'ID/comment', { text: ' ' }, 400, /comment needs a text/],
    [
      'a comment of invisible characters',
      'ID/comment',
      { text: '\u0000\u0007' },
      400,
      /comment needs a text/,
    ],
    [
      'a text that is too long',
      'ID/comment',
      { text: 'x'.repeat(2_001) },
      400,
      /text: must have at most 2,000/,
    ],
    [
      'a name that is too long',
      'ID/comment',
      { text: 'x', by: 'x'.repeat(201) },
      400,
      /by: must have at most 200/,
    ],
    ['something that is no text', 'ID/comment', { text: 7 }, 400, /text: must be a text/],
    ['a field that there is not', 'ID/comment', { text: 'x', at: 7 }, 400, /at/],
    ['a list', 'ID/comment', [], 400, /request body is wrong/],
    ['no JSON', 'ID/comment', '{"text": ', 400, /not JSON/],
  ])('%s is refused', async (_what, path, body, status, text) => {
    const answer = await ask<Detail>(`incidents/${path.replace('ID', id)}`, { body });
    expect([answer.status, answer.json.detail]).toEqual([status, expect.stringMatching(text)]);
  });

  test('a form is no JSON, and without a key nothing is done', async () => {
    const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
    expect((await command(id, 'comment', 'text=x', form)).status).toBe(415);
    expect((await command(id, 'comment', { text: 'x' }, { key: 'nobody' })).status).toBe(401);
  });

  test('another project sees nothing of it and can do nothing to it', async () => {
    const other = { key: BANK_KEY };
    expect(await incidents(BANK_KEY)).toEqual([]);
    expect((await ask(`incidents/${id}`, other)).status).toBe(404);
    expect((await command(id, 'comment', { text: 'x' }, other)).status).toBe(404);
    expect((await ask<{ items: unknown[] }>('notifications', other)).json.items).toEqual([]);
    expect((await ask<{ items: unknown[] }>('audit', other)).json.items).toEqual([]);
    expect((await detail(id)).incident.comments.map(({ text }) => text)).not.toContain('x');
  });
});

test('an incident that is resolved by hand while its rule fires is closed at the receiver', async () => {
  const found = await eventually('the page', async () =>
    (await incidents()).find(({ service, opened }) => service === 'ranker-api' && opened.length > 0),
  );
  await told('/pager', 'ranker-api', 1);
  await close(found.id);
  expect((await told('/pager', 'ranker-api', 2)).at(-1)).toBe('resolve resolved-by-hand');
  dismissedAt = Date.now();
}, 40_000);

test('what was resolved by hand stays closed while its rule goes on firing', async () => {
  await eventually(
    'two more rounds of evaluation',
    async () => {
      const { json } = await ask<{ evaluation: { lastAt: number } }>('status');
      return json.evaluation.lastAt > dismissedAt + 15_000;
    },
    30_000,
  );
  const found = (await incidents()).filter(({ service }) => service === 'ranker-api');
  expect(found).toMatchObject([{ status: 'resolved', generation: 1 }]);
  expect(
    found[0]?.members.some(({ phase, condition }) => phase === 'dismissed' && condition === 'firing'),
  ).toBe(true);
  expect(hooks.told('/pager', 'ranker-api')).toEqual(['trigger opened', 'resolve resolved-by-hand']);
}, 40_000);
