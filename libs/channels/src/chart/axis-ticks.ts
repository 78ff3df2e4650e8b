/** Where an axis is labelled, and from where to where it goes. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Steps that people count in. */
const NICE = [1, 2, 5, 10];

/**
 * An axis over values from `low` to `high` with round numbers on it, ends included.
 *
 * @param low finite, at most `high`; equal ends are spread
 * @param most ticks at most, at least 2
 */
export function valueAxis(low: number, high: number, most = 5): Axis {
  const spread = high > low ? high - low : Math.max(Math.abs(high), 1);
  const rough = spread / (most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (NICE.find((nice) => nice * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => round((first + index) * step));
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
}

/** Without the last bits of binary fractions: 0.30000000000000004 is 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
];

/** Round times (UTC) between `from` and `to`, at most `most`. */
export function timeTicks(from: number, to: number, most = 7): number[] {
  const rough = (to - from) / most;
  const step = TIME_STEPS.find((each) => each >= rough) ?? Math.ceil(rough / DAY) * DAY;
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: Math.min(count, most + 1) }, (_, index) => (first + index) * step);
}
