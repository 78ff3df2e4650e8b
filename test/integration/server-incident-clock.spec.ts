import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IncidentChangeView } from '../../apps/server/src/query/incident-view.js';
import type { IncidentDetail } from '../../apps/server/src/query/incidents.controller.js';
import { askApi } from '../harness/ask-api.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';
import { startWebhookReceiver, type WebhookReceiver } from '../harness/webhook-receiver.js';

const iso = (at: number): string => new Date(at).toISOString();
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A receiver of the name of its path. */
const receiver = (name: string, spec: string): string => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: ${name}}
spec: {type: webhook, ${spec}}
---`;

const who = (url: string, { moved = '/moved', more = '' } = {}): string => `
${['pager', 'tickets', 'boss', 'repeats', 'fallback'].map((name) => receiver(name, `url: "${url}/${name}"`)).join('')}
${receiver('broken', `url: "${url}/broken", fallback: fallback`)}
${receiver('moved', `url: "${url}${moved}"`)}
${receiver('disabled', `url: "${url}/disabled"${more}`)}
${more === '' ? receiver('removed', `url: "${url}/removed"`) : ''}
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  warmUp: 12s
  routes:
    - {match: {service: repeat-api}, receiver: repeats, repeat: 2s}
    - match: {service: step-api}
      receiver: repeats
      escalate: [{after: 2s, unless: acknowledged, receiver: boss}]
    - match: {service: taken-api}
      receiver: repeats
      escalate: [{after: 2s, unless: acknowledged, receiver: boss}]
    - match: {service: raise-api, severity: ticket}
      receiver: tickets
      groupWait: 0s
      escalate: [{after: 2s, raise: page}]
    - {match: {service: broken-api}, receiver: broken}
    - {match: {service: moved-api}, receiver: moved}
    - {match: {service: disabled-api}, receiver: disabled}
    ${more === '' ? '- {match: {service: removed-api}, receiver: removed}' : ''}
    - {match: {severity: page}, receiver: pager}
    - {match: {aspect: inputs}, receiver: tickets, groupWait: 8s}
    - {match: {severity: ticket}, receiver: tickets, groupWait: 3s}
`;

let hooks: WebhookReceiver;
let server: TestServer;

beforeAll(async () => {
  hooks = await startWebhookReceiver();
  server = await startTestServer({ rules: { 'who.yaml': who(hooks.url) } });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await hooks.close();
  removeFolders();
});

interface Detail {
  readonly incident: IncidentDetail;
  readonly history: IncidentChangeView[];
}

const ask = <T = unknown>(path: string, body?: unknown, method?: string) =>
  askApi<T>(server.api, path, { body, ...(method === undefined ? {} : { method }) });
const detail = async (id: string): Promise<Detail> => (await ask<Detail>(`incidents/${id}`)).json;
const command = (id: string, name: string, body: object = {}) => ask<Detail>(`incidents/${id}/${name}`, body);

/** Opens an incident of one rule, that stays until it is resolved by hand. */
async function open(service: string, part: object = {}): Promise<string> {
  const body = { severity: 'page', service, keep: '10m', ...part };
  // Those that were closed a moment ago may still count.
  return eventually('a place for one more', async () => {
    const { status, json } = await ask<{ incidentId: string; code?: string }>('drills', body);
    expect([201, 'drill.too-many']).toContain(json.code ?? status);
    return status === 201 && json.incidentId;
  });
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

describe('what time asks for', () => {
  test('is repeated and passed on until somebody takes it on; a ticket becomes a page', async () => {
    const repeated = await open('repeat-api');
    const passed = await open('step-api');
    const taken = await open('taken-api');
    const raised = await open('raise-api', { severity: 'ticket' });
    await told('/repeats', 'taken-api', 1);
    await command(taken, 'acknowledge');

    expect(await told('/boss', 'step-api', 1)).toEqual(['trigger not-acknowledged']);
    expect(await told('/pager', 'raise-api', 1)).toEqual(['trigger escalated']);
    expect(hooks.told('/tickets', 'raise-api')[0]).toBe('trigger opened');
    const { incident, history } = await detail(raised);
    expect(incident).toMatchObject({
      severity: 'page',
      opened: expect.arrayContaining([expect.objectContaining({ receiver: 'pager', severity: 'page' })]),
    });
    expect(history.map(({ kind }) => kind)).toContain('raised');
    const { notifications } = (await detail(passed)).incident;
    expect(notifications.find(({ receiver: name }) => name === 'boss')?.explanation.join('\n')).toMatch(
      /routes\[1\]#0: nobody has acknowledged it for .*, so boss is told/,
    );

    expect((await told('/repeats', 'repeat-api', 3)).slice(0, 3)).toEqual([
      'trigger opened',
      'update repeated',
      'update repeated',
    ]);
    await command(repeated, 'acknowledge');
    expect(
      await eventually('the acknowledgement', async () => {
        const messages = hooks.told('/repeats', 'repeat-api');
        return messages.at(-1) === 'acknowledge acknowledged' && messages.length;
      }),
    ).toBeGreaterThan(3);
    const said = hooks.told('/repeats', 'repeat-api').length;
    await after(4_000);
    expect(hooks.told('/repeats', 'repeat-api')).toHaveLength(said);
    expect(hooks.told('/boss', 'taken-api')).toEqual([]);
    await close(repeated, passed, taken, raised);
    // Everybody who was told is told of the end.
    for (const [path, service] of [
      ['/boss', 'step-api'],
      ['/pager', 'raise-api'],
      ['/tickets', 'raise-api'],
    ] as const) {
      await eventually(
        `the end at ${path}`,
        async () => hooks.told(path, service).at(-1) === 'resolve resolved-by-hand',
      );
    }
  }, 40_000);
});

describe('what is to be quiet', () => {
  test('is told once the silence, the window or the warm-up is over; a page does not wait for a deployment', async () => {
    const ticket = { severity: 'ticket' };
    const inputs = { model: 'detector', labels: { aspect: 'inputs' } };
    const held = await open('warm-api', { ...ticket, ...inputs });
    const deployedAt = Date.now();
    const deployment = {
      deployment_id: 'd-1',
      kind: 'deploy',
      service: 'warm-api',
      model: 'detector',
      model_version: '2',
    };
    const response = await fetch(`${server.api}/v1/deployments`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...deployment, timestamp: iso(deployedAt) }),
    });
    expect(response.status).toBe(200);

    const ended = await open('ended-api', ticket);
    const lapsed = await open('lapsed-api', ticket);
    const windowed = await open('window-api', ticket);
    const silence = (service: string, endsAt: number) =>
      ask<{ id: string }>('silences', { match: { service }, endsAt: iso(endsAt), comment: 'known' });
    const { id } = (await silence('ended-api', Date.now() + 3_600_000)).json;
    const lapsesAt = Date.now() + 5_000;
    await silence('lapsed-api', lapsesAt);
    const windowTo = Date.now() + 6_000;
    writeFileSync(
      join(server.rulesDir, 'quiet.yaml'),
      `
