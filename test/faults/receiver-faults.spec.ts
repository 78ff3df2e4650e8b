import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSceneStore } from '../harness/virtual-scene.js';
import { RECEIVER_FAULTS, runReceiverFault } from './receiver-faults.js';

let opened: Awaited<ReturnType<typeof openSceneStore>>;
beforeAll(async () => {
  opened = await openSceneStore();
});
afterAll(() => opened.close());

test.each(RECEIVER_FAULTS)(
  'receivers that are %s for eight minutes: all is told, in order, once, and nothing that was over',
  async (fault) => {
    const result = await runReceiverFault({
      store: opened.store,
      fault,
      incidents: 8,
      outageMs: 480_000,
      seed: 7,
    });
    expect(result).toMatchObject({ undelivered: 0, wrong: 0, outOfOrder: 0, duplicates: 0, late: 0 });
    expect(result.attempts).toBeGreaterThan(20);
    expect(result.recoveryMs).toBeLessThan(330_000);
  },
  120_000,
);
