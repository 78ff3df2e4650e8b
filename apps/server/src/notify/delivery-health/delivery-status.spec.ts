import { expect, test } from '@jest/globals';
import type { Runtime } from '../../runtime.js';
import { deliveryStatusOf } from './delivery-status.js';

/** What a process says whose rules ask for two heartbeats, and that sends those named. */
function statusOf(sends: readonly string[], lease: { readonly epoch: number } | null) {
  const runtime = {
    store: { deliveryFigures: {} },
    config: { roles: new Set(['evaluate']) },
    jobs: { kind: 'bull' },
    rules: () => ({ heartbeats: [{ name: 'switch' }, { name: 'second' }] }),
    heartbeats: () => sends.map((name) => ({ name })),
    alerting: { lease },
  } as unknown as Runtime;
  const status = deliveryStatusOf(runtime);
  return [status.lease(), status.heartbeats().map(({ name }) => name), status.heartbeatsElsewhere()];
}

test('the holder of the lease sends every heartbeat itself', () => {
  const names = ['switch', 'second'];
  expect(statusOf(names, { epoch: 3 })).toEqual([{ held: true, epoch: 3 }, names, []]);
});

test('a process without the lease sends none, and names those that the rules ask for', () => {
  expect(statusOf([], null)).toEqual([{ held: false, epoch: null }, [], ['switch', 'second']]);
});
