import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { TimeRange } from '../time-range.js';
import { readRecurrence, type Recurrence } from './recurrence.js';

/** A stretch of time, once or again and again. */
export interface RecurringTime {
  /** The first beginning and end, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** RFC 5545 recurrence without DTSTART, such as `FREQ=WEEKLY;BYDAY=SU`; `''` for once. */
  readonly rrule: string;
  /** IANA zone by whose clocks it recurs. */
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;
/** How much more than asked for is worked out and kept, so that the next question finds its answer. */
const AHEAD_MS = 40 * DAY_MS;
/** Local and universal time differ by up to 14 hours, and a zone that changes sides skips a day. */
const ZONE_SLACK_MS = 2 * DAY_MS;

/** Days of a century and some more: the rule is walked within the range that is asked for, which ends it soon enough. */
const MAX_STEPS = 50_000;

interface Known {
  readonly range: TimeRange;
  readonly occurrences: readonly TimeRange[];
}

const known = new WeakMap<RecurringTime, Known>();

/**
 * Every time it happens that has a part in `range`, oldest first and whole. They may overlap. What was worked out is kept
 * for as long as the object `time` lives.
 *
 * It recurs by the clocks of its zone: what begins at 02:00 stays at 02:00 when the clocks change. Each occurrence lasts
 * as long as the first, to the millisecond. An occurrence at a local time that the clocks skip begins as much later, and
 * of two equal local times the earlier is meant. RFC 5545 says both that and, in the same section (3.3.10), that such a
 * time is left out; nobody calls off maintenance because of the clocks.
 */
export function occurrencesOf(time: RecurringTime, range: TimeRange): TimeRange[] {
  if (time.rrule === '') {
    return overlapping([time], range).map(({ from, to }) => ({ from, to }));
  }
  let kept = known.get(time);
  if (kept === undefined || range.from < kept.range.from || range.to > kept.range.to) {
    const wider = { from: range.from - AHEAD_MS, to: range.to + AHEAD_MS };
    kept = { range: wider, occurrences: recurringIn(time, wider) };
    known.set(time, kept);
  }
  return overlapping(kept.occurrences, range);
}

/**
 * The first beginning that the rule yields at or after `time.from`, in local time; equal to the local time of `from`
 * when rule and beginning agree. `null` when none comes within a lifetime of calendars, 40 years: 29 February falls on
 * every weekday in that time.
 */
export function firstOccurrence(time: RecurringTime): { wanted: string; found: string | null } {
  const start = localOf(time.from, time.timeZone);
  const rule = ruleOf(time, start);
  const begin = start.toZonedDateTime('UTC');
  const firstUntil = (end: Temporal.ZonedDateTime) => rule?.between(begin, end, true)[0];
  const found = firstUntil(begin) ?? firstUntil(begin.add({ years: 40 }));
  return { wanted: start.toString(), found: found?.toPlainDateTime().toString() ?? null };
}

/**
 * What is wrong with a first beginning that its rule does not yield, to be said of `from`; `null` when both agree. Calendars
 * disagree on whether such a beginning would count, so it is better refused.
 */
export function beginningProblem(time: RecurringTime): string | null {
  const { wanted, found } = firstOccurrence(time);
  return found === wanted
    ? null
    : `must be an occurrence of the rule; ${withWeekday(wanted)} is none, ${found === null ? 'and none ever comes' : `the first is ${withWeekday(found)}`}`;
}

function withWeekday(local: string): string {
  const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
  const time = Temporal.PlainDateTime.from(local);
  return `${days[time.dayOfWeek - 1] ?? ''} ${local.replace('T', ' ')}`;
}

function overlapping(occurrences: readonly TimeRange[], range: TimeRange): TimeRange[] {
  return occurrences.filter(({ from, to }) => from < range.to && to > range.from);
}

/**
 * The rule runs over local times as if they were UTC, where no time is missing and none comes twice, and its results are
 * placed in the zone afterwards: so COUNT and INTERVAL do not depend on changes of the clocks.
 */
function recurringIn(time: RecurringTime, range: TimeRange): TimeRange[] {
  const { from, to, timeZone } = time;
  const start = localOf(from, timeZone);
  const rule = ruleOf(time, start);
  if (rule === null) {
    return [];
  }
  const length = to - from;
  const local = rule.between(
    new Date(range.from - length - ZONE_SLACK_MS),
    new Date(range.to + ZONE_SLACK_MS),
    true,
  );
  const isWithin = untilOf(time);
  const begins = local
    .map((each) => each.toPlainDateTime())
    .map((each) => ({
      local: each,
      // The beginning as it was given: of two equal local times it may be the later.
      at: each.equals(start) ? from : each.toZonedDateTime(timeZone).epochMilliseconds,
    }))
    .filter((each) => isWithin(each.local, each.at))
    .map(({ at }) => at);
  return [...new Set(begins)].map((at) => ({ from: at, to: at + length }));
}

function ruleOf(time: RecurringTime, start: Temporal.PlainDateTime): RRuleTemporal | null {
  const rule = recurrenceOf(time);
  return rule === null
    ? null
    : new RRuleTemporal({
        freq: rule.freq,
        interval: rule.interval,
        dtstart: start.toZonedDateTime('UTC'),
        tzid: 'UTC',
        maxIterations: MAX_STEPS,
        ...(rule.count === null ? {} : { count: rule.count }),
        ...(rule.byDay.length === 0 ? {} : { byDay: [...rule.byDay] }),
        ...(rule.byMonthDay.length === 0 ? {} : { byMonthDay: [...rule.byMonthDay] }),
        ...(rule.byMonth.length === 0 ? {} : { byMonth: [...rule.byMonth] }),
      });
}

/** `null` for a rule that cannot be read, as only a time that was not checked when it was read can have. */
function recurrenceOf({ rrule }: RecurringTime): Recurrence | null {
  const read = readRecurrence(rrule);
  return 'rule' in read ? read.rule : null;
}

/** Whether an occurrence begins before the rule ends, the end included. */
function untilOf(time: RecurringTime): (local: Temporal.PlainDateTime, at: number) => boolean {
  const until = recurrenceOf(time)?.until ?? null;
  if (until === null) {
    return () => true;
  }
  if (until.length === 8) {
    const last = Temporal.PlainDate.from(until);
    return (local) => Temporal.PlainDate.compare(local.toPlainDate(), last) <= 0;
  }
  const end = Temporal.Instant.from(until).epochMilliseconds;
  return (_local, at) => at <= end;
}

function localOf(at: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
}
