import {
  beginningProblem,
  ceilTime,
  floorTime,
  isTimeZone,
  parseTimeIn,
  readRecurrence,
  type Problem,
} from '@tidewatch/core';
import { z } from 'zod';
import { describeValue, expected, expectedMap } from '../field-errors.js';
import type { Correction, CorrectionCategory, CorrectionEffect } from './correction.js';

/** What a person decides about a correction; the rest (id, actor, times of creation and withdrawal) is added when it is kept. */
export type CorrectionDraft = Pick<
  Correction,
  'slos' | 'category' | 'effect' | 'from' | 'to' | 'rrule' | 'timeZone' | 'reason'
>;

/** A correction, or everything that is wrong with it. */
export type ReadCorrection =
  | { readonly correction: CorrectionDraft; readonly problems: readonly [] }
  | { readonly correction: null; readonly problems: readonly Problem[] };

const CATEGORIES = [
  'planned-maintenance',
  'outside-business-hours',
  'deployment',
  'false-data',
  'other',
] as const satisfies readonly CorrectionCategory[];
const EFFECTS = ['remove', 'count-as-good'] as const satisfies readonly CorrectionEffect[];

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const MINUTE_MS = 60_000;
const LONGEST_MS = 366 * 86_400_000;

const slosMessage = expected('a list of at most 1,000 names of SLOs, or left out for all');
const timeMessage = expected(
  'a time such as 2026-11-29T02:00:00Z, a local time such as 2026-11-29T02:00, or milliseconds since the epoch',
);
const reasonMessage = expected('one sentence for those who read the report, at most 1,000 characters');
const rruleMessage = expected('a recurrence rule such as FREQ=WEEKLY;BYDAY=SU, or left out for once');
const zoneMessage = expected('an IANA time zone such as Europe/Berlin');

const schema = z.strictObject(
  {
    slos: z
      .array(z.string({ error: slosMessage }).min(1).max(128), { error: slosMessage })
      .max(1_000, { error: slosMessage })
      .default([])
      .transform((names) => [...new Set(names)]),
    category: z.enum(CATEGORIES, { error: expected(`one of ${CATEGORIES.join(', ')}`) }),
    effect: z.enum(EFFECTS, {
      error: expected('remove (the events do not count) or count-as-good (they count, none of them bad)'),
    }),
    from: z.union([z.string(), z.number()], { error: timeMessage }),
    to: z.union([z.string(), z.number()], { error: timeMessage }),
    rrule: z.string({ error: rruleMessage }).max(500, { error: rruleMessage }).default(''),
    timeZone: z.string({ error: zoneMessage }).refine(isTimeZone, { error: zoneMessage }).default('UTC'),
    reason: z
      .string({ error: reasonMessage })
      .trim()
      .min(1, { error: reasonMessage })
      .max(1_000, { error: reasonMessage }),
  },
  { error: expectedMap('a map with category, effect, from, to and reason') },
);

/**
 * Reads what somebody sends to make a correction.
 *
 * Times without an offset are local to `timeZone`. Both are widened to whole minutes, so that no slice of events lies half in a
 * correction for as long as minutes are kept. A recurring correction begins with an occurrence: a beginning that its
 * rule does not yield is refused, because calendars disagree on whether it would count.
 *
 * @param input parsed JSON
 */
export function readCorrection(input: unknown): ReadCorrection {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    return { correction: null, problems: parsed.error.issues.flatMap(problemsOf) };
  }
  const { from: fromText, to: toText, rrule: rule, ...rest } = parsed.data;
  const problems: Problem[] = [];
  const from = readTime(fromText, rest.timeZone, (message) => problems.push({ path: 'from', message }));
  const to = readTime(toText, rest.timeZone, (message) => problems.push({ path: 'to', message }));
  const rrule = rule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '');
  const recurrence = rrule === '' ? null : readRecurrence(rrule);
  if (recurrence !== null && 'problem' in recurrence) {
    problems.push({ path: 'rrule', message: recurrence.problem });
  }
  if (from !== undefined && to !== undefined && from >= to) {
    problems.push({ path: 'to', message: 'must lie after "from"' });
  }
  const draft = {
    ...rest,
    from: floorTime(from ?? 0, MINUTE_MS),
    to: ceilTime(to ?? 0, MINUTE_MS),
    rrule,
  };
  if (problems.length === 0) {
    problems.push(...contradictionsOf(draft));
  }
  return problems.length === 0 ? { correction: draft, problems: [] } : { correction: null, problems };
}

/** `undefined` after `report` was told why. */
function readTime(
  value: string | number,
  timeZone: string,
  report: (message: string) => void,
): number | undefined {
  const time = typeof value === 'number' ? value : parseTimeIn(value, timeZone);
  if (time === undefined || !Number.isSafeInteger(time)) {
    report(timeMessage({ input: value }));
  } else if (time < EARLIEST || time >= LATEST) {
    report(
      `must lie between the years 2000 and 2099, and is ${describeValue(value)} (milliseconds are asked for, not seconds)`,
    );
  } else {
    return time;
  }
  return undefined;
}

function contradictionsOf(draft: CorrectionDraft): Problem[] {
  if (draft.to - draft.from > LONGEST_MS) {
    return [{ path: 'to', message: 'must lie within a year of "from"; let the correction recur instead' }];
  }
  if (draft.rrule === '') {
    return [];
  }
  const message = beginningProblem(draft);
  return message === null ? [] : [{ path: 'from', message }];
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('');
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: key, message: 'is not a known key here; check its spelling' }))
    : [{ path, message: issue.message }];
}
