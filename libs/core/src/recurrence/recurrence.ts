import { describeValue } from '../problem.js';

/** How often something happens again: the parts of an RFC 5545 recurrence rule that rules of Tidewatch may use. */
export interface Recurrence {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  /** How many times in all; `null` without a limit. */
  readonly count: number | null;
  /** The last day (`20261231`, by the clocks of the zone) or moment (`20261231T225959Z`); `null` without an end. */
  readonly until: string | null;
  /** `SU`, or with a number `1SU` (the first Sunday) and `-1FR` (the last Friday). */
  readonly byDay: readonly string[];
  /** 1 to 31, or -1 to -31 from the end of the month. */
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
}

/** A rule that was read, or what is wrong with it. */
export type ReadRecurrence = { readonly rule: Recurrence } | { readonly problem: string };

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const KEYS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH'] as const;
const DAY = /^([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)$/;
const MAX_INTERVAL = 1_000;
/** 27 years of days. */
const MAX_COUNT = 10_000;

/** Reads a rule such as `FREQ=WEEKLY;BYDAY=SU`, with or without `RRULE:` in front, in upper or lower case. */
export function readRecurrence(text: string): ReadRecurrence {
  const parts = new Map<string, string>();
  for (const part of text
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')
    .filter((each) => each !== '')) {
    const [key = '', value = '', ...rest] = part.split('=');
    if (!KEYS.some((known) => known === key)) {
      return { problem: `holds ${describeValue(key)}, which is not supported; use ${KEYS.join(', ')}` };
    }
    if (value === '' || rest.length > 0 || parts.has(key)) {
      return { problem: `must give ${key} once, in the form ${key}=value` };
    }
    parts.set(key, value);
  }
  return readParts(parts);
}

function readParts(parts: ReadonlyMap<string, string>): ReadRecurrence {
  const freq = FREQUENCIES.find((each) => each === parts.get('FREQ'));
  if (freq === undefined) {
    const given = parts.get('FREQ');
    return {
      problem: `must have FREQ=${FREQUENCIES.join(', ')}, and ${given === undefined ? 'has none' : `has ${describeValue(given)}; nothing recurs more often than daily`}`,
    };
  }
  const interval = wholeNumber(parts.get('INTERVAL') ?? '1', 1, MAX_INTERVAL);
  const count = parts.has('COUNT') ? wholeNumber(parts.get('COUNT') ?? '', 1, MAX_COUNT) : null;
  const byDay = parts.get('BYDAY')?.split(',') ?? [];
  const byMonthDay = numbersOf(parts.get('BYMONTHDAY'), -31, 31);
  const byMonth = numbersOf(parts.get('BYMONTH'), 1, 12);
  if (interval === undefined) {
    return { problem: `must have an INTERVAL from 1 to ${MAX_INTERVAL}` };
  }
  if (count === undefined) {
    return { problem: `must have a COUNT from 1 to ${MAX_COUNT}` };
  }
  if (byMonthDay === undefined) {
    return { problem: 'must have BYMONTHDAY as a list of 1 to 31, or -1 to -31 from the end of the month' };
  }
  if (byMonth === undefined) {
    return { problem: 'must have BYMONTH as a list of 1 to 12' };
  }
  const rule = { freq, interval, count, until: parts.get('UNTIL') ?? null, byDay, byMonthDay, byMonth };
  const problem = contradictionOf(rule);
  return problem === null ? { rule } : { problem };
}

function contradictionOf(rule: Recurrence): string | null {
  if (rule.until !== null && !isUntil(rule.until)) {
    return 'must have UNTIL as a day (20261231) or a time in UTC (20261231T225959Z)';
  }
  if (rule.until !== null && rule.count !== null) {
    return 'has both COUNT and UNTIL; keep one';
  }
  const badDay = rule.byDay.find((day) => !DAY.test(day));
  if (badDay !== undefined) {
    return `must have BYDAY as a list of MO, TU, WE, TH, FR, SA, SU (1SU is the first Sunday, -1FR the last Friday), and has ${describeValue(badDay)}`;
  }
  const counted = rule.byDay.find((day) => day.length > 2);
  if (counted !== undefined && (rule.freq === 'DAILY' || rule.freq === 'WEEKLY')) {
    return `has ${counted} in BYDAY; days are counted in MONTHLY and YEARLY rules only`;
  }
  return rule.freq === 'WEEKLY' && rule.byMonthDay.length > 0
    ? 'has BYMONTHDAY, which a WEEKLY rule cannot have; use FREQ=MONTHLY'
    : null;
}

function isUntil(text: string): boolean {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(T\d{6}Z)?$/.exec(text) ?? [];
  const clock = time === undefined ? '000000' : time.slice(1, 7);
  const iso = `${year}-${month}-${day}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}Z`;
  const at = Date.parse(iso);
  // Date.parse takes 30 February for 2 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(iso.slice(0, 19));
}

function wholeNumber(text: string, minimum: number, maximum: number): number | undefined {
  const number = /^[+-]?\d{1,6}$/.test(text) ? Number(text) : NaN;
  return number >= minimum && number <= maximum ? number : undefined;
}

/** The numbers of a list, none of them 0; empty when there is no list. */
function numbersOf(text: string | undefined, minimum: number, maximum: number): number[] | undefined {
  const numbers = text?.split(',').map((each) => wholeNumber(each, minimum, maximum)) ?? [];
  const known = numbers.filter((each) => each !== undefined && each !== 0);
  return known.length === numbers.length ? (known as number[]) : undefined;
}
