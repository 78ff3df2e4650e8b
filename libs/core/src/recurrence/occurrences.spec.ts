import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { firstOccurrence, occurrencesOf, type RecurringTime } from './occurrences.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CASES = JSON.parse(
  readFileSync(new URL('../../fixtures/recurrence/occurrences.json', import.meta.url), 'utf8'),
) as readonly (RecurringTime & { readonly until: number; readonly begins: readonly number[] })[];

const iso = (at: number): string => new Date(at).toISOString();

function weekly(from: string, length: number, rule: string, timeZone = 'Europe/Berlin'): RecurringTime {
  const begin = Date.parse(from);
  return { from: begin, to: begin + length, rrule: rule, timeZone };
}

describe("beginnings as python-dateutil's rules have them", () => {
  test('the fixture holds cases', () => {
    expect(CASES.length).toBeGreaterThan(20);
    expect(CASES.every(({ begins }) => begins.length >= 3)).toBe(true);
  });

  test.each(CASES.map((each) => [each.rrule, each.timeZone, each] as const))(
    '%s in %s',
    (_rule, _zone, each) => {
      const time = { ...each, to: each.from + HOUR };
      const found = occurrencesOf(time, { from: each.from, to: each.until });
      expect(found.map(({ from }) => iso(from))).toEqual(each.begins.map(iso));
      expect(found.every(({ from, to }) => to - from === HOUR)).toBe(true);
    },
  );
});

