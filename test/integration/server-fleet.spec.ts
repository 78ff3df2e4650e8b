import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeliveryView } from '../../apps/server/src/query/delivery.controller.js';
import type { IncidentDetail } from '../../apps/server/src/query/incidents.controller.js';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { startRedis, type TestRedis } from '../harness/redis.js';
import { startProcess, type ServerProcess } from '../harness/server-process.js';
import { eventually, removeFolders, startTestServer, temporaryFolder } from '../harness/test-server.js';
import { startWebhookReceiver, type HookBody, type WebhookReceiver } from '../harness/webhook-receiver.js';

/** One process of the fleet. */
interface Peer {
  readonly api: string;
  stop(): Promise<void>;
}

/** How long a lease outlives its holder, ms; the code's default, which no setting changes. */
const LEASE_MS = 10_000;

const rules = (url: string): string => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager}
spec: {type: webhook, url: "${url}/pager"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: stuck}
spec: {type: webhook, url: "${url}/stuck"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: away}
spec: {type: webhook, url: "${url}/away"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - {match: {service: stuck-api}, receiver: stuck}
    - {match: {service: away-api}, receiver: away}
    - {match: {severity: page}, receiver: pager}
---
apiVersion: tidewatch.dev/v1
kind: Heartbeat
metadata: {name: switch}
spec: {urlEnv: BEAT_URL, every: 10s}
`;

let clickhouse: ClickHouseHttp;
let redis: TestRedis;
let hooks: WebhookReceiver;
/** Starts first, so that it is the first to hold the lease. */
let child: ServerProcess;
/** Those that compete for the lease and run, and one that only takes data and answers questions. */
let peers: Peer[];
let reader: Peer;

function environment(): Record<string, string> {
  return {
    CLICKHOUSE_URL: clickhouse.url,
    REDIS_URL: redis.url,
    BEAT_URL: `${hooks.url}/beat`,
    TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1',
  };
}

async function startChild(): Promise<Peer> {
  const folder = temporaryFolder('child');
  const rulesDir = join(folder, 'rules');
  mkdirSync(rulesDir);
  writeFileSync(join(rulesDir, 'who.yaml'), rules(hooks.url));
  child = startProcess(
    {
      ...environment(),
      TIDEWATCH_HTTP_PORT: '0',
      TIDEWATCH_OTLP_HTTP_PORT: '0',
      TIDEWATCH_OTLP_GRPC_PORT: '0',
      TIDEWATCH_DATA_DIR: join(folder, 'data'),
      TIDEWATCH_RULES_DIR: rulesDir,
    },
    folder,
  );
  const [, api = ''] = await child.printed(/Console\s+(http:\S+)/);
  return { api, stop: async () => void child.child.kill('SIGKILL') };
}

const startPeer = (more: Record<string, string> = {}): Promise<Peer> =>
  startTestServer({
    rules: { 'who.yaml': rules(hooks.url) },
    environment: { ...environment(), ...more },
  });

beforeAll(async () => {
  [clickhouse, redis, hooks] = await Promise.all([
    startClickHouseHttp(),
    startRedis(),
    startWebhookReceiver(),
  ]);
  const first = await startChild();
  peers = [first];
  await holder();
  const [second, third, reading] = await Promise.all([
    startPeer(),
    startPeer(),
    startPeer({ TIDEWATCH_ROLES: 'ingest,query' }),
  ]);
  peers = [first, second, third];
  reader = reading;
}, 60_000);

afterAll(async () => {
  await Promise.all([...peers, reader].map((peer) => peer.stop()));
  child.child.kill('SIGKILL');
  await child.ended;
  await Promise.all([clickhouse.stop(), redis.stop(), hooks.close()]);
  removeFolders();
}, 60_000);

async function ask<T>(
  { api }: Peer,
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
) {
  const response = await fetch(`${api}/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as T };
}

const delivery = async (peer: Peer): Promise<DeliveryView> =>
  (await ask<DeliveryView>(peer, 'delivery')).json;

async function leaseMetric({ api }: Peer): Promise<number> {
  const text = await (await fetch(`${api}/metrics`)).text();
  return Number(/^tidewatch_alerts_lease_held (\d)$/m.exec(text)?.[1]);
}

/** Those whose own metrics say that they hold the lease; asks nothing of Redis. */
async function holders(): Promise<Peer[]> {
  const held = await Promise.all(peers.map(leaseMetric));
  return peers.filter((_peer, index) => held[index] === 1);
}

const holder = (limitMs = 20_000): Promise<Peer> =>
  eventually('a holder of the lease', async () => (await holders())[0], limitMs);

async function followers(): Promise<Peer[]> {
  const held = await holders();
  return peers.filter((peer) => !held.includes(peer));
}

/** Opens a page about a service at the holder, that stays. */
async function open(service: string): Promise<string> {
  const { status, json } = await ask<{ incidentId: string }>(await holder(), 'drills', {
    ...{ severity: 'page', service, keep: '10m' },
  });
  expect(status).toBe(201);
  return json.incidentId;
}

