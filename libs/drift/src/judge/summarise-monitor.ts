import type { SegmentExplanation } from '../explain/explain-segments.js';
import type { MonitorState, Verdict } from '../verdict/verdict.js';
import { countOf, listOf, shortNumber } from '../wording.js';

/** What a monitor says as a whole. */
export interface MonitorSummary {
  readonly state: MonitorState;
  /** One sentence: how many tests are in that state, and which. The title of a ticket. */
  readonly headline: string;
  /** Full sentences, the headline included: the text of a ticket. */
  readonly reason: string;
  /** The verdicts in the state of the monitor, largest effect first, one per title, at most five; empty when all is well. */
  readonly top: readonly SummarisedVerdict[];
}

/** A verdict as summaries need it. */
export type SummarisedVerdict = Verdict & {
  readonly title?: string;
  readonly variable?: string;
  readonly segment?: string;
  readonly explanation?: SegmentExplanation | null;
  /** Sentences that belong to the headline of an alarm. */
  readonly note?: string;
};

/**
 * From worst to best. `not-enough-data` comes last: a monitor with one sparse feature still speaks for the others, and
 * says `not-enough-data` only when it could judge none.
 */
const WORST_FIRST: readonly MonitorState[] = ['alarm', 'error', 'watch', 'ok', 'not-enough-data'];

const NAMED = 5;

/** How a kind of monitor speaks of several verdicts: each is said of "3 of 20". */
export interface SummaryWords {
  readonly alarm: string;
  readonly watch: string;
  readonly ok: { readonly one: string; readonly several: string };
}

/** How a drift monitor speaks of its tests: "3 of 20 drifted". */
export const DRIFT_WORDS: SummaryWords = {
  alarm: 'drifted',
  watch: 'moved, and may be too small or too short to matter',
  ok: { one: 'shows no drift', several: 'show no drift' },
};

/** The worst state among the verdicts of one evaluation of one monitor, and the sentence that explains it. */
export function summariseMonitor(
  verdicts: readonly SummarisedVerdict[],
  words: SummaryWords,
): MonitorSummary {
  const state = WORST_FIRST.find((candidate) => verdicts.some((verdict) => verdict.state === candidate));
  if (state === undefined) {
    const nothing = 'The window holds nothing to judge.';
    return { state: 'not-enough-data', headline: nothing, reason: nothing, top: [] };
  }
  const worst = verdicts.filter((verdict) => verdict.state === state).sort(byEffect);
  const news = state === 'alarm' || state === 'error' || state === 'watch';
  const titles = new Map<string, SummarisedVerdict>();
  worst.forEach((verdict) => {
    if (!titles.has(titleOf(verdict))) {
      titles.set(titleOf(verdict), verdict);
    }
  });
  const subjects = new Set(verdicts.map(titleOf)).size;
  const headline = headlineOf(state, [...titles.values()], subjects, words);
  const unjudged = verdicts.filter((verdict) => verdict.state === 'not-enough-data').length;
  const sentences = [
    headline,
    news ? `The ${state === 'error' ? 'first' : 'largest'}: ${worst[0]?.reason ?? ''}` : '',
    state === 'not-enough-data' ? (worst[0]?.reason ?? '') : '',
    state !== 'not-enough-data' && unjudged > 0
      ? `For lack of data ${countOf(unjudged, 'test')} could not be made.`
      : '',
  ];
  return {
    state,
    headline,
    reason: sentences.filter((sentence) => sentence !== '').join(' '),
    top: news ? [...titles.values()].slice(0, NAMED) : [],
  };
}

/** What a verdict is about, for people: its title, `amount in region=eu-1`, or its subject. */
export function titleOf({ title, variable, segment, subject }: SummarisedVerdict): string {
  return title !== undefined
    ? title
    : variable === undefined
      ? subject
      : `${variable}${segment ? ` in ${segment}` : ''}`;
}

/** The effect in multiples of what matters, so that tests of different scales compare. */
function byEffect(a: SummarisedVerdict, b: SummarisedVerdict): number {
  const size = ({ statistic, minimumEffect }: Verdict): number =>
    (statistic ?? 0) / Math.max(minimumEffect, 1e-9);
  return size(b) - size(a) || (a.subject < b.subject ? -1 : 1);
}

function headlineOf(
  state: MonitorState,
  worst: readonly SummarisedVerdict[],
  total: number,
  words: SummaryWords,
): string {
  const share = `${worst.length} of ${total}`;
  const names = listOf(worst.map(namedEffect), NAMED);
  const [first] = worst;
  switch (state) {
    case 'alarm': {
      const baseline = first === undefined || first.baseline === '' ? '' : ` against ${first.baseline}`;
      return `${share} ${words.alarm}${baseline}${first?.baselineVersion ? ` version ${first.baselineVersion}` : ''}: ${names}.${segmentSentence(first)}${noteOf(worst)}`;
    }
    case 'error':
      return `${share} could not be judged because of an error: ${names}.`;
    case 'watch':
      return `${share} ${words.watch}: ${names}.`;
    case 'ok':
      return `${share} ${worst.length === 1 ? words.ok.one : words.ok.several}.`;
    case 'not-enough-data':
      return `None of ${total} could be judged for lack of data.`;
  }
}

function namedEffect(verdict: SummarisedVerdict): string {
  const { statistic, effectName } = verdict;
  const symbol = /\bD$/.test(effectName) ? 'D = ' : '';
  return statistic === null ? titleOf(verdict) : `${titleOf(verdict)} (${symbol}${shortNumber(statistic)})`;
}

/** ` Segment channel=card_present carries 96 % of it.` */
function segmentSentence(verdict: SummarisedVerdict | undefined): string {
  const smallest = verdict?.explanation?.smallest;
  return smallest
    ? ` Segment ${smallest.segment} carries ${Math.min(100, Math.round(smallest.explained * 100))} % of ${verdict === undefined ? 'it' : titleOf(verdict)}.`
    : '';
}

function noteOf(verdicts: readonly SummarisedVerdict[]): string {
  const note = verdicts.find((verdict) => verdict.note !== undefined)?.note;
  return note === undefined ? '' : ` ${note}`;
}
