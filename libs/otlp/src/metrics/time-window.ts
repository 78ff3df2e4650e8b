import type { StorableTimes } from '../storable-times.js';
import type { Fault } from './faults.js';
import { FAULT } from './faults.js';

const WORD = 2 ** 32;

/**
 * The storable times in nanoseconds, as pairs of unsigned 32-bit halves, so that checking a point makes no bigint.
 */
export class TimeWindow {
  private readonly earliestLow: number;
  private readonly earliestHigh: number;
  private readonly latestLow: number;
  private readonly latestHigh: number;
  private readonly early: Fault;
  private readonly late: Fault;

  constructor(times: StorableTimes) {
    const earliest = nanoseconds(Math.ceil(times.earliest));
    const latest = nanoseconds(Math.floor(times.latest));
    this.earliestLow = Number(earliest % BigInt(WORD));
    this.earliestHigh = Number(earliest / BigInt(WORD));
    this.latestLow = Number(latest % BigInt(WORD));
    this.latestHigh = Number(latest / BigInt(WORD));
    this.early = {
      problem: `times before ${isoTime(times.earliest)}, the oldest that is kept`,
      hint: 'older points would be deleted at once',
    };
    this.late = {
      problem: `times after ${isoTime(times.latest)}, in the future`,
      hint: "check the sender's clock",
    };
  }

  /** Whether a time, given as its two halves, may be stored. */
  contains(low: number, high: number): boolean {
    return (
      (high > this.earliestHigh || (high === this.earliestHigh && low >= this.earliestLow)) &&
      (high < this.latestHigh || (high === this.latestHigh && low <= this.latestLow))
    );
  }

  /** Why a time that is not contained is refused. */
  faultOf(low: number, high: number): Fault {
    if (low === 0 && high === 0) {
      return FAULT.noTime;
    }
    if (high >= WORD / 2) {
      return FAULT.timeOverflow;
    }
    const isEarly = high < this.earliestHigh || (high === this.earliestHigh && low < this.earliestLow);
    return isEarly ? this.early : this.late;
  }
}

/** The bounds as nanoseconds that fit a positive int64: 0 is no time, whatever the caller allows. */
function nanoseconds(milliseconds: number): bigint {
  if (milliseconds > 9_223_372_036_854) {
    return 2n ** 63n - 1n;
  }
  return milliseconds <= 0 ? 1n : BigInt(milliseconds) * 1_000_000n;
}

function isoTime(milliseconds: number): string {
  const bounded = Math.min(Math.max(milliseconds, -8.64e15), 8.64e15);
  return new Date(bounded).toISOString();
}