const told = (path: string, service: string, count: number): Promise<string[]> =>
  eventually(`${count} messages about ${service}`, async () => {
    const messages = hooks.told(path, service);
    return messages.length >= count && messages;
  });

type Commanded = { incident: IncidentDetail; code?: string };
const command = (peer: Peer, id: string, name: string, body: object = {}) =>
  ask<Commanded>(peer, `incidents/${id}/${name}`, body);

/** How many different messages opened something: a repetition has the id of what it repeats. */
const openings = (path: string): number =>
  new Set(
    hooks.calls
      .filter((call) => call.path === path && (JSON.parse(call.text) as HookBody).action === 'trigger')
      .map(({ headers }) => headers['webhook-id']),
  ).size;
const beats = (): number => hooks.calls.filter(({ path }) => path === '/beat').length;

describe('several processes on one ClickHouse and one Redis', () => {
  test('one holds the lease, and all say what they are', async () => {
    const views = await Promise.all(peers.map(delivery));
    expect(views.map(({ lease }) => lease?.held)).toEqual([true, false, false]);
    expect(views.map(({ queue }) => queue.driver)).toEqual(['bull', 'bull', 'bull']);
    expect(await Promise.all(peers.map(leaseMetric))).toEqual([1, 0, 0]);
    // Whoever does not compete has no part in it at all.
    expect((await delivery(reader)).lease).toBeNull();
    expect(await leaseMetric(reader)).toBe(0);
    // A switch hears of one process.
    const [first, ...others] = await Promise.all([...peers, reader].map(delivery));
    expect(first?.heartbeats.map(({ name }) => name)).toEqual(['switch']);
    expect(others.map(({ heartbeats }) => heartbeats)).toEqual([[], [], []]);
    expect(first?.heartbeatsElsewhere).toEqual([]);
    expect(others.flatMap(({ heartbeatsElsewhere }) => heartbeatsElsewhere)).toEqual(Array(3).fill('switch'));
    expect(beats()).toBeLessThanOrEqual(2);
  });

  test('what people do at any of them reaches the writer and comes back, and each receiver hears of it once', async () => {
    const id = await open('handled-api');
    expect(await told('/pager', 'handled-api', 1)).toEqual(['trigger opened']);
    const [second, third] = await followers();

    // A name is stored as it can be shown, and recognised all the same.
    const acknowledged = await command(second!, id, 'acknowledge', { by: ' Ana\u0007 ' });
    expect(acknowledged).toMatchObject({ status: 200, json: { incident: { acknowledged: { by: 'Ana' } } } });
    const startedAt = Date.now();
    expect(await command(third!, id, 'acknowledge', { by: 'Bob' })).toMatchObject({
      status: 200,
      json: { incident: { acknowledged: { by: 'Ana' } } },
    });
    // Nothing is to be done, so nobody is waited for.
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(await command(reader, id, 'comment', { by: 'Cid', text: 'on it' })).toMatchObject({
      status: 200,
      json: { incident: { comments: [{ by: 'Cid', text: 'on it' }] } },
    });
    expect(await command(third!, id, 'resolve', { by: 'Dora' })).toMatchObject({
      status: 200,
      json: { incident: { status: 'resolved', resolvedBy: 'Dora' } },
    });
    expect(await told('/pager', 'handled-api', 4)).toEqual([
      'trigger opened',
      'acknowledge acknowledged',
      'update commented',
      'resolve resolved-by-hand',
    ]);
    expect(new Set(hooks.bodies('/pager', 'handled-api').map(({ dedupKey }) => dedupKey)).size).toBe(1);
    for (const peer of [second!, await holder()]) {
      expect(await command(peer, id, 'resolve')).toMatchObject({
        status: 409,
        json: { code: 'incident.resolved' },
      });
    }
    expect(await command(reader, 'f'.repeat(64), 'acknowledge')).toMatchObject({
      status: 404,
      json: { code: 'incident.unknown' },
    });
    // What was before is what is stored, not what a follower remembers.
    const { json } = await ask<{ items: { action: string; before: object | null }[] }>(
      reader,
      'audit?kind=incident',
    );
    expect(json.items.find(({ action }) => action === 'incident.resolve')?.before).toMatchObject({
      acknowledged: { by: 'Ana' },
      status: 'open',
    });
  }, 40_000);

  test('a drill asked for at any of them is begun by the writer, told, and closed', async () => {
    const { status, json } = await ask<{ incidentId: string }>(reader, 'drills', {
      ...{ severity: 'page', service: 'drilled-api' },
    });
    expect(status).toBe(201);
    expect(await told('/pager', 'drilled-api', 2)).toEqual(['trigger opened', 'resolve resolved']);
    expect(await ask(reader, `incidents/${json.incidentId}`)).toMatchObject({
      json: { incident: { id: json.incidentId, status: 'resolved' } },
    });
  }, 40_000);

  test('a silence made at one is kept at the others within seconds, and so is its end', async () => {
    const [second, third] = await followers();
    const known = async (peer: Peer): Promise<string[]> =>
      (await ask<{ items: { id: string }[] }>(peer, 'suppressions')).json.items.map(({ id }) => id);
    const { json } = await ask<{ id: string }>(second!, 'silences', {
      ...{ match: { service: 'quiet-api' }, for: '1h', comment: 'Moved' },
    });
    const writer = await holder();
    await eventually('the silence at the holder', async () => (await known(writer)).includes(json.id), 8_000);
    const refused = await ask<{ code: string }>(writer, 'drills', { severity: 'page', service: 'quiet-api' });
    expect(refused.json.code).toBe('drill.nobody-is-told');
    expect((await ask(third!, `silences/${json.id}`, undefined, 'DELETE')).status).toBe(200);
    await eventually('its end', async () => !(await known(writer)).includes(json.id), 8_000);
  }, 40_000);

  test('when the holder is killed another goes on with what it had begun: nothing is lost, nothing opens twice', async () => {
    hooks.answer('/stuck', 'hang');
    const opened = await open('killed-api');
    await open('stuck-api');
    await told('/pager', 'killed-api', 1);
    await told('/stuck', 'stuck-api', 1);
    const [killed] = await holders();
    peers = peers.filter((peer) => peer !== killed);
    const killedAt = Date.now();
    child.child.kill('SIGKILL');
    await child.ended;
    hooks.answer('/stuck', 200);
    expect(await holders()).toEqual([]);
    await holder();
    expect(Date.now() - killedAt).toBeLessThan(LEASE_MS + 5_000);

    expect(await told('/stuck', 'stuck-api', 2)).toEqual(['trigger opened', 'trigger opened']);
    // The repetition of one message, and not another one.
    expect(openings('/stuck')).toBe(1);
    expect((await command(reader, opened, 'resolve')).status).toBe(200);
    expect(await told('/pager', 'killed-api', 2)).toEqual(['trigger opened', 'resolve resolved-by-hand']);
    const [trigger, resolve] = hooks.bodies('/pager', 'killed-api');
    expect(resolve?.dedupKey).toBe(trigger?.dedupKey);
  }, 60_000);

  test('when ClickHouse is away as the lease changes hands, the next one begins once it is back', async () => {
    const stopped = await holder();
    const [next] = await followers();
    clickhouse.refuse(true);
    await stopped.stop();
    peers = [next!];
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await holders()).toEqual([]);
    clickhouse.refuse(false);
    expect(await holder(8_000)).toBe(next);
    expect((await delivery(next!)).lease?.held).toBe(true);
    peers = [next!, await startPeer()];
  }, 60_000);

  test('when Redis dies alerting pauses, and goes on by itself once it is back: what waited is sent', async () => {
    hooks.answer('/away', 503);
    const id = await open('away-api');
    await told('/away', 'away-api', 1);
    await redis.kill();
    // While the way to it is gone, the rest can still be seen.
    const [view] = await Promise.all([
      delivery(peers[0]!),
      eventually('the lease to run out', async () => (await holders()).length === 0, LEASE_MS + 5_000),
    ]);
    expect(view.queue).toEqual({ driver: 'bull', waiting: null, active: null });
    const beatsBefore = beats();
    await redis.start();
    const late = ask(peers[0]!, 'drills', { severity: 'page', service: 'late-drill-api' });
    const refused = await command(peers[0]!, id, 'acknowledge', { by: 'Ana' });
    for (const answer of [refused, await late]) {
      expect(answer).toMatchObject({ status: 503, json: { code: 'alerts.not-the-writer' } });
    }
    expect((await Promise.all(peers.map(delivery))).flatMap(({ heartbeats }) => heartbeats)).toEqual([]);
    // One was due meanwhile.
    expect(beats()).toBe(beatsBefore);
    hooks.answer('/away', 200);
    const sentBefore = hooks.told('/away').length;
    await holder();
    // What was refused is done once there is a writer, as the answer said. Its message may come right after the first one.
    await eventually('the acknowledgement', async () =>
      hooks.told('/away').includes('acknowledge acknowledged'),
    );
    expect(hooks.told('/away').slice(sentBefore)).toEqual(['trigger opened', 'acknowledge acknowledged']);
    expect(openings('/away')).toBe(1);
    await eventually('the next beat', async () => beats() > beatsBefore);
    await open('after-api');
    expect(await told('/pager', 'after-api', 1)).toEqual(['trigger opened']);
    expect((await command(reader, id, 'resolve')).status).toBe(200);
    expect((await told('/away', 'away-api', sentBefore + 3)).at(-1)).toBe('resolve resolved-by-hand');
  }, 90_000);

  test('in all that time nobody was paged twice', () => {
    const triggers = hooks.bodies('/pager').filter(({ action }) => action === 'trigger');
    expect(triggers.map(({ incident }) => incident.service).sort()).toEqual([
      // And not the drill that was refused.
      'after-api',
      'drilled-api',
      'handled-api',
      'killed-api',
    ]);
  });
});
