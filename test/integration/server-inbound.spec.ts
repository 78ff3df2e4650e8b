import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dedupKey } from '@tidewatch/alerts';
import { pagerdutySignature, slackSignature } from '@tidewatch/channels';
import { startStandIn, type StandIn } from '../../examples/stand-ins/src/index.js';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';

const KEY = 'twk_0123456789abcdef0123456789abcdef';
const SIGNING_SECRET = '3f1e0c5f6a7b8c9d0e1f2a3b4c5d6e7f';
const WEBHOOK_SECRET = 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itB';

const rules = (slackUrl: string, pagerdutyUrl: string): string => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: chat}
spec: {type: slack, tokenEnv: SLACK_TOKEN, channel: C0123456789, signingSecretEnv: SLACK_SIGNING_SECRET, api: "${slackUrl}"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager}
spec: {type: pagerduty, routingKeyEnv: PAGERDUTY_KEY, webhookSecretEnv: PAGERDUTY_WEBHOOK_SECRET, url: "${pagerdutyUrl}"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{match: {severity: page}, receivers: [chat, pager]}]}
`;

let slack: StandIn;
let pagerduty: StandIn;
let server: TestServer;

beforeAll(async () => {
  slack = await startStandIn({ kind: 'slack-api', port: 0 });
  pagerduty = await startStandIn({ kind: 'pagerduty', port: 0 });
  const keys = join(temporaryFolder('keys'), 'keys');
  writeFileSync(keys, `ci default ${KEY}\n`);
  server = await startTestServer({
    rules: { 'who.yaml': rules(slack.url, pagerduty.url) },
    environment: {
      TIDEWATCH_API_KEYS_FILE: keys,
      TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1',
      SLACK_TOKEN: 'xoxb-stand-in',
      SLACK_SIGNING_SECRET: SIGNING_SECRET,
      PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
      PAGERDUTY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    },
  });
}, 60_000);

afterAll(async () => {
  await server.stop();
  await Promise.all([slack.close(), pagerduty.close()]);
  removeFolders();
}, 30_000);

const withKey = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${server.api}${path}`, { headers: withKey });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** Opens a page that stays, and waits until both receivers have it. */
async function openPage(service: string): Promise<string> {
  const response = await fetch(`${server.api}/api/v1/drills`, {
    method: 'POST',
    headers: withKey,
    body: JSON.stringify({ service, severity: 'page', keep: '5m' }),
  });
  expect(response.status).toBeLessThan(300);
  const { incidentId } = (await response.json()) as { incidentId: string };
  await eventually('both receivers to have the page', async () =>
    [slack, pagerduty].every((standIn) => stateAt(standIn, service) === 'open'),
  );
  return incidentId;
}

function stateAt(standIn: StandIn, service: string): string | undefined {
  return standIn.objects().find(({ texts }) => texts.join('\n').includes(service))?.state;
}

async function post(path: string, body: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${server.api}/api/v1/inbound/${path}`, { method: 'POST', headers, body });
  await response.text();
  return response.status;
}

function press(action: string, incidentId: string, secret = SIGNING_SECRET): Promise<number> {
  const payload = {
    type: 'block_actions',
    user: { id: 'UA8RXUSPL', username: 'ada' },
    actions: [{ action_id: action, value: incidentId, type: 'button' }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return post('slack/chat', body, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': slackSignature(secret, timestamp, body),
  });
}

function report(type: string, incidentId: string, secret = WEBHOOK_SECRET, time = 'once'): Promise<number> {
  const body = JSON.stringify({
    event: {
      id: `${type}-${incidentId}-${time}`,
      event_type: type,
      occurred_at: new Date().toISOString(),
      agent: { id: 'PLH1HKV', summary: 'Bob', type: 'user_reference' },
      data: { id: 'PGR0VU2', type: 'incident', incident_key: dedupKey(incidentId, 'pager') },
    },
  });
  return post('pagerduty/pager', body, {
    'content-type': 'application/json',
    'x-pagerduty-signature': `v1=${'0'.repeat(64)},${pagerdutySignature(secret, body)}`,
  });
}

describe('what people do at Slack and PagerDuty', () => {
  test('a button of Slack acknowledges: the message changes in place, and PagerDuty hears of it', async () => {
    const id = await openPage('service-a');
    expect(await press('tidewatch_acknowledge', id)).toBe(200);
    await eventually('both to be acknowledged', async () =>
      [slack, pagerduty].every((standIn) => stateAt(standIn, 'service-a') === 'acknowledged'),
    );
    const { incident } = await get<{ incident: { acknowledged: { by: string } | null } }>(
      `/api/v1/incidents/${id}`,
    );
    expect(incident.acknowledged?.by).toBe('ada (Slack)');
    expect(slack.objects().filter(({ texts }) => texts.join('\n').includes('service-a'))).toHaveLength(1);
    expect(slack.events.map(({ effect }) => effect)).toContain('updated');
    expect(slack.events.flatMap(({ problems }) => problems)).toEqual([]);
    const { items } = await get<{ items: { action: string; actor: string; id: string }[] }>(
      '/api/v1/audit?kind=incident',
    );
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'incident.acknowledge', actor: 'ada (Slack)', id }),
    );
  }, 40_000);

  test('PagerDuty resolves: the message of Slack is closed, and a repeated delivery changes nothing', async () => {
    const id = await openPage('service-b');
    expect(await report('incident.resolved', id)).toBe(200);
    expect(await report('incident.resolved', id)).toBe(202);
    await eventually('Slack to be told', async () => stateAt(slack, 'service-b') === 'closed');
    const { incident } = await get<{ incident: { status: string } }>(`/api/v1/incidents/${id}`);
    expect(incident.status).toBe('resolved');
  }, 40_000);

  test('what PagerDuty says was done, but has no audit entry, gets its entry once', async () => {
    const id = await openPage('service-d');
    // As the writer leaves it behind when whoever asked had gone: the change is there, its entry in Bob's name is not.
    const done = await fetch(`${server.api}/api/v1/incidents/${id}/acknowledge`, {
      method: 'POST',
      headers: withKey,
      body: JSON.stringify({ by: 'Bob (PagerDuty)' }),
    });
    expect(done.status).toBe(200);
    // Two events, of which neither is remembered from the other.
    expect(await report('incident.acknowledged', id)).toBe(200);
    expect(await report('incident.acknowledged', id, WEBHOOK_SECRET, 'again')).toBe(200);
    const { items } = await get<{
      items: { action: string; actor: string; id: string; before: unknown; after: unknown }[];
    }>('/api/v1/audit?kind=incident');
    const ofBob = items.filter((entry) => entry.id === id && entry.actor === 'Bob (PagerDuty)');
    expect(ofBob).toMatchObject([
      {
        action: 'incident.acknowledge',
        before: { acknowledged: null },
        after: { acknowledged: { by: 'Bob (PagerDuty)' } },
      },
    ]);
  }, 40_000);

  test('nobody else can, and a key is no way in', async () => {
    const id = await openPage('service-c');
    expect(await press('tidewatch_resolve', id, 'another')).toBe(401);
    expect(await report('incident.resolved', id, 'another')).toBe(401);
    expect(await post('slack/chat', 'payload=%7B%7D', withKey)).toBe(401);
    expect(await post('slack/nobody', 'payload=%7B%7D', {})).toBe(401);
    expect(await press('tidewatch_resolve', 'f'.repeat(64))).toBe(202);
    expect(stateAt(slack, 'service-c')).toBe('open');
  }, 40_000);
});
