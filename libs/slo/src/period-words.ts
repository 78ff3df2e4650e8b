import type { CalendarUnit, CalendarWindow, SloWindow } from './window/slo-window.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How a sentence speaks of the period of an SLO. */
export interface PeriodWords {
  /** Such as `the 30-day budget` or `the November budget`. */
  readonly budget: string;
  /** Such as `over the last 30 days` or `in November so far`. */
  readonly over: string;
}

const UNIT_NAMES: Readonly<Record<CalendarUnit, string>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  Y: 'year',
};

/** @param from beginning of the present period in milliseconds since the epoch; without it a calendar period has no name of its own */
export function periodWords(window: SloWindow, from?: number): PeriodWords {
  switch (window.kind) {
    case 'rolling':
      return rollingWords(window.periodMs);
    case 'calendar':
      return calendarWords(window, from);
  }
}

function rollingWords(periodMs: number): PeriodWords {
  const [size, unit] =
    periodMs % DAY_MS === 0
      ? [DAY_MS, 'day']
      : periodMs % HOUR_MS === 0
        ? [HOUR_MS, 'hour']
        : [MINUTE_MS, 'minute'];
  const count = periodMs / size;
  return {
    budget: `the ${count}-${unit} budget`,
    over: count === 1 ? `over the last ${unit}` : `over the last ${count} ${unit}s`,
  };
}

function calendarWords(window: CalendarWindow, from: number | undefined): PeriodWords {
  const unit = UNIT_NAMES[window.unit];
  if (from === undefined) {
    return window.amount === 1
      ? { budget: `this ${unit}'s budget`, over: `this ${unit} so far` }
      : {
          budget: `the budget of the present ${window.amount} ${unit}s`,
          over: `in the present ${window.amount} ${unit}s so far`,
        };
  }
  const name = calendarName(window, from);
  if (name !== null) {
    return { budget: `the ${name} budget`, over: `in ${name} so far` };
  }
  const since = dateText(from, window.timeZone, window.unit === 'm' || window.unit === 'h');
  return { budget: `the budget since ${since}`, over: `since ${since}` };
}

/** `November`, `Q4 2026` or `2026` for a period that is such a one; `null` for any other. */
function calendarName({ amount, unit, timeZone }: CalendarWindow, from: number): string | null {
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  const parts = new Map(local.formatToParts(from).map(({ type, value }) => [type, value]));
  const [year, month] = [parts.get('year') ?? '', Number(parts.get('month'))];
  if (amount !== 1 || Number(parts.get('day')) !== 1 || Number(parts.get('hour')) !== 0) {
    return null;
  }
  switch (unit) {
    case 'M':
      return new Intl.DateTimeFormat('en-GB', { timeZone, month: 'long' }).format(from);
    case 'Q':
      return month % 3 === 1 ? `Q${(month + 2) / 3} ${year}` : null;
    case 'Y':
      return month === 1 ? year : null;
    case 'm':
    case 'h':
    case 'd':
    case 'w':
      return null;
  }
}

/** `16 November`, or `16 November at 14:00`. */
function dateText(at: number, timeZone: string, withTime: boolean): string {
  const date = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long' }).format(at);
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
  return withTime ? `${date} at ${time}` : date;
}
