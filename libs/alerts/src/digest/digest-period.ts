import { Temporal } from 'temporal-polyfill';
import type { DigestRule } from './digest-rule.js';

/** A week or month that a digest is about. Times in milliseconds since the epoch. */
export interface DigestPeriod {
  readonly from: number;
  /** Does not belong to it. */
  readonly to: number;
  /** When its digest is to be sent. */
  readonly dueAt: number;
}

/** What {@link digestPeriod} needs of a rule. */
export type DigestTimes = Pick<DigestRule, 'every' | 'atMinute' | 'weekday' | 'timeZone'>;

/**
 * The latest period whose digest is due at `now`: the seven days or the calendar month before the day on which it is sent.
 *
 * Days begin and end by the clocks of the rule's zone, so a week in which they change is an hour shorter or longer. A local
 * time that the clocks skip lies as much later as they skip; the earlier of two equal ones is meant.
 *
 * @param now milliseconds since the epoch
 */
export function digestPeriod(rule: DigestTimes, now: number): DigestPeriod {
  const today = localDay(rule, now);
  const sendingDay =
    rule.every === 'week'
      ? today.subtract({ days: (today.dayOfWeek - rule.weekday + 7) % 7 })
      : today.with({ day: 1 });
  const period = periodBefore(rule, sendingDay);
  return period.dueAt <= now ? period : periodBefore(rule, sendingDay.subtract(lengthOf(rule)));
}

/** The period that goes on at `now`, for a look at a digest before its time. `to` and `dueAt` are in the future. */
export function currentDigestPeriod(rule: DigestTimes, now: number): DigestPeriod {
  const today = localDay(rule, now);
  const next =
    rule.every === 'week'
      ? today.add({ days: ((rule.weekday - today.dayOfWeek + 6) % 7) + 1 })
      : today.with({ day: 1 }).add({ months: 1 });
  return periodBefore(rule, next);
}

function periodBefore(rule: DigestTimes, sendingDay: Temporal.PlainDate): DigestPeriod {
  const at = Temporal.PlainTime.from({ hour: Math.floor(rule.atMinute / 60), minute: rule.atMinute % 60 });
  return {
    from: toInstant(rule, sendingDay.subtract(lengthOf(rule))),
    to: toInstant(rule, sendingDay),
    dueAt: toInstant(rule, sendingDay, at),
  };
}

function lengthOf({ every }: DigestTimes): Temporal.DurationLikeObject {
  return every === 'week' ? { days: 7 } : { months: 1 };
}

function localDay({ timeZone }: DigestTimes, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone).toPlainDate();
}

/** The first moment of the day where no time is given: midnight, or later where the clocks skip it. */
function toInstant({ timeZone }: DigestTimes, day: Temporal.PlainDate, at?: Temporal.PlainTime): number {
  return (
    at === undefined ? day.toZonedDateTime(timeZone) : day.toPlainDateTime(at).toZonedDateTime(timeZone)
  ).epochMilliseconds;
}
