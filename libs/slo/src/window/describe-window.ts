import { formatDuration } from '@tidewatch/core';
import { Temporal } from 'temporal-polyfill';
import type { CalendarUnit, CalendarWindow, SloWindow } from './slo-window.js';

const UNIT_WORDS: Readonly<Record<CalendarUnit, string>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  Y: 'year',
};
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
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

/** A window in a few words: `30d`, or `1 month from the 1st, Europe/Berlin`. */
export function describeWindow(window: SloWindow): string {
  if (window.kind === 'rolling') {
    return formatDuration(window.periodMs);
  }
  const { amount, unit, timeZone } = window;
  return `${amount} ${UNIT_WORDS[unit]}${amount === 1 ? '' : 's'} from ${beginning(window)}, ${timeZone}`;
}

/** As much of the start as tells all later ones: a weekday, a day of the month, or the whole date. */
function beginning({ amount, unit, startTime }: CalendarWindow): string {
  const start = Temporal.PlainDateTime.from(startTime);
  const clock = start.toPlainTime().toString({ smallestUnit: start.second === 0 ? 'minute' : 'second' });
  const time = clock === '00:00' ? '' : ` ${clock}`;
  if (unit === 'd' && amount === 1) {
    return clock;
  }
  if (unit === 'w' && amount === 1) {
    return `${WEEKDAYS[start.dayOfWeek - 1] ?? ''}${time}`;
  }
  if (unit === 'M' && amount === 1) {
    return `the ${ordinal(start.day)}${time}`;
  }
  const months = { m: 0, h: 0, d: 0, w: 0, M: 1, Q: 3, Y: 12 }[unit] * amount;
  return months > 0 && 12 % months === 0
    ? `${start.day} ${MONTHS[start.month - 1] ?? ''}${time}`
    : `${start.toPlainDate().toString()}${unit === 'm' || unit === 'h' ? ` ${clock}` : time}`;
}

function ordinal(day: number): string {
  const ending = { 1: 'st', 2: 'nd', 3: 'rd', 21: 'st', 22: 'nd', 23: 'rd', 31: 'st' }[day] ?? 'th';
  return `${day}${ending}`;
}
