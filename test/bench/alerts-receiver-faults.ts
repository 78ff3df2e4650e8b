import type { Channel, DeliveryResult } from '@tidewatch/channels';
import { RECEIVER_FAULTS, runReceiverFault, type ReceiverFaultResult } from '../faults/receiver-faults.js';
import { openSceneStore } from '../harness/virtual-scene.js';
import { figure, type Figure } from './figure.js';

const INCIDENTS = 40;
const OUTAGE_MS = 30 * 60_000;
const SEED = 20_261_128;
const FIXED_DELAY_MS = 30_000;

/**
 * `receiver-faults`: three receivers are down for half an hour of a virtual clock, once for every way to fail, while 40
 * incidents open, change and end; what is wrong at them once they are back: messages that are missing, out of order,
 * doubled or about what was over, and incidents in the wrong state. Baseline: one attempt for each message.
 *
 * `receiver-recovery`: the longest time from their return to the last delivery, s. Baseline: attempts every 30 s.
 */
export async function benchReceiverFaults(): Promise<Figure[]> {
  const opened = await openSceneStore();
  const run = async (wrapChannel?: (channel: Channel) => Channel): Promise<ReceiverFaultResult[]> => {
    const results: ReceiverFaultResult[] = [];
    for (const fault of RECEIVER_FAULTS) {
      results.push(
        await runReceiverFault({
          store: opened.store,
          fault,
          incidents: INCIDENTS,
          outageMs: OUTAGE_MS,
          seed: SEED,
          ...(wrapChannel && { wrapChannel }),
        }),
      );
    }
    return results;
  };
  try {
    const value = await run();
    const once = await run((channel) => answering(channel, asRefusal));
    const fixed = await run((channel) => answering(channel, afterFixedDelay));
    return [
      figure({
        name: 'receiver-faults',
        value: faultsOf(value),
        unit: 'faults',
        baseline: faultsOf(once),
        baselineName: 'one attempt each',
        floor: { atMost: 0 },
      }),
      figure({
        name: 'receiver-recovery',
        value: recoverySeconds(value),
        unit: 's',
        baseline: recoverySeconds(fixed),
        baselineName: 'an attempt every 30 s',
        floor: { atMost: 360 },
      }),
    ];
  } finally {
    await opened.close();
  }
}

function faultsOf(results: readonly ReceiverFaultResult[]): number {
  return results.reduce(
    (sum, { undelivered, wrong, outOfOrder, duplicates, late }) =>
      sum + undelivered + wrong + outOfOrder + duplicates + late,
    0,
  );
}

function recoverySeconds(results: readonly ReceiverFaultResult[]): number {
  return Math.max(...results.map(({ recoveryMs }) => recoveryMs)) / 1_000;
}

function answering(channel: Channel, change: (result: DeliveryResult) => DeliveryResult): Channel {
  return { ...channel, deliver: async (notification) => change(await channel.deliver(notification)) };
}

function asRefusal(result: DeliveryResult): DeliveryResult {
  return result.outcome === 'retry'
    ? { outcome: 'rejected', reason: result.reason, httpStatus: result.httpStatus }
    : result;
}

function afterFixedDelay(result: DeliveryResult): DeliveryResult {
  return result.outcome === 'retry' ? { ...result, afterMs: FIXED_DELAY_MS } : result;
}
