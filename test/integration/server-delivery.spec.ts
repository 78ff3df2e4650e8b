import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EMPTY_VERDICT_FIELDS } from '../../apps/server/src/evaluate/verdict-rows.js';
import { ChartLinks } from '../../apps/server/src/notify/context/chart-links.js';
import type { DeliveryView } from '../../apps/server/src/query/delivery.controller.js';
import type { DigestPreview } from '../../apps/server/src/query/digests.controller.js';
import type { DeliveryLogEntry } from '../../apps/server/src/query/notifications.controller.js';
import { startStandIn, type StandIn } from '../../examples/stand-ins/src/index.js';
import { askApi, type Asked } from '../harness/ask-api.js';
import { incidentState, memberState } from '../harness/incident-state.js';
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

const rules = (url: string, pagerdutyUrl: string): string => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pagerduty}
spec: {type: pagerduty, routingKeyEnv: PAGERDUTY_KEY, url: "${pagerdutyUrl}"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: chat}
spec: {type: slack, urlEnv: SLACK_URL}
---
${['hook', 'lost', 'slow']
  .map(
    (name) => `apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: ${name}}
spec: {type: webhook, url: "${url}/${name}"}
---
`,
  )
  .join('')}
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - {match: {service: lost-api}, receiver: lost}
    - {match: {service: slow-api}, receiver: slow}
    - {match: {service: ranker-api, severity: page}, receiver: pagerduty}
    - {match: {severity: page}, receiver: hook}
