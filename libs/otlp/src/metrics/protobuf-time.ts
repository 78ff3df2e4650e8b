import { FAULT } from './faults.js';
import type { Fault } from './faults.js';

/** Checks time_unix_nano, a fixed64 at `position` (0: absent), without making a bigint of it. */
export function timeFault(view: DataView, position: number): Fault | undefined {
  if (position === 0) {
    return FAULT.noTime;
  }
  const high = view.getUint32(position + 4, true);
  if (high === 0 && view.getUint32(position, true) === 0) {
    return FAULT.noTime;
  }
  return high >= 0x8000_0000 ? FAULT.timeOverflow : undefined;
}

/** Checks start_time_unix_nano, which may be absent or 0. */
export function startTimeFault(view: DataView, position: number): Fault | undefined {
  return position !== 0 && view.getUint32(position + 4, true) >= 0x8000_0000 ? FAULT.timeOverflow : undefined;
}
