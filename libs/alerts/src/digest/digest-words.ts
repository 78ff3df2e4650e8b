import { formatDuration } from '@tidewatch/core';
import { Temporal } from 'temporal-polyfill';
import type { DigestPeriod } from './digest-period.js';
import type { DigestRule } from './digest-rule.js';

/** `1 page`, `2 pages`, `1,000 pages`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** A share in per cent: `12.5 %`, `-3 %`, `unknown`. */
export function percent(share: number | null): string {
  return share === null ? 'unknown' : `${Number((share * 100).toFixed(1)).toLocaleString('en-US')} %`;
}

/** `part` of `whole` in per cent; `–` of nothing. */
export function partOf(part: number, whole: number): string {
  return whole === 0 ? '–' : percent(part / whole);
}

/** A length of time for people: whole seconds below an hour, whole minutes beyond it. `–` for none. */
export function lengthText(milliseconds: number | null): string {
  if (milliseconds === null) {
    return '–';
  }
  const unit = milliseconds < 3_600_000 ? 1_000 : 60_000;
  return formatDuration(Math.round(milliseconds / unit) * unit);
}

/** `Week of 16 November 2026` or `November 2026`, by the clocks of the rule. */
export function periodName(rule: Pick<DigestRule, 'every' | 'timeZone'>, { from }: DigestPeriod): string {
  const day = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(rule.timeZone);
  const month = MONTHS[day.month - 1] ?? '';
  return rule.every === 'week' ? `Week of ${day.day} ${month} ${day.year}` : `${month} ${day.year}`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
