import { afterEach, expect, test } from '@jest/globals';
import type { Channel, DeploymentNote } from '../../libs/channels/src/channel.js';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { scriptedGate, startAction, type ActionBench } from './action.bench.js';
import { deploymentNote } from './deployment-note.js';
import { notification, START } from './notification.js';

const HOUR = 3_600_000;
const DEPLOYMENTS = [
  deploymentNote('d-82', START + 60_000, { kind: 'load_failed' }),
  deploymentNote('d-81', START - 600_000),
  deploymentNote('d-80', START - 24 * HOUR),
];

let bench: ActionBench;
let outbound: ClosableOutboundClient;
afterEach(async () => {
  outbound.close();
  await bench.close();
});

/** An action that rolls back, where these deployments are known. */
async function open(deployments: readonly DeploymentNote[]): Promise<Channel> {
  bench = await startAction({ do: 'rollback' });
  outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
  return openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', {
    outbound,
    timeoutMs: 2_000,
    actionGate: scriptedGate(() => 'run', deployments),
  });
}

const deliver = (
  channel: Channel,
  parts: Parameters<typeof notification>[0],
): ReturnType<Channel['deliver']> => channel.deliver(notification(parts));

test.each<[string, readonly DeploymentNote[], string, string]>([
  ['the last one before that of the incident', DEPLOYMENTS, 'd-81', 'd-80'],
  ['the last one before the newest live one, when the incident names none', DEPLOYMENTS, '', 'd-80'],
  [
    'the version that an earlier rollback went back to, and not the one that was taken away',
    [
      deploymentNote('d-82', START - 60_000),
      deploymentNote('d-80', START - HOUR, { kind: 'rollback' }),
      deploymentNote('d-81', START - 2 * HOUR),
      deploymentNote('d-80', START - 24 * HOUR),
    ],
    '',
    'd-80',
  ],
])('a rollback goes to %s', async (_name, deployments, deploymentId, target) => {
  const channel = await open(deployments);
  expect(await deliver(channel, { incident: { deploymentId } })).toMatchObject({ outcome: 'delivered' });
  expect(bench.service.runs[0]?.body.rollbackTo?.deploymentId).toBe(target);
  expect(bench.problems()).toEqual([]);
});

test.each<[string, readonly DeploymentNote[], string, string]>([
  [
    'a version that failed to load',
    [DEPLOYMENTS[1]!, { ...DEPLOYMENTS[2]!, kind: 'load_failed' }],
    'd-81',
    'no deployment before the current one is known',
  ],
  [
    'one of another region',
    [DEPLOYMENTS[1]!, { ...DEPLOYMENTS[2]!, region: 'us-1' }],
    'd-81',
    'no deployment before the current one is known',
  ],
  [
    'one of another model',
    [DEPLOYMENTS[1]!, { ...DEPLOYMENTS[2]!, model: 'other' }],
    'd-81',
    'no deployment before the current one is known',
  ],
  [
    'the same deployment again',
    [DEPLOYMENTS[1]!, { ...DEPLOYMENTS[1]!, at: START - HOUR }],
    'd-81',
    'no deployment before the current one is known',
  ],
  [
    'a later one',
    [deploymentNote('d-83', START - 1), DEPLOYMENTS[1]!],
    'd-81',
    'no deployment before the current one is known',
  ],
  ['anything when nothing is known', [], '', 'no deployment before the incident is known'],
  [
    'the one before another than the incident names',
    DEPLOYMENTS,
    'd-70',
    'the deployment d-70 that the incident names is not known',
  ],
  [
    'the version that a rollback took away',
    [
      deploymentNote('d-80', START - HOUR, { kind: 'rollback' }),
      deploymentNote('d-81', START - 2 * HOUR),
      deploymentNote('d-80', START - 24 * HOUR),
    ],
    '',
    'd-80 is live because of a rollback already',
  ],
  [
    'the one before what was replaced meanwhile',
    [deploymentNote('d-80', START + 60_000, { kind: 'rollback' }), ...DEPLOYMENTS.slice(1)],
    '',
    'd-80 has gone live since the incident began',
  ],
])('a rollback never goes to %s', async (_name, deployments, deploymentId, reason) => {
  const channel = await open(deployments);
  expect(await deliver(channel, { incident: { deploymentId } })).toMatchObject({
    outcome: 'rejected',
    reason: expect.stringContaining(reason),
  });
  expect(bench.requests()).toBe(0);
});

test('a rollback of a ticket that became a page is of what is live then', async () => {
  const channel = await open([deploymentNote('d-82', START + 60_000), ...DEPLOYMENTS.slice(1)]);
  const intent = { action: 'update', reason: 'escalated', notBefore: START + 120_000 } as const;
  await deliver(channel, { intent, incident: { deploymentId: '' } });
  expect(bench.service.runs[0]?.body).toMatchObject({
    target: { deploymentId: 'd-82' },
    rollbackTo: { deploymentId: 'd-81' },
  });
});
