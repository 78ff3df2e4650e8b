import type { Budgeting } from './budgeting.js';
import { periodWords, type PeriodWords } from './period-words.js';
import type { FrozenCause, SloVerdict } from './verdict.js';
import type { SloWindow } from './window/slo-window.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the sentence is made from: an SLO and what is known of it. */
export interface SentenceInput {
  readonly displayName: string;
  /** Share of good events asked for, in (0, 1). */
  readonly target: number;
  readonly window: SloWindow;
  readonly budgeting: Budgeting;
  readonly state: SloVerdict['state'];
  readonly frozenBecause: FrozenCause | null;
  /** Share of good events in the period; `null` when unknown. */
  readonly sliValue: number | null;
  /** 1 is the whole budget, negative is overspent; `null` when unknown. */
  readonly budgetRemaining: number | null;
  /** Until the budget is gone at the present burn; `null` when it lasts, or when that is unknown. */
  readonly timeToExhaustionMs: number | null;
  /** Burn rate of late; `null` when unknown. */
  readonly presentBurn: number | null;
  /** Length of the window of `presentBurn`. */
  readonly presentWindowMs: number | null;
  /** Beginning of the period, milliseconds since the epoch: names a calendar window ("the November budget"). */
  readonly periodFrom?: number;
}

/**
 * One sentence for a colleague: how much was good against what was promised, how fast the budget burns, and until when
 * it lasts at that rate. What is unknown is left out or called unknown.
 *
 * Figures are rounded against the service: the share of good events, the budget left and the time to exhaustion
 * downwards, so that a missed target never reads as met.
 */
export function sloSentence(input: SentenceInput): string {
  const words = periodWords(input.window, input.periodFrom);
  const clauses =
    input.state === 'frozen'
      ? [frozenClause(input.frozenBecause), standingClause(input, words)]
      : [standingClause(input, words) ?? unknownStanding(input, words), budgetClause(input, words)];
  return `${input.displayName}: ${clauses.filter((clause) => clause !== null).join('; ')}.`;
}

/** "99.82 % good over the last 30 days against 99.9 %" */
function standingClause({ sliValue, target, budgeting }: SentenceInput, words: PeriodWords): string | null {
  if (sliValue === null) {
    return null;
  }
  return `${shareText(sliValue)} ${goodWords(budgeting)} ${words.over} against ${targetText(target)}`;
}

function unknownStanding({ target }: SentenceInput, words: PeriodWords): string {
  return `the share of good events ${words.over} is unknown (target ${targetText(target)})`;
}

function goodWords(budgeting: Budgeting): string {
  switch (budgeting.method) {
    case 'Occurrences':
      return 'good';
    case 'Timeslices':
      return `of slices of ${durationText(budgeting.sliceMs)} good`;
    case 'RatioTimeslices':
      return `good on average over slices of ${durationText(budgeting.sliceMs)}`;
  }
}

function budgetClause(input: SentenceInput, words: PeriodWords): string | null {
  const { state, budgetRemaining, timeToExhaustionMs, presentBurn } = input;
  const burning = state === 'breach' || (presentBurn !== null && presentBurn > 1);
  if (budgetRemaining !== null && budgetRemaining <= 0) {
    const spent =
      budgetRemaining === 0
        ? `${words.budget} is spent`
        : `${words.budget} is overspent by ${percentUp(-budgetRemaining)}`;
    return burning ? `${spent}, and it still burns ${speedText(input)}` : spent;
  }
  const left = budgetRemaining === null ? null : `${percentDown(budgetRemaining)} of ${words.budget} is left`;
  if (!burning) {
    return left;
  }
  if (timeToExhaustionMs !== null) {
    return `it burns ${speedText(input)}, at this rate ${words.budget} ends ${aheadText(timeToExhaustionMs)}`;
  }
  return [`it burns ${speedText(input)}`, left].filter((part) => part !== null).join(', ');
}

/** "3.1 times too fast over the last hour" */
function speedText({ presentBurn, presentWindowMs }: SentenceInput): string {
  // A tier can fire on longer windows while the latest one has calmed down or says nothing.
  if (presentBurn === null || presentBurn <= 1) {
    return 'too fast';
  }
  const decimals = presentBurn < 1.05 ? 2 : presentBurn < 99.95 ? 1 : 0;
  const over = presentWindowMs === null ? '' : ` over the last ${lastText(presentWindowMs)}`;
  return presentBurn < 1.005
    ? `as fast as the budget allows${over}`
    : `${trimmed(presentBurn.toFixed(decimals))} times too fast${over}`;
}

function frozenClause(cause: FrozenCause | null): string {
  switch (cause) {
    case 'no-events':
      return 'no traffic to judge at present';
    case 'contradiction':
      return 'cannot be judged, for more good events than events were counted: check that both selectors count the same';
    case 'coverage':
      return 'cannot be judged yet, for too little of its windows has been counted';
    case 'stale':
      return 'cannot be judged, for its data has stopped coming in';
    case 'not-evaluable':
      return 'cannot be judged, for Tidewatch cannot count its events';
    case null:
      return 'cannot be judged at present';
  }
}

/** Rounded down, with decimals enough to tell a share from 1: `0.99819` is `99.81 %`, `0.99999` is `99.999 %`. */
function shareText(share: number): string {
  const decimals = share >= 1 ? 0 : share > 0.9999 ? 4 : share > 0.999 ? 3 : 2;
  return `${floorText(share * 100, decimals)} %`;
}

function targetText(target: number): string {
  return `${trimmed((target * 100).toFixed(6))} %`;
}

function percentDown(share: number): string {
  return share > 0 && share < 0.001 ? 'less than 0.1 %' : `${floorText(share * 100, share < 0.1 ? 1 : 0)} %`;
}

function percentUp(share: number): string {
  const scale = share < 0.1 ? 10 : 1;
  const rounded = Math.ceil(Number((share * 100 * scale).toFixed(6))) / scale;
  return `${rounded.toLocaleString('en-US')} %`;
}

/** Cut after `decimals`. Rounding to nine more digits first removes float noise such as 99.81999999999999 for 99.82. */
function floorText(value: number, decimals: number): string {
  const scale = 10 ** decimals;
  return trimmed((Math.floor(Number((value * scale).toFixed(6))) / scale).toFixed(decimals));
}

/** `in 2.1 days`, `in 5 hours`, `in 40 minutes`, `within 2 minutes`; cut, never rounded up. */
function aheadText(ms: number): string {
  const cut = (size: number): string => floorText(ms / size, ms < 10 * size ? 1 : 0);
  if (ms >= 2 * DAY_MS) {
    return `in ${cut(DAY_MS)} days`;
  }
  if (ms >= 2 * HOUR_MS) {
    return `in ${cut(HOUR_MS)} hours`;
  }
  return ms >= 2 * MINUTE_MS ? `in ${floorText(ms / MINUTE_MS, 0)} minutes` : 'within 2 minutes';
}

/** `1 minute`, `30 seconds`, `6 hours`: a length that is a whole number of one unit. */
function durationText(ms: number): string {
  const [size, unit] =
    ms % DAY_MS === 0
      ? [DAY_MS, 'day']
      : ms % HOUR_MS === 0
        ? [HOUR_MS, 'hour']
        : ms % MINUTE_MS === 0
          ? [MINUTE_MS, 'minute']
          : [1_000, 'second'];
  const count = ms / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The same without the count of one: `over the last hour`. */
function lastText(ms: number): string {
  return durationText(ms).replace(/^1 /, '');
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
