import { isTimeZone } from '@tidewatch/core';
import { z } from 'zod';
import { describeValue, expected, expectedMap } from './field-errors.js';
import { fixedMs, parseOpenSloDuration } from './openslo-duration.js';
import type { CalendarWindow, SloWindow } from './window/slo-window.js';

const DAY_MS = 86_400_000;

/** Far beyond any objective; longer ones are slips of the hand. */
const MAXIMUM_PERIOD_MS = 3_660 * DAY_MS;

/** OpenSLO's units that have no fixed length. */
const CALENDAR_UNITS: Readonly<Record<string, string>> = {
  M: 'a month has 28 to 31 days; write 30d or 28d',
  Q: 'a quarter has 90 to 92 days; write 90d',
  Y: 'a year has 365 or 366 days; write 365d',
};

const MONTHS_OF = { M: 1, Q: 3, Y: 12 } as const;

/** Four years in a row, one of them a leap year: every run of months occurs in them, or in them repeated. */
const MONTH_DAYS = [28, 29, 28, 28].flatMap((february) => [
  31,
  february,
  31,
  30,
  31,
  30,
  31,
  31,
  30,
  31,
  30,
  31,
]);

/** The most days that so many months in a row can have, clamped ends of months included. */
function mostDays(months: number): number {
  const cycles = Math.floor(months / 48);
  const run = (start: number): number => {
    let days = 0;
    for (let index = 0; index < months % 48; index += 1) {
      days += MONTH_DAYS[(start + index) % 48] ?? 0;
    }
    return days;
  };
  return cycles * 1_461 + Math.max(...MONTH_DAYS.map((_days, start) => run(start)));
}

/**
 * Length of a window in milliseconds; of a calendar window the longest it can be, by days of 24 hours: the hour by which
 * a change of the clocks lengthens one is left out.
 */
export function longestPeriodMs(window: SloWindow): number {
  if (window.kind === 'rolling') {
    return window.periodMs;
  }
  const { amount, unit } = window;
  return unit === 'M' || unit === 'Q' || unit === 'Y'
    ? mostDays(amount * MONTHS_OF[unit]) * DAY_MS
    : (fixedMs({ amount, unit }) ?? 0);
}

const durationMessage = expected('a duration such as 30d or 4w');
const START = 'a date and time such as 2026-01-01 00:00:00, by the clocks of timeZone';

const startTimeSchema = z
  // YAML 1.1 has dates of its own and reads them as UTC.
  .union([z.string(), z.date().transform((date) => date.toISOString().slice(0, 19).replace('T', ' '))], {
    error: expected(START),
  })
  .refine(isDateTime, { error: expected(START) });

function isDateTime(text: string): boolean {
  // The form as well as the day: 2026-02-30 reads as the second of March.
  const time = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}Z`)
    : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.replace(' ', 'T'));
}

const zoneMessage = expected('the IANA name of a time zone, such as Europe/Berlin or UTC');

const calendarSchema = z.strictObject(
  {
    startTime: startTimeSchema,
    timeZone: z.string({ error: zoneMessage }).refine(isTimeZone, { error: zoneMessage }),
  },
  { error: expectedMap('a map with startTime and timeZone') },
);

const windowSchema = z
  .strictObject(
    {
      duration: z.string({ error: durationMessage }),
      isRolling: z.boolean({
        error: expected('true, for a rolling window, or false, for a calendar window'),
      }),
      calendar: calendarSchema.optional(),
    },
    { error: expectedMap('a map with duration and isRolling') },
  )
  .transform(({ duration, isRolling, calendar }, context): SloWindow => {
    const report = (key: string, message: string) => {
      context.addIssue({ code: 'custom', path: [key], message });
      return z.NEVER;
    };
    if (isRolling === (calendar !== undefined)) {
      return isRolling
        ? report(
            'calendar',
            'belongs to a calendar window, and isRolling is true; leave it out or write isRolling: false',
          )
        : report(
            'calendar',
            'is missing; a window that is not rolling needs {startTime, timeZone}: when one of its periods begins',
          );
    }
    const window = calendar === undefined ? rollingWindow(duration) : calendarWindow(duration, calendar);
    if (typeof window === 'string') {
      return report('duration', window);
    }
    return longestPeriodMs(window) > MAXIMUM_PERIOD_MS
      ? report('duration', `must be at most 10 years, and is ${describeValue(duration)}`)
      : window;
  });

/** The window, or what is wrong with its duration. */
function rollingWindow(text: string): SloWindow | string {
  const duration = parseOpenSloDuration(text);
  if (duration === undefined) {
    return `must be a whole number and one of m (minutes), h, d, w, such as 30d, and is ${describeValue(text)}`;
  }
  const periodMs = fixedMs(duration);
  return periodMs === undefined
    ? `is ${text}, but a rolling window needs a fixed length and ${CALENDAR_UNITS[duration.unit] ?? ''}`
    : { kind: 'rolling', periodMs };
}

function calendarWindow(
  text: string,
  calendar: Pick<CalendarWindow, 'startTime' | 'timeZone'>,
): SloWindow | string {
  const duration = parseOpenSloDuration(text);
  return duration === undefined
    ? `must be a whole number and one of m (minutes), h, d, w, M (months), Q, Y, such as 1M, and is ${describeValue(text)}`
    : { kind: 'calendar', ...duration, ...calendar };
}

const listMessage = expected('a list of one window, such as [{duration: 30d, isRolling: true}]');

/** `spec.timeWindow`: exactly one window. */
export const timeWindowSchema = z
  .array(windowSchema, { error: listMessage })
  .length(1, { error: listMessage })
  .transform((windows): SloWindow => windows[0] ?? { kind: 'rolling', periodMs: 0 });
