import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { describeValue, expected, expectedMap, refused } from './field-errors.js';

const CALENDAR =
  'is not supported yet: only rolling windows are. Write {duration: 30d, isRolling: true} without calendar';

/** OpenSLO's units that have no fixed length. */
const CALENDAR_UNITS: Readonly<Record<string, string>> = {
  M: 'a month has 28 to 31 days; write 30d or 28d',
  Q: 'a quarter has 90 to 92 days; write 90d',
  Y: 'a year has 365 or 366 days; write 365d',
};

/**
 * OpenSLO's duration shorthand for a rolling window, in milliseconds: a positive whole number and one of m (minute),
 * h, d, w. M, Q and Y are refused, because a rolling window must always be equally long.
 */
const rollingDuration = z
  .string({ error: expected('a duration such as 30d or 4w') })
  .transform((text, context) => {
    const [, amount = '', unit = ''] = /^([1-9]\d*)([mhdwMQY])$/.exec(text) ?? [];
    const calendarUnit = CALENDAR_UNITS[unit];
    const milliseconds = parseDuration(amount + unit);
    if (calendarUnit !== undefined || milliseconds === undefined) {
      const message =
        calendarUnit === undefined
          ? `must be a whole number and one of m (minutes), h, d, w, such as 30d, and is ${describeValue(text)}`
          : `is ${text}, but a rolling window needs a fixed length and ${calendarUnit}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    return milliseconds;
  });

const windowSchema = z.strictObject(
  {
    duration: rollingDuration,
    isRolling: z.literal(true, {
      error: (issue) =>
        issue.input === false ? `is false, which ${CALENDAR}` : expected('true, for a rolling window')(issue),
    }),
    calendar: refused(CALENDAR),
  },
  { error: expectedMap('a map with duration and isRolling') },
);

const listMessage = expected('a list of one window, such as [{duration: 30d, isRolling: true}]');

/** `spec.timeWindow`: exactly one rolling window; yields its length in milliseconds. */
export const timeWindowSchema = z
  .array(windowSchema, { error: listMessage })
  .length(1, { error: listMessage })
  .transform((windows) => windows[0]?.duration ?? 0);
