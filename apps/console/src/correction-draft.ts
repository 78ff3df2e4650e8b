import { CATEGORY_WORDS, EFFECT_WORDS } from './slo-text.js';
import { formatDay, formatHour } from './format.js';
import type { CorrectionCategory, CorrectionEffect, CorrectionView } from './slo-detail-view.js';

/** How often a correction recurs, as a recurrence rule. */
export type Repeat = '' | 'FREQ=DAILY' | 'FREQ=WEEKLY' | 'FREQ=MONTHLY';

/** The choices of the form. */
export const REPEAT_WORDS: Readonly<Record<Repeat, string>> = {
  '': 'once',
  'FREQ=DAILY': 'every day',
  'FREQ=WEEKLY': 'every week',
  'FREQ=MONTHLY': 'every month',
};

/** A correction as the form holds it. Times are local, as `datetime-local` inputs write them. */
export interface CorrectionDraft {
  from: string;
  to: string;
  category: CorrectionCategory;
  effect: CorrectionEffect;
  reason: string;
  /** `''`: once. */
  repeat: Repeat;
  /** All SLOs of the project instead of this one. */
  everywhere: boolean;
}

/** A correction as the server takes it. */
export interface CorrectionRequest {
  slos: string[];
  category: CorrectionCategory;
  effect: CorrectionEffect;
  from: string;
  to: string;
  rrule: string;
  /** By whose clocks it recurs. */
  timeZone: string;
  reason: string;
}

/** The form at first: the hour before `now`. */
export function emptyDraft(now: number): CorrectionDraft {
  return {
    from: localTime(now - 3_600_000),
    to: localTime(now),
    category: 'planned-maintenance',
    effect: 'remove',
    reason: '',
    repeat: '',
    everywhere: false,
  };
}

/** What is wrong with a draft, as a sentence; `null` when it can be sent. */
export function draftProblem(draft: CorrectionDraft): string | null {
  const [from, to] = [Date.parse(draft.from), Date.parse(draft.to)];
  if (Number.isNaN(from) || Number.isNaN(to)) {
    return 'Give both times.';
  }
  if (from >= to) {
    return 'The end must be after the beginning.';
  }
  return draft.reason.trim() === '' ? 'Say why: whoever reads the budget later has to know.' : null;
}

/** The request of a draft without problems. @param timeZone of the browser */
export function requestOf(draft: CorrectionDraft, slo: string, timeZone: string): CorrectionRequest {
  const { category, effect, reason, everywhere, repeat } = draft;
  return {
    slos: everywhere ? [] : [slo],
    category,
    effect,
    from: new Date(draft.from).toISOString(),
    to: new Date(draft.to).toISOString(),
    rrule: repeat,
    timeZone,
    reason: reason.trim(),
  };
}

/** What a correction is, in one line: `Planned maintenance, leave out`. */
export function correctionTitle({ category, effect }: CorrectionView): string {
  return `${CATEGORY_WORDS[category]}, ${EFFECT_WORDS[effect]}`;
}

/** When a correction holds: `22 Nov 10:00 to 12:00`, with the recurrence if it has one. */
export function correctionTimes({ from, to, rrule, timeZone }: CorrectionView, shownZone?: string): string {
  const day = (at: number): string => formatDay(at, shownZone);
  const end = day(from) === day(to) ? formatHour(to, shownZone) : `${day(to)} ${formatHour(to, shownZone)}`;
  const once = `${day(from)} ${formatHour(from, shownZone)} to ${end}`;
  const words = REPEAT_WORDS[rrule as Repeat] as string | undefined;
  return rrule === '' ? once : `${once}, then ${words ?? rrule} (${timeZone})`;
}

/** Local time to the minute, as a `datetime-local` input wants it. */
function localTime(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
