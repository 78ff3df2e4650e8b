import type { LeaseSource } from './lease.js';
import { leaseAborted } from './lease-aborted.js';

/**
 * The lease of a process that is alone: always held until it is given back.
 *
 * @param epoch a number that is higher than that of the process before, such as the time of the start in ms
 */
export function localLease(epoch: number): LeaseSource {
  return {
    acquire: async (name, signal) => {
      if (signal.aborted) {
        throw leaseAborted(name);
      }
      let held = true;
      return {
        epoch,
        held: () => held,
        onLost: () => undefined,
        release: async () => {
          held = false;
        },
      };
    },
  };
}
