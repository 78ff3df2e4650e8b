import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openActions, type ActionRuns } from '../../apps/server/src/notify/actions/action-runs.js';
import { openActionSender, type ActionSender } from '../../libs/channels/src/action/action-sender.js';
import type { ActionSpec } from '../../libs/channels/src/action/action-spec.js';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { startAction, type ActionBench } from '../channels/action.bench.js';
import { notification, START } from '../channels/notification.js';
import { deployment } from '../harness/prediction-rows.js';
import { storeBlocks } from '../harness/store-blocks.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const VERDICT = { verdict: 'approve', by: 'ada', comment: 'go', actor: 'oncall', requestId: 'r-1' } as const;

let backend: OpenBackend;
let outbound: ClosableOutboundClient;
beforeAll(async () => {
  backend = await STORE_BACKENDS[0]!.open();
  outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
}, 60_000);
afterAll(async () => {
  outbound.close();
  await backend.close();
});

let bench: ActionBench;
let clock: number;
let project: string;
let tests = 0;
beforeEach(() => {
  clock = START + 720_000;
  tests += 1;
  project = `project-${tests}`;
});
afterEach(() => bench.close());

const readSecret = ({ env = '' }: { env?: string }): string => bench.secrets[env] ?? '';

/** The actions of one process; with another `sender` than that of the rules, where a test has to be in between. */
function actions(
  sender: ActionSender = openActionSender(bench.receiver.spec as ActionSpec, readSecret, { outbound }),
): ActionRuns {
  return openActions(backend.store, {
    senderOf: () => sender,
    logger: pino({ level: 'silent' }),
    now: () => clock,
  });
}

async function start(more: Readonly<Record<string, unknown>>): Promise<ActionRuns> {
  bench = await startAction({ dryRun: false, ...more }, () => clock);
  return actions();
}

/** Asks through the real channel. Returns the run's id. */
async function ask(runs: ActionRuns): Promise<string> {
  const message = notification({
    incident: { key: { project, service: 'ranker-api', region: 'eu-1', model: 'ranker' } },
    intent: { dedupKey: `f${tests}`.padEnd(64, 'a') },
    attemptAt: clock,
  });
  const options = { outbound, actionGate: runs, timeoutMs: 2_000 };
  expect(await openChannel(bench.receiver, readSecret, options).deliver(message)).toMatchObject({
    outcome: 'delivered',
  });
  return message.intent.dedupKey.slice(0, 32);
}

describe('several processes', () => {
  test('while one sends what was agreed to, none of the others does', async () => {
    const holder = await start({ approval: 'required' });
    const id = await ask(holder);
    const elsewhere = actions({
      url: bench.url,
      dryRun: false,
      send: async () => {
        await holder.resume();
        return { outcome: 'delivered', httpStatus: 202 };
      },
    });
    expect(await elsewhere.decide(project, id, VERDICT)).toMatchObject({
      status: 'succeeded',
      nextAttemptAt: null,
    });
    expect(bench.requests()).toBe(0);
  });

  test('one that dies while it sends is followed by another', async () => {
    const holder = await start({ approval: 'required' });
    const id = await ask(holder);
    const dying = actions({ url: bench.url, dryRun: false, send: () => Promise.reject(new Error('killed')) });
    await expect(dying.decide(project, id, VERDICT)).rejects.toThrow('killed');
    await holder.resume();
    expect(bench.requests()).toBe(0);
    clock += MINUTE;
    await holder.resume();
    expect(bench.requests()).toBe(1);
    expect((await backend.store.actionRuns.find(project, id))?.status).toBe('succeeded');
  });
});

describe('what is live', () => {
  const HOUR_AGO = START - HOUR;
  const deployed = (deploymentId: string, timestamp: number, kind: 'deploy' | 'traffic' = 'deploy') =>
    deployment({ project, deploymentId, timestamp, kind, region: 'eu-1' });

  test('is found behind changes of the traffic, however old', async () => {
    const runs = await start({ do: 'rollback', approval: 'none' });
    const deployments = [
      deployed('d-80', START - 30 * 24 * HOUR),
      deployed('d-81', HOUR_AGO),
      ...[1, 2, 3].map((minute) => deployed('d-81', HOUR_AGO + minute * MINUTE, 'traffic')),
    ];
    await storeBlocks(backend.store, backend.store.deployments.encode(project, deployments));
    await ask(runs);
    expect(bench.service.runs[0]?.body).toMatchObject({
      target: { deploymentId: 'd-81' },
      rollbackTo: { deploymentId: 'd-80' },
    });
  });
});
