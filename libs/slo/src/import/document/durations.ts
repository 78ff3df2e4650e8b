import { parseDuration } from '@tidewatch/core';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

const DAY_MS = 86_400_000;

/** Milliseconds of a Prometheus duration, `y` being 365 days; `undefined` when it is none or 0. */
export function prometheusDuration(text: string): number | undefined {
  const years = /^(\d+)y(.*)$/.exec(text);
  const rest = years === null ? text : (years[2] ?? '');
  const ms = rest === '' && years !== null ? 0 : parseDuration(rest);
  const total = ms === undefined ? undefined : ms + Number(years?.[1] ?? 0) * 365 * DAY_MS;
  return total === 0 ? undefined : total;
}

/** OpenSLO's shorthand, which has one unit: days where they are whole, else hours or minutes; `undefined` below a minute. */
export function shorthand(ms: number): string | undefined {
  const unit = UNITS.find(([, length]) => ms % length === 0);
  return unit === undefined ? undefined : `${ms / unit[1]}${unit[0]}`;
}
