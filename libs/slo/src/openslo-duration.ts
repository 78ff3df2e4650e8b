import type { CalendarUnit } from './window/slo-window.js';

/** OpenSLO's duration shorthand: a positive whole number and one unit. */
export interface OpenSloDuration {
  readonly amount: number;
  readonly unit: CalendarUnit;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Reads `30d`, `4w` or `1M`; `undefined` for anything else, combinations such as `1d12h` included. */
export function parseOpenSloDuration(text: string): OpenSloDuration | undefined {
  const [, amount, unit] = /^([1-9]\d{0,8})([mhdwMQY])$/.exec(text) ?? [];
  return amount === undefined ? undefined : { amount: Number(amount), unit: unit as CalendarUnit };
}

/** Milliseconds of a duration whose unit has a fixed length; `undefined` for M, Q and Y. */
export function fixedMs({ amount, unit }: OpenSloDuration): number | undefined {
  const ms = UNIT_MS[unit];
  return ms === undefined ? undefined : amount * ms;
}

/**
 * Writes milliseconds in OpenSLO's shorthand: in the largest of d, h, m that expresses them exactly.
 *
 * Seconds, which OpenSLO has not, are written where nothing else will do.
 */
export function writeOpenSloDuration(ms: number): string {
  const unit = ['d', 'h', 'm'].find((each) => ms % (UNIT_MS[each] ?? 1) === 0) ?? 's';
  return `${ms / (UNIT_MS[unit] ?? 1)}${unit}`;
}
