import type { DriftState, DriftVerdict } from './drift-verdict.js';
import { countOf, listOf, shortNumber } from './wording.js';

/** What a monitor says as a whole. */
export interface MonitorSummary {
  readonly state: DriftState;
  /** One sentence: how many features are in that state, and which. The title of a ticket. */
  readonly headline: string;
  /** Full sentences, the headline included: the text of a ticket. */
  readonly reason: string;
  /** Features in the state of the monitor, largest effect first, at most five; empty when there is nothing to see. */
  readonly top: string[];
}

/**
 * From worst to best. `not-enough-data` comes last: a monitor with one sparse feature still speaks for the others, and
 * says `not-enough-data` only when it could judge none.
 */
const WORST_FIRST: readonly DriftState[] = ['alarm', 'error', 'watch', 'ok', 'not-enough-data'];

const NAMED = 5;

/** The worst state among the verdicts of one evaluation of one monitor, and the sentence that explains it. */
export function summariseMonitor(verdicts: readonly DriftVerdict[]): MonitorSummary {
  const state = WORST_FIRST.find((candidate) => verdicts.some((verdict) => verdict.state === candidate));
  if (state === undefined) {
    const nothing = 'The window holds no numeric features to judge.';
    return { state: 'not-enough-data', headline: nothing, reason: nothing, top: [] };
  }
  const worst = verdicts
    .filter((verdict) => verdict.state === state)
    .sort((a, b) => (b.statistic ?? 0) - (a.statistic ?? 0) || compareNames(a.feature, b.feature));
  const [first] = worst;
  const title = headline(state, worst, verdicts.length);
  if (verdicts.length === 1 && first !== undefined) {
    return { state, headline: title, reason: first.reason, top: hasNews(state) ? [first.feature] : [] };
  }
  const unjudged = verdicts.filter((verdict) => verdict.state === 'not-enough-data').length;
  const reason = [
    title,
    hasNews(state) ? `The ${state === 'error' ? 'first' : 'largest'}: ${first?.reason ?? ''}` : '',
    state !== 'not-enough-data' && unjudged > 0
      ? `For lack of data ${countOf(unjudged, 'feature')} could not be judged.`
      : '',
    state === 'not-enough-data' ? (first?.reason ?? '') : '',
  ];
  return {
    state,
    headline: title,
    reason: reason.filter((sentence) => sentence !== '').join(' '),
    top: hasNews(state) ? worst.slice(0, NAMED).map((verdict) => verdict.feature) : [],
  };
}

function hasNews(state: DriftState): boolean {
  return state === 'alarm' || state === 'error' || state === 'watch';
}

function headline(state: DriftState, worst: readonly DriftVerdict[], total: number): string {
  const share = `${worst.length} of ${countOf(total, 'feature')}`;
  const names = listOf(
    worst.map(({ feature, statistic }) =>
      statistic === null ? feature : `${feature} (${shortNumber(statistic)})`,
    ),
    NAMED,
  );
  switch (state) {
    case 'alarm':
      return `${share} drifted: ${names}.`;
    case 'error':
      return `${share} could not be judged because of an error: ${names}.`;
    case 'watch':
      return `${share} moved, perhaps by less than matters: ${names}.`;
    case 'ok':
      return `${share} ${worst.length === 1 ? 'shows' : 'show'} no drift.`;
    case 'not-enough-data':
      return `None of ${countOf(total, 'feature')} could be judged for lack of data.`;
  }
}

/** By code point: the same order on every machine. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
