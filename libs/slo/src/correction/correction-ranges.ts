import { occurrencesOf, type TimeRange } from '@tidewatch/core';
import type { Correction } from './correction.js';

/** When the events of an SLO do not count, and when they all count as good. Each list ascends; nothing overlaps. */
export interface CorrectionRanges {
  readonly remove: readonly TimeRange[];
  readonly countAsGood: readonly TimeRange[];
}

/** Nothing is corrected. */
export const NO_CORRECTIONS: CorrectionRanges = Object.freeze({ remove: [], countAsGood: [] });

/** What decides whether and how a correction changes an SLO. */
export type EffectiveCorrection = Pick<
  Correction,
  'slos' | 'effect' | 'from' | 'to' | 'rrule' | 'timeZone' | 'withdrawnAt'
>;

/**
 * What the corrections that are in force do to the SLO `slo` within `range`.
 *
 * Where one removes and another counts as good, the events are removed: what did not happen cannot have been good.
 */
export function correctionRanges(
  corrections: readonly EffectiveCorrection[],
  slo: string,
  range: TimeRange,
): CorrectionRanges {
  const ofSlo = corrections.filter(
    ({ slos, withdrawnAt }) => withdrawnAt === null && (slos.length === 0 || slos.includes(slo)),
  );
  if (ofSlo.length === 0) {
    return NO_CORRECTIONS;
  }
  const timesOf = (effect: Correction['effect']): TimeRange[] =>
    mergeRanges(
      ofSlo
        .filter((correction) => correction.effect === effect)
        .flatMap((correction) => occurrencesOf(correction, range)),
      range,
    );
  const remove = timesOf('remove');
  return { remove, countAsGood: subtractRanges(timesOf('count-as-good'), remove) };
}

/** The parts of `ranges` within `bounds`, joined where they touch or overlap, ascending. */
export function mergeRanges(ranges: readonly TimeRange[], bounds: TimeRange): TimeRange[] {
  const clipped = ranges
    .map(({ from, to }) => ({ from: Math.max(from, bounds.from), to: Math.min(to, bounds.to) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const merged: TimeRange[] = [];
  for (const range of clipped) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** What of `ranges` is in none of `holes`; both ascend and do not overlap. */
export function subtractRanges(ranges: readonly TimeRange[], holes: readonly TimeRange[]): TimeRange[] {
  return ranges.flatMap(({ from, to }) => {
    const left: TimeRange[] = [];
    let begin = from;
    for (const hole of holes) {
      if (hole.to > begin && hole.from < to) {
        left.push({ from: begin, to: hole.from });
        begin = hole.to;
      }
    }
    return [...left, { from: begin, to }].filter((each) => each.from < each.to);
  });
}