describe('named cases', () => {
  test('once is once, whole, where it has a part in the range', () => {
    const once = weekly('2026-11-29T02:00:00Z', HOUR, '');
    const { from, to } = once;
    expect(occurrencesOf(once, { from: to - 1, to: to + DAY })).toEqual([{ from, to }]);
    expect(occurrencesOf(once, { from: to, to: to + DAY })).toEqual([]);
    expect(occurrencesOf(once, { from: from - DAY, to: from })).toEqual([]);
  });

  test('a nightly time keeps its local time and its length through both changes of the clocks', () => {
    const nightly = weekly('2026-03-27T00:00:00Z', 2 * HOUR, 'FREQ=DAILY');
    const begins = (from: string, days: number): string[] =>
      occurrencesOf(nightly, { from: Date.parse(from), to: Date.parse(from) + days * DAY }).map((each) => {
        expect(each.to - each.from).toBe(2 * HOUR);
        return iso(each.from).slice(0, 13);
      });
    expect(begins('2026-03-28T00:00:00Z', 2)).toEqual(['2026-03-28T00', '2026-03-29T00', '2026-03-29T23']);
    expect(begins('2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-24T23', '2026-10-26T00']);
  });

  test('a beginning in the gap comes as much later as the clocks skip, and still counts', () => {
    const nightly = weekly('2026-03-28T01:30:00Z', HOUR, 'FREQ=DAILY;COUNT=3');
    expect(
      occurrencesOf(nightly, { from: nightly.from, to: nightly.from + 9 * DAY }).map(({ from }) => iso(from)),
    ).toEqual(['2026-03-28T01:30:00.000Z', '2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z']);
  });

  test('the first begins when it was said to, also in the second of two equal hours', () => {
    const nightly = weekly('2026-10-25T01:30:00Z', HOUR, 'FREQ=DAILY;COUNT=2');
    expect(firstOccurrence(nightly)).toEqual({ wanted: '2026-10-25T02:30:00', found: '2026-10-25T02:30:00' });
    expect(
      occurrencesOf(nightly, { from: nightly.from - DAY, to: nightly.from + 9 * DAY }).map(({ from }) =>
        iso(from),
      ),
    ).toEqual(['2026-10-25T01:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  });

  test.each([
    ['FREQ=DAILY;UNTIL=20261203', 5, 'a day holds to its end by the clocks of the zone'],
    ['FREQ=DAILY;UNTIL=20261203T220000Z', 5, 'a moment itself belongs to it'],
    ['FREQ=DAILY;UNTIL=20261203T215959Z', 4, 'a moment ends it'],
    ['FREQ=DAILY;UNTIL=20261101', 0, 'an end before the beginning'],
  ])('%s: %d occurrences; %s', (rule, count) => {
    const nightly = weekly('2026-11-29T22:00:00Z', HOUR, rule);
    expect(occurrencesOf(nightly, { from: 0, to: nightly.from + 400 * DAY })).toHaveLength(count);
  });

  test('an occurrence that began long before the range reaches into it', () => {
    const yearly = weekly('2025-01-01T00:00:00Z', 300 * DAY, 'FREQ=YEARLY', 'UTC');
    const at = Date.parse('2027-10-01T00:00:00Z');
    expect(
      occurrencesOf(yearly, { from: at, to: at + HOUR }).map(({ from }) => iso(from).slice(0, 10)),
    ).toEqual(['2027-01-01']);
  });
});

test('a century of days can be asked for at once', () => {
  const daily = weekly('2000-01-01T00:00:00Z', HOUR, 'FREQ=DAILY', 'UTC');
  expect(occurrencesOf(daily, { from: 0, to: Date.UTC(2100, 0, 1) })).toHaveLength(36_525);
});

describe('whatever the rule', () => {
  const list = <T extends string | number>(values: readonly T[]) =>
    fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }), { nil: null });
  const rule = fc
    .record({
      freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
      interval: fc.integer({ min: 1, max: 40 }),
      count: fc.option(fc.integer({ min: 1, max: 50 }), { nil: null }),
      byDay: list(['MO', 'WE', 'SA', 'SU']),
      byMonthDay: list([1, 13, 29, 31, -1]),
      byMonth: list([1, 2, 6, 12]),
    })
    .map(({ freq, interval, count, byDay, byMonthDay, byMonth }) =>
      [
        `FREQ=${freq};INTERVAL=${interval}`,
        ...(count === null ? [] : [`COUNT=${count}`]),
        ...(byDay === null ? [] : [`BYDAY=${byDay.join(',')}`]),
        ...(byMonthDay === null || freq === 'WEEKLY' ? [] : [`BYMONTHDAY=${byMonthDay.join(',')}`]),
        ...(byMonth === null ? [] : [`BYMONTH=${byMonth.join(',')}`]),
      ].join(';'),
    );
  const time = fc.record({
    from: fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2027, 0, 1) }),
    length: fc.integer({ min: 1, max: 3 * DAY }),
    rrule: rule,
    timeZone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'America/Sao_Paulo',
    ),
  });
  const localTime = (at: number, timeZone: string): string =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainTime().toString();

  test('occurrences keep length and local time, and a part of the range sees what the whole sees', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 900 }), (drawn, day) => {
        const times = { ...drawn, to: drawn.from + drawn.length };
        const range = { from: drawn.from + day * DAY, to: drawn.from + (day + 60) * DAY };
        const found = occurrencesOf(times, range);
        const wanted = localTime(drawn.from, drawn.timeZone);
        for (const [index, each] of found.entries()) {
          expect(each.to - each.from).toBe(drawn.length);
          expect(each.from >= drawn.from && each.from > (found[index - 1]?.from ?? 0)).toBe(true);
          // In a gap of the clocks the time is another: noon the day before and after have different offsets.
          const offset = (at: number): number =>
            Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(drawn.timeZone).offsetNanoseconds;
          if (offset(each.from - DAY) === offset(each.from + DAY)) {
            expect(localTime(each.from, drawn.timeZone)).toBe(wanted);
          }
        }
        const middle = { from: range.from + 20 * DAY, to: range.from + 30 * DAY };
        expect(occurrencesOf({ ...times }, middle)).toEqual(
          found.filter(({ from, to }) => from < middle.to && to > middle.from),
        );
        const { wanted: begin, found: first } = firstOccurrence(times);
        expect(first === null || first >= begin).toBe(true);
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});
