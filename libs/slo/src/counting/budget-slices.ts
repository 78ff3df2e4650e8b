import { ceilTime, floorTime, type TimeRange } from '@tidewatch/core';
import type { SloDefinition } from '../definition.js';
import type { SliceCount } from './slice-count.js';

/**
 * What one slice is worth where slices count by their share of good events: shares become whole numbers, exact to 5e-10, and a year of
 * 10-second slices still adds up to a safe integer.
 */
export const RATIO_UNIT = 1_000_000_000;

type Counted = Pick<SloDefinition, 'budgeting' | 'members'>;

/** In how many lists the counts of an SLO are kept: one per member whose events are added up, one for time slices of all members. */
export function partCount({ budgeting, members }: Counted): number {
  return budgeting.method === 'Occurrences' ? members.length : 1;
}

/** The length of an SLO's own time slices in milliseconds; `null` when it counts events. */
export function timeSliceMs({ budgeting }: Pick<SloDefinition, 'budgeting'>): number | null {
  return budgeting.method === 'Occurrences' ? null : budgeting.sliceMs;
}

/**
 * Turns counted events into what the budget is spent in.
 *
 * Events stay what they are. Time slices become one good or bad slice, or {@link RATIO_UNIT} parts of which some are good; a time slice
 * is known when it is over, and is written into the last fine slice it covers, so that any sum over whole time slices is exact. A
 * composite's time slice is bad when that of any member is bad (Timeslices), or misses what its members miss together, weighed
 * (RatioTimeslices), as OpenSLO defines composites.
 *
 * @param members events per member, ascending by start; absent slices had none
 * @param range aligned to the time slices, of which only whole ones are judged
 * @param fineMs length of the slices in `members` and in the result
 * @returns {@link partCount} lists, ascending; slices that are worth nothing are absent
 */
export function budgetSlices(
  slo: Counted,
  members: readonly (readonly SliceCount[])[],
  range: TimeRange,
  fineMs: number,
): SliceCount[][] {
  const { budgeting } = slo;
  if (budgeting.method === 'Occurrences') {
    return members.map((slices) => slices.filter(({ start }) => start >= range.from && start < range.to));
  }
  const sliceMs = Math.max(budgeting.sliceMs, fineMs);
  const sums = members.map((slices) => sumBySlice(slices, sliceMs));
  const judged: SliceCount[] = [];
  const last = floorTime(range.to, sliceMs);
  for (let start = ceilTime(range.from, sliceMs); start < last; start += sliceMs) {
    const worth = sliceWorth(
      slo,
      sums.map((sum) => sum.get(start) ?? { good: 0, total: 0 }),
    );
    if (worth !== null) {
      judged.push({ start: start + sliceMs - fineMs, ...worth });
    }
  }
  return [judged];
}

type Sum = Omit<SliceCount, 'start'>;

function sumBySlice(slices: readonly SliceCount[], sliceMs: number): Map<number, Sum> {
  const sums = new Map<number, { good: number; total: number }>();
  for (const { start, good, total } of slices) {
    const slice = floorTime(start, sliceMs);
    const sum = sums.get(slice);
    if (sum === undefined) {
      sums.set(slice, { good, total });
    } else {
      sum.good += good;
      sum.total += total;
    }
  }
  return sums;
}

/** `null`: the slice counts neither way. */
function sliceWorth({ budgeting, members }: Counted, sums: readonly Sum[]): Sum | null {
  if (budgeting.method === 'Occurrences') {
    return null;
  }
  const shares = sums.map((sum) => goodShare(sum, budgeting.emptySlices));
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) {
    return null;
  }
  if (budgeting.method === 'Timeslices') {
    return { good: known.every((share) => share >= budgeting.sliceTarget) ? 1 : 0, total: 1 };
  }
  const missing = shares.reduce<number>(
    (sum, share, index) => sum + (1 - (share ?? 1)) * (members[index]?.weight ?? 1),
    0,
  );
  return { good: Math.round(Math.max(0, 1 - missing) * RATIO_UNIT), total: RATIO_UNIT };
}

function goodShare({ good, total }: Sum, emptySlices: 'ignore' | 'good' | 'bad'): number | null {
  if (total > 0) {
    // More good events than events is a fault of the selectors, which is reported apart: here it must not make a slice better.
    return Math.min(1, good / total);
  }
  return emptySlices === 'ignore' ? null : emptySlices === 'good' ? 1 : 0;
}
