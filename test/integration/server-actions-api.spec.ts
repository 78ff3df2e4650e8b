import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { pino } from 'pino';
import { openActions } from '../../apps/server/src/notify/actions/action-runs.js';
import { ActionsController } from '../../apps/server/src/query/actions.controller.js';
import type { Runtime } from '../../apps/server/src/runtime.js';
import { openActionSender } from '../../libs/channels/src/action/action-sender.js';
import type { ActionSpec } from '../../libs/channels/src/action/action-spec.js';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { startAction, type ActionBench } from '../channels/action.bench.js';
import { notification } from '../channels/notification.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const FIRST = 'a'.repeat(64);
const SECOND = 'b'.repeat(64);
const idOf = (dedupKey: string): string => dedupKey.slice(0, 32);

const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
let backend: OpenBackend;
let bench: ActionBench;
let api: ActionsController;
beforeAll(async () => {
  backend = await STORE_BACKENDS[0]!.open();
  bench = await startAction({ approval: 'required', cooldown: '0s' }, Date.now);
  const readSecret = ({ env = '' }: { env?: string }): string => bench.secrets[env] ?? '';
  const actions = openActions(backend.store, {
    senderOf: () => openActionSender(bench.receiver.spec as ActionSpec, readSecret, { outbound }),
    logger: pino({ level: 'silent' }),
  });
  // Without keys every request is of the project "default".
  api = new ActionsController({ actions, config: { apiKeys: null } } as unknown as Runtime);
  const channel = openChannel(bench.receiver, readSecret, { outbound, actionGate: actions });
  for (const dedupKey of [FIRST, SECOND]) {
    await channel.deliver(notification({ intent: { dedupKey }, attemptAt: Date.now() }));
  }
}, 60_000);
afterAll(async () => {
  outbound.close();
  await bench.close();
  await backend.close();
});

/** A request as Fastify hands it on, its body unread. */
function request(body?: unknown): FastifyRequest {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': String(text.length) };
  const raw = Readable.from(text === '' ? [] : [Buffer.from(text)]);
  return { headers, raw: Object.assign(raw, { headers }) } as never;
}

test('lists what there is, and takes verdicts with or without a body', async () => {
  const { run } = await api.approve(request({ by: 'ada', comment: 'go' }), idOf(FIRST));
  expect(run).toMatchObject({ status: 'succeeded', decidedBy: 'ada', comment: 'go' });
  const refused = await api.reject(request(), idOf(SECOND));
  expect(refused.run).toMatchObject({ status: 'rejected', decidedBy: 'anonymous' });
  const { items } = await api.list(request(), {});
  const shown = Object.fromEntries(items.map(({ id, status }) => [id, status]));
  expect(shown).toEqual({ [idOf(FIRST)]: 'succeeded', [idOf(SECOND)]: 'rejected' });
  expect(items[0]?.body).toMatchObject({ do: 'scale', target: { service: 'ranker-api' } });
  const rejected = await api.list(request(), { status: 'rejected', limit: '5' });
  expect(rejected.items.map(({ id }) => id)).toEqual([idOf(SECOND)]);
  for (const secret of bench.secretTexts) {
    expect(JSON.stringify(items)).not.toContain(secret);
  }
});

test.each<[unknown, string]>([
  [{ by: 7 }, 'by must be a name'],
  [{ comment: 'x'.repeat(2_001) }, 'at most 2,000 characters'],
  [{ verdict: 'x' }, 'Unrecognized key'],
])('a verdict of %j is refused', async (body, problem) => {
  await expect(api.approve(request(body), idOf(FIRST))).rejects.toMatchObject({
    code: 'request.invalid',
    message: expect.stringContaining(problem),
  });
});

test('a status that there is not is refused', async () => {
  await expect(api.list(request(), { status: 'gone' })).rejects.toMatchObject({ code: 'request.invalid' });
});
