import type { StorableTimes } from '../storable-times.js';
import type { ItemFault } from './refusals.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const LATEST_POSSIBLE = 2n ** 63n - 1n;

/**
 * The storable times as unsigned 32-bit halves of nanoseconds, so that a time on the wire is compared exactly without
 * a bigint.
 */
export class TimeWindow {
  /** For items of whichever kind whose time is before the window, or after it. */
  readonly tooEarly: ItemFault;
  readonly tooLate: ItemFault;
  private readonly earliestLow: number;
  private readonly earliestHigh: number;
  private readonly latestLow: number;
  private readonly latestHigh: number;

  /** @param items what the faults speak of, `spans` */
  constructor(times: StorableTimes, items: string) {
    const earliest = nanoseconds(Math.ceil(times.earliest));
    const latest = nanoseconds(Math.floor(times.latest));
    this.earliestLow = Number(earliest & 0xffff_ffffn);
    this.earliestHigh = Number(earliest >> 32n);
    this.latestLow = Number(latest & 0xffff_ffffn);
    this.latestHigh = Number(latest >> 32n);
    this.tooEarly = {
      problem: `${items} from before ${isoTime(earliest)}, the oldest time that is kept`,
      hint: 'older ones would be deleted at once',
    };
    this.tooLate = {
      problem: `${items} from after ${isoTime(latest)}, in the future`,
      hint: "check the sender's clock",
    };
  }

  /** Whether a time, in unsigned halves, is before the window. */
  isTooEarly(low: number, high: number): boolean {
    return high < this.earliestHigh || (high === this.earliestHigh && low < this.earliestLow);
  }

  /** Whether a time, in unsigned halves, is after the window. */
  isTooLate(low: number, high: number): boolean {
    return high > this.latestHigh || (high === this.latestHigh && low > this.latestLow);
  }
}

/** Milliseconds as nanoseconds, cut to what a signed 64-bit time can hold. */
function nanoseconds(milliseconds: number): bigint {
  if (!(milliseconds > 0)) {
    return 0n;
  }
  if (milliseconds > Number.MAX_SAFE_INTEGER) {
    return LATEST_POSSIBLE;
  }
  const time = BigInt(milliseconds) * NANOSECONDS_PER_MILLISECOND;
  return time > LATEST_POSSIBLE ? LATEST_POSSIBLE : time;
}

function isoTime(time: bigint): string {
  return new Date(Number(time / NANOSECONDS_PER_MILLISECOND)).toISOString();
}