---
apiVersion: tidewatch.dev/v1
kind: Digest
metadata: {name: weekly, owner: sre, labels: {project: shop}}
spec: {every: week, receivers: [chat]}
`;

let hooks: WebhookReceiver;
let pagerduty: StandIn;
let server: TestServer;
/** Incidents by what becomes of their page. */
const ids: Record<'fine' | 'lost' | 'slow', string> = { fine: '', lost: '', slow: '' };

beforeAll(async () => {
  hooks = await startWebhookReceiver();
  hooks.answer('/lost', 404);
  // It says itself that it has not taken the message; of an error like 503 that would not be sure.
  hooks.answer('/slow', 429);
  pagerduty = await startStandIn({ kind: 'pagerduty', port: 0 });
  const file = join(temporaryFolder('keys'), 'keys');
  writeFileSync(file, `oncall shop ${SHOP_KEY}\nbanker bank ${BANK_KEY}\n`);
  server = await startTestServer({
    rules: { 'who.yaml': rules(hooks.url, pagerduty.url) },
    environment: {
      TIDEWATCH_API_KEYS_FILE: file,
      PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
      SLACK_URL: `${hooks.url}/chat`,
    },
  });
  ids.fine = await open('fine-api');
  ids.lost = await open('lost-api');
  ids.slow = await open('slow-api');
}, 60_000);
afterAll(async () => {
  await server.stop();
  await Promise.all([hooks.close(), pagerduty.close()]);
  removeFolders();
});

const ask = <T = unknown>(path: string, asked: Asked = {}) =>
  askApi<T>(server.api, path, { key: SHOP_KEY, ...asked });

/** Opens a page that stays until it is resolved by hand. */
async function open(service: string): Promise<string> {
  const body = { severity: 'page', service, keep: '10m' };
  return (await ask<{ incidentId: string }>('drills', { body })).json.incidentId;
}

const log = async (query = '', key = SHOP_KEY): Promise<DeliveryLogEntry[]> =>
  (await ask<{ items: DeliveryLogEntry[] }>(`notifications${query}`, { key })).json.items;

/** The entry of an incident's page once it has got so far. */
const entry = (incidentId: string, outcome: string): Promise<DeliveryLogEntry> =>
  eventually(`the page to be ${outcome}`, async () =>
    (await log(`?outcome=${outcome}`)).find((each) => each.incidentId === incidentId),
  );

describe('the delivery log', () => {
  test('has one entry for each message, with how its newest attempt ended', async () => {
    expect(await entry(ids.fine, 'delivered')).toEqual({
      ...{ id: `${ids.fine}:1:hook`, incidentId: ids.fine, receiver: 'hook', channel: 'webhook' },
      ...{ action: 'trigger', why: 'opened', severity: 'page', outcome: 'delivered', attempts: 1 },
      ...{ httpStatus: 200, reason: '', nextAttemptAt: null },
      dueAt: expect.any(Number),
      at: expect.any(Number),
      latencyMs: expect.any(Number),
    });
    expect(await entry(ids.lost, 'rejected')).toMatchObject({
      ...{ attempts: 1, httpStatus: 404, nextAttemptAt: null },
      reason: expect.stringMatching(/404/),
    });
    const retried = await entry(ids.slow, 'retry');
    expect(retried).toMatchObject({ httpStatus: 429, reason: expect.stringMatching(/429/) });
    expect(retried.nextAttemptAt).toBeGreaterThan(retried.at);
  });

  test('is filtered by outcome, time and number, newest first', async () => {
    const all = await log();
    expect(all.map(({ incidentId }) => incidentId).sort()).toEqual(Object.values(ids).sort());
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((left, right) => right - left));
    expect((await log('?outcome=rejected')).map(({ receiver }) => receiver)).toEqual(['lost']);
    expect(await log('?outcome=superseded')).toEqual([]);
    expect(await log('?limit=1')).toEqual([expect.objectContaining({ id: (await log())[0]?.id })]);
    const delivered = await entry(ids.fine, 'delivered');
    const until = new Date(delivered.at).toISOString();
    expect((await log(`?to=${until}`)).map(({ id }) => id)).not.toContain(delivered.id);
    expect((await log(`?from=${delivered.at}&outcome=delivered`)).map(({ id }) => id)).toEqual([
      delivered.id,
    ]);
    expect(await log('', BANK_KEY)).toEqual([]);
  });

  test.each([
    ['outcome=lost', /outcome is "lost"[^]*all, retry, delivered, rejected, superseded/],
    ['limit=0', /limit is "0"/],
    ['limit=1001', /whole number from 1 to 1000|limit is "1001"/],
    ['from=yesterday', /from is "yesterday"/],
  ])('%s is refused', async (query, text) => {
    const { status, json } = await ask<{ detail: string }>(`notifications?${query}`);
    expect([status, json.detail]).toEqual([400, expect.stringMatching(text)]);
  });
});

describe('how well messages arrive', () => {
  test('is told in numbers, and of each project alone', async () => {
    const { json } = await ask<DeliveryView>('delivery');
    const [hour] = json.slo.windows;
    expect(json.slo).toMatchObject({ objective: 0.999, withinMs: 30_000 });
    expect(json.slo.windows.map(({ window }) => window)).toEqual(['1h', '24h', '28d']);
    expect(hour).toMatchObject({
      ...{ pages: 3, pagesOnTime: 3, onTimeShare: 1, burn: 0 },
      ...{ messages: 3, delivered: 1, deadLetters: 1, pending: 1, deliveredShare: 0.5 },
    });
    expect(hour?.worstMs).toBeLessThan(30_000);
    expect(json.receivers.map(({ receiver, windows }) => [receiver, windows[0]?.deadLetters])).toEqual([
      ['hook', 0],
      ['lost', 1],
      ['slow', 0],
    ]);
    expect(json.queue).toEqual({
      driver: 'in-process',
      waiting: expect.any(Number),
      active: expect.any(Number),
    });
    expect(json.lease).toEqual({ held: true, epoch: expect.any(Number) });
    const other = (await ask<DeliveryView>('delivery', { key: BANK_KEY })).json;
    expect(other.receivers).toEqual([]);
    expect(other.slo.windows[0]).toMatchObject({ pages: 0, messages: 0, onTimeShare: null, worstMs: null });
  });

  test('is in the metrics as well', async () => {
    const response = await fetch(`${server.api}/metrics`, {
      headers: { Authorization: `Bearer ${SHOP_KEY}` },
    });
    const text = await response.text();
    expect(text).toMatch(/^tidewatch_notifications_total\{channel="webhook",outcome="delivered"\} 1$/m);
    expect(text).toMatch(/^tidewatch_notifications_total\{channel="webhook",outcome="rejected"\} 1$/m);
    expect(text).toMatch(/^tidewatch_outbox_pending 1$/m);
    expect(text).toMatch(/^tidewatch_incidents\{status="open",severity="page"\} 3$/m);
    expect(text).toMatch(/^tidewatch_alerts_lease_held 1$/m);
    expect(text).toMatch(/^tidewatch_notification_first_attempt_seconds_count 3$/m);
  });
});

describe('a dead letter', () => {
  const replay = (id: unknown, key = SHOP_KEY) =>
    ask<{ id: string; code: string; detail: string }>('notifications/replay', { body: { id }, key });

  test('is no business of another project, and what is no dead letter is not sent again', async () => {
    const lost = await entry(ids.lost, 'rejected');
    expect(await replay(lost.id, BANK_KEY)).toMatchObject({
      status: 404,
      json: { code: 'notification.unknown' },
    });
    expect((await replay('nothing')).status).toBe(404);
    expect((await replay('')).status).toBe(400);
    const delivered = await replay((await entry(ids.fine, 'delivered')).id);
    expect([delivered.status, delivered.json.detail]).toEqual([
      409,
      expect.stringMatching(/was delivered; only what was rejected/),
    ]);
    const waiting = await replay((await entry(ids.slow, 'retry')).id);
    expect([waiting.status, waiting.json.detail]).toEqual([409, expect.stringMatching(/is being delivered/)]);
    expect((await log('?outcome=rejected')).map(({ id }) => id)).toEqual([lost.id]);
  });

  test('is sent again under the id it had, as often as it takes', async () => {
    const { id } = await entry(ids.lost, 'rejected');
    expect((await replay(id)).status).toBe(202);
    await eventually('the second refusal', async () => (await entry(ids.lost, 'rejected')).attempts === 3);
    hooks.answer('/lost', 200);
    expect(await replay(id)).toMatchObject({ status: 202, json: { id } });
    expect(await entry(ids.lost, 'delivered')).toMatchObject({ id, attempts: 5, httpStatus: 200 });
    const sent = hooks.calls
      .filter(({ path }) => path === '/lost')
      .map(({ headers }) => headers['webhook-id']);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
    expect((await replay(id)).status).toBe(409);
    const { json } = await ask<{ items: object[] }>('audit?kind=notification');
    expect(json.items).toHaveLength(2);
    expect(json.items[0]).toMatchObject({
      ...{ actor: 'oncall', action: 'notification.replay', id, after: { outcome: 'replayed' } },
      before: { outcome: 'rejected', reason: expect.stringMatching(/404/) },
    });
    // Whoever has heard of it late is told of its end.
    await ask(`incidents/${ids.lost}/resolve`, { body: {} });
    await eventually('the end', async () => hooks.told('/lost').at(-1) === 'resolve resolved-by-hand');
  }, 40_000);

  test('of an incident that is over is not sent again: nobody would ever close what it opens', async () => {
    hooks.answer('/lost', 404);
    const incidentId = await open('lost-api');
    const { id } = await entry(incidentId, 'rejected');
    await ask(`incidents/${incidentId}/resolve`, { body: {} });
    const refused = await replay(id);
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringMatching(/has resolved/)]);
  });

  test('is overtaken where the incident ends before its page has arrived', async () => {
    await ask(`incidents/${ids.slow}/resolve`, { body: {} });
    hooks.answer('/slow', 200);
    expect(await entry(ids.slow, 'superseded')).toMatchObject({ reason: expect.stringMatching(/./) });
    const told = hooks.told('/slow');
    expect([...new Set(told)]).toEqual(['trigger opened']);
  });
});

describe('a deployment', () => {
  const deploy = async (id: string, service: string, timestamp: number): Promise<void> => {
    const response = await fetch(`${server.api}/v1/deployments`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${SHOP_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        ...{ deployment_id: id, kind: 'deploy', service, model: 'ranker', model_version: id },
        timestamp: new Date(timestamp).toISOString(),
      }),
    });
    expect(response.status).toBe(200);
  };
  const changes = () => pagerduty.events.filter(({ effect }) => effect === 'noted');

  test('is noted once at the pager that its service pages, and pages nobody', async () => {
    const calls = hooks.calls.length;
    const now = Date.now();
    await deploy('d-17', 'ranker-api', now);
    await deploy('d-18', 'other-api', now);
    await eventually('the change event', async () => changes().length > 0);
    // The same report once more, and one that shows that another round is over.
    await deploy('d-17', 'ranker-api', now);
    await deploy('d-19', 'ranker-api', now + 1);
    await eventually('the next change event', async () => changes().length > 1);
    expect(
      changes()
        .map(({ summary }) => /d-\d+/.exec(summary)?.[0])
        .sort(),
    ).toEqual(['d-17', 'd-19']);
    expect(pagerduty.events.flatMap(({ problems }) => problems)).toEqual([]);
    expect(pagerduty.objects()).toEqual([]);
    expect(hooks.calls.length).toBe(calls);
  }, 40_000);
});

describe('a digest', () => {
  test('can be seen before it is sent', async () => {
    const { status, json } = await ask<DigestPreview>('digests/weekly/preview?period=current');
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'weekly', receivers: ['chat'] });
    expect(json.period.from).toBeLessThan(json.now);
    expect(JSON.stringify(json)).toMatch(/incident/i);
    const last = await ask<DigestPreview>('digests/weekly/preview');
    expect(last.json.period.to).toBeLessThanOrEqual(json.period.from);
    expect(hooks.calls.every(({ text }) => !text.includes('weekly'))).toBe(true);
  });

  test.each<[string, string, string, number]>([
    ['that there is not', 'daily/preview', SHOP_KEY, 404],
    ['of another project', 'weekly/preview', BANK_KEY, 404],
    ['of another period', 'weekly/preview?period=next', SHOP_KEY, 400],
    ['without a key', 'weekly/preview', 'nobody', 401],
  ])('%s is not shown', async (_what, path, key, status) => {
    expect((await ask(`digests/${path}`, { key })).status).toBe(status);
  });
});

describe('the chart of an incident', () => {
  const NOW = Date.now();
  const state = incidentState({
    openedAt: NOW - 600_000,
    key: { project: 'shop', service: 'chart-api', region: '', model: '' },
    members: { 'SLO/availability/page-fast': memberState() },
  });
  const path = `/api/v1/incidents/${state.id}/chart.png`;
  const get = (query: string, key = '') =>
    fetch(`${server.api}${path}${query}`, { headers: key === '' ? {} : { Authorization: `Bearer ${key}` } });
  /** The query of a signed link, made as messages carry it. */
  const signed = (project = 'shop', at = NOW): string => {
    const secret = readFileSync(join(server.dataDir, 'link-secret'), 'utf8').trim();
    return new URL(new ChartLinks(secret, 'https://tidewatch.example.com').urlOf(project, state.id, at))
      .search;
  };

  beforeAll(async () => {
    const { store } = server.server;
    const row = { incidentId: state.id, sequence: 1, epoch: 0, at: NOW, kind: 'opened', status: 'open' };
    await store.incidents.append('shop', [
      {
        ...{ ...row, project: 'shop', severity: 'page', service: 'chart-api', region: '', model: '' },
        ...{ generation: 1, summary: '', member: '', actor: '', detail: '', intents: '[]' },
        state: JSON.stringify(state),
      },
    ]);
    const verdict = (minute: number) => ({
      ...EMPTY_VERDICT_FIELDS,
      ...{ kind: 'SLO', rule: 'availability', subject: '', state: 'breach', reason: '', document: '{}' },
      ...{ windowEnd: NOW - minute * 60_000, windowStart: 0, evaluatedAt: NOW, sampleSize: 0 },
      ...{ baselineSize: 0, service: 'chart-api', region: '', model: '', owner: '' },
      ...{ tiers: ['page-fast'], tierStates: ['firing'], tierThresholds: [14.4] },
      ...{ tierLongBurns: [20 - minute], tierShortBurns: [20], tierBadEvents: [9] },
    });
    await store.verdicts.write('shop', [0, 1, 2].map(verdict));
  });

  test.each<[string, () => Promise<Response>, number]>([
    ['with a key', () => get('', SHOP_KEY), 200],
    ['with the signature of a message', () => get(signed()), 200],
    ['without either', () => get(''), 401],
    ['with a key of another project', () => get('', BANK_KEY), 404],
    [
      'with a signature that is made up',
      () => get(signed().replace(/signature=...../, 'signature=AAAAA')),
      401,
    ],
    ['with an empty signature', () => get('?project=shop&signature='), 401],
    ['with the signature of another project', () => get(signed('bank').replace('bank', 'shop')), 401],
    ['with a signature that is honest about another project', () => get(signed('bank')), 404],
    ['with a link that is too old', () => get(signed('shop', NOW - 8 * 86_400_000)), 401],
    ['with a link whose end was moved', () => get(signed().replace(/until=\d/, 'until=9')), 401],
  ])('%s', async (_what, fetched, status) => {
    const response = await fetched();
    expect(response.status).toBe(status);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(1, 4).toString() === 'PNG').toBe(status === 200);
  });

  test('is not there for what measures nothing', async () => {
    expect(await ask(`incidents/${ids.fine}/chart.png`)).toMatchObject({
      status: 404,
      json: { code: 'request.not-found' },
    });
  });
});
