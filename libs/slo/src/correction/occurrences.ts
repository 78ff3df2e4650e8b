import type { TimeRange } from '@tidewatch/core';
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { Correction } from './correction.js';
import { readRecurrence, type Recurrence } from './recurrence.js';

/** What decides when a correction holds. */
export type CorrectionTimes = Pick<Correction, 'from' | 'to' | 'rrule' | 'timeZone'>;

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

const known = new WeakMap<CorrectionTimes, Known>();

/**
 * Every time the correction holds that has a part in `range`, oldest first and whole. They may overlap.
 *
 * It recurs by the clocks of its zone: a correction at 02:00 stays at 02:00 when the clocks change. Each occurrence lasts
 * as long as the first, to the millisecond. An occurrence at a local time that the clocks skip begins as much later, and
 * of two equal local times the earlier is meant. RFC 5545 says both that and, in the same section (3.3.10), that such a
 * time is left out; nobody calls off maintenance because of the clocks.
 */
export function occurrencesOf(correction: CorrectionTimes, range: TimeRange): TimeRange[] {
  if (correction.rrule === '') {
    return overlapping([correction], range).map(({ from, to }) => ({ from, to }));
  }
  let kept = known.get(correction);
  if (kept === undefined || range.from < kept.range.from || range.to > kept.range.to) {
    const wider = { from: range.from - AHEAD_MS, to: range.to + AHEAD_MS };
    kept = { range: wider, occurrences: recurringIn(correction, wider) };
    known.set(correction, kept);
  }
  return overlapping(kept.occurrences, range);
}

/**
 * The first beginning that the rule yields at or after `correction.from`, in local time; equal to the local time of `from`
 * when rule and beginning agree. `null` when none comes within a lifetime of calendars, 40 years: 29 February falls on
 * every weekday in that time.
 */
export function firstOccurrence(correction: CorrectionTimes): { wanted: string; found: string | null } {
  const start = localOf(correction.from, correction.timeZone);
  const rule = ruleOf(correction, start);
  const begin = start.toZonedDateTime('UTC');
  const firstUntil = (end: Temporal.ZonedDateTime) => rule?.between(begin, end, true)[0];
  const found = firstUntil(begin) ?? firstUntil(begin.add({ years: 40 }));
  return { wanted: start.toString(), found: found?.toPlainDateTime().toString() ?? null };
}

function overlapping(occurrences: readonly TimeRange[], range: TimeRange): TimeRange[] {
  return occurrences.filter(({ from, to }) => from < range.to && to > range.from);
}

/**
 * The rule runs over local times as if they were UTC, where no time is missing and none comes twice, and its results are
 * placed in the zone afterwards: so COUNT and INTERVAL do not depend on changes of the clocks.
 */
function recurringIn(correction: CorrectionTimes, range: TimeRange): TimeRange[] {
  const { from, to, timeZone } = correction;
  const start = localOf(from, timeZone);
  const rule = ruleOf(correction, start);
  if (rule === null) {
    return [];
  }
  const length = to - from;
  const local = rule.between(
    new Date(range.from - length - ZONE_SLACK_MS),
    new Date(range.to + ZONE_SLACK_MS),
    true,
  );
  const isWithin = untilOf(correction);
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

function ruleOf(correction: CorrectionTimes, start: Temporal.PlainDateTime): RRuleTemporal | null {
  const rule = recurrenceOf(correction);
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

/** `null` for a rule that cannot be read, as only a correction from outside {@link readCorrection} can have. */
function recurrenceOf({ rrule }: CorrectionTimes): Recurrence | null {
  const read = readRecurrence(rrule);
  return 'rule' in read ? read.rule : null;
}

/** Whether an occurrence begins before the rule ends, the end included. */
function untilOf(correction: CorrectionTimes): (local: Temporal.PlainDateTime, at: number) => boolean {
  const until = recurrenceOf(correction)?.until ?? null;
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