apiVersion: tidewatch.dev/v1
kind: MaintenanceWindow
metadata: {name: rebuild, owner: sre}
spec: {match: {service: window-api}, from: "${iso(Date.now() - 60_000)}", to: "${iso(windowTo)}", comment: The index is rebuilt}
`,
    );
    expect(server.server.reloadRules()).toBeNull();
    await after(4_000);
    expect(hooks.told('/tickets', 'ended-api')).toEqual([]);
    const [member] = (await detail(ended)).incident.members;
    expect(member?.suppressed).toMatchObject({ kind: 'silence', id });

    const page = await open('warm-api', inputs);
    expect(await told('/pager', 'warm-api', 1)).toEqual(['trigger opened']);

    const endedAt = Date.now();
    await ask(`silences/${id}`, undefined, 'DELETE');
    expect(await told('/tickets', 'ended-api', 1)).toEqual(['trigger suppression-ended']);
    expect(Date.now() - endedAt).toBeLessThan(5_000);
    const toldAt = (service: string): number =>
      hooks.calls.find(({ path, text }) => path === '/tickets' && text.includes(service))?.at ?? 0;
    expect(await told('/tickets', 'lapsed-api', 1)).toEqual(['trigger suppression-ended']);
    expect(toldAt('lapsed-api')).toBeGreaterThanOrEqual(lapsesAt);
    expect(toldAt('lapsed-api') - lapsesAt).toBeLessThan(5_000);
    expect(await told('/tickets', 'window-api', 1)).toEqual(['trigger suppression-ended']);
    expect(toldAt('window-api')).toBeGreaterThanOrEqual(windowTo);
    expect(await told('/tickets', 'warm-api', 1)).toEqual(['trigger suppression-ended']);
    expect(toldAt('warm-api') - deployedAt).toBeGreaterThanOrEqual(12_000);
    const { history } = await detail(held);
    expect(history.find(({ kind }) => kind === 'suppressed')?.text).toMatch(/d-1/);
    await close(held, ended, lapsed, windowed, page);
  }, 60_000);
});

describe('what was opened is closed where it was opened', () => {
  test('although the receiver has moved, is disabled or is in the rules no more', async () => {
    const names = ['moved', 'disabled', 'removed'];
    const ids = [];
    for (const name of names) {
      ids.push(await open(`${name}-api`));
      await told(`/${name}`, `${name}-api`, 1);
    }
    writeFileSync(
      join(server.rulesDir, 'who.yaml'),
      who(hooks.url, { moved: '/elsewhere', more: ', enabled: false' }),
    );
    expect(server.server.reloadRules()).toBeNull();
    // Who is disabled is told of nothing new.
    await command(ids[1]!, 'comment', { text: 'quiet' });
    await close(...ids);
    for (const name of names) {
      const messages = await told(`/${name}`, `${name}-api`, 2);
      expect([name, ...messages]).toEqual([name, 'trigger opened', 'resolve resolved-by-hand']);
    }
    expect(hooks.told('/elsewhere')).toEqual([]);
  }, 30_000);

  test('a page that its receiver refuses for good goes to the fallback, and ends there', async () => {
    hooks.answer('/broken', 401);
    const id = await open('broken-api');
    expect(await told('/fallback', 'broken-api', 1)).toEqual(['trigger fallback']);
    // The fallback hears of it before the refusal is stored, so that no crash in between is in its way.
    const refused = await eventually('the refusal', async () => {
      const { notifications: all } = (await detail(id)).incident;
      return all.find(({ receiver: name, outcome }) => name === 'broken' && outcome === 'rejected');
    });
    expect(refused).toMatchObject({ attempts: 1, reason: expect.stringMatching(/401/) });
    const { notifications } = (await detail(id)).incident;
    expect(notifications.find(({ receiver: name }) => name === 'fallback')?.explanation.at(-1)).toBe(
      'broken could not be told; fallback is its fallback',
    );
    await close(id);
    expect((await told('/fallback', 'broken-api', 2)).at(-1)).toBe('resolve resolved-by-hand');
    expect(hooks.told('/fallback', 'broken-api')).toHaveLength(2);
  }, 30_000);
});
