import type { TimeRange } from '@tidewatch/core';

const GROUPED = new Intl.NumberFormat('en-US');

/** `12,345 values`, `1 value`, `no values`. */
export function countOf(count: number, noun: string): string {
  return count === 0 ? `no ${noun}s` : `${GROUPED.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `only 3 requests`, `no requests`: of what there is too little of. */
export function onlyCountOf(count: number, noun: string): string {
  return `${count === 0 ? '' : 'only '}${countOf(count, noun)}`;
}

/** A number with three significant digits, in powers of ten only where that reads better: `0.183`, `1.2e-40`. */
export function shortNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 0.001 && magnitude < 1e6)) {
    return String(Number(value.toPrecision(3)));
  }
  return String(Number(value.toPrecision(2)).toExponential());
}

/** `2026-11-22 10:00 to 11:00 UTC`; seconds only where they are not zero, the second day only where it differs. */
export function windowText({ from, to }: TimeRange): string {
  const [start, end] = [from, to].map((time) => {
    const [day = '', clock = ''] = new Date(time).toISOString().split('T');
    return { day, clock: clock.replace(/:00\.000Z$|\.000Z$|Z$/, '') };
  }) as [{ day: string; clock: string }, { day: string; clock: string }];
  return `${start.day} ${start.clock} to ${end.day === start.day ? '' : `${end.day} `}${end.clock} UTC`;
}

/** `a`, `a and b`, `a, b and c`; after `limit` names only how many more there are. */
export function listOf(names: readonly string[], limit: number): string {
  const shown =
    names.length > limit ? [...names.slice(0, limit), `${names.length - limit} more`] : [...names];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** `1 h`, `5 min`, `10 s`: whole units, the largest that fits. */
export function durationText(ms: number): string {
  const units: readonly [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  const [size, unit] = units.find(([length]) => ms >= length && ms % length === 0) ?? [1_000, 's'];
  return `${Number((ms / size).toFixed(1))} ${unit}`;
}
