import { floorTime, type TimeRange } from '@tidewatch/core';
import {
  applyCorrections,
  budgetOf,
  budgetParts,
  correctionRanges,
  periodEndingAt,
  RATIO_UNIT,
  sumOfParts,
  type CorrectionDraft,
  type CorrectionRanges,
  type EffectiveCorrection,
  type EventCount,
  type SliceCount,
  type SloDefinition,
} from '@tidewatch/slo';
import type { CountedSpan, Store } from '@tidewatch/store';
import { projectOfRule } from '../evaluate/rule-project.js';
import { sliceKeysOf } from '../evaluate/slice-key.js';
import { slicesAround } from './slices-around.js';

const MINUTE_MS = 60_000;
/** Groups shown of each SLO: those that change most. */
const MOST_GROUPS = 20;

/** What a correction would do to one SLO in its present period. */
export interface SloPreview {
  readonly slo: string;
  readonly displayName: string;
  /** Whether `good` and `total` are events, or slices of time. */
  readonly unit: 'events' | 'slices';
  readonly period: TimeRange;
  /** How much of the period so far the correction covers, in milliseconds. */
  readonly coveredMs: number;
  /** Those that change most, at most 20; one with an empty name for an SLO without groups. */
  readonly groups: readonly GroupPreview[];
}

/** The budget of one group without and with the correction. */
export interface GroupPreview {
  readonly group: string;
  readonly before: PreviewedBudget;
  readonly after: PreviewedBudget;
  /** Events (or slices) that would no longer count. */
  readonly removed: number;
  /** Bad events (or slices) that would count as good. */
  readonly countedAsGood: number;
}

/** Counts of a period so far, and what they leave of its budget: 1 is all of it, `null` without usable events. */
export interface PreviewedBudget extends EventCount {
  readonly remaining: number | null;
}

/** A correction that is not made yet, among those that are. */
export interface PreviewQuery {
  readonly draft: CorrectionDraft;
  readonly existing: readonly EffectiveCorrection[];
  /** What has been counted of each part of the project's SLOs. */
  readonly counted: ReadonlyMap<string, CountedSpan>;
  readonly now: number;
}

/**
 * What a correction would do to the budget of an SLO, from slices that were counted already; exact to the minute for the last 99
 * days and to the hour before.
 */
export async function previewCorrection(
  store: Pick<Store, 'sloSlices'>,
  slo: SloDefinition,
  { draft, existing, counted, now }: PreviewQuery,
): Promise<SloPreview> {
  const until = floorTime(now, MINUTE_MS);
  const period = periodEndingAt(slo.window, until);
  const range = { from: floorTime(period.from, MINUTE_MS), to: until };
  const added: EffectiveCorrection = { ...draft, withdrawnAt: null };
  const own = correctionRanges([added], slo.name, range);
  const before = correctionRanges(existing, slo.name, range);
  const after = correctionRanges([...existing, added], slo.name, range);
  const edges = [before, after].flatMap(allRanges).flatMap(({ from, to }) => [from, to]);
  const keys = sliceKeysOf(slo);
  const byGroup = await slicesAround(store, projectOfRule(slo), { keys, range, edges, now, counted });
  const budget = (parts: readonly SliceCount[][], ranges: CorrectionRanges): PreviewedBudget =>
    previewedBudget(slo, parts, { ranges, period, until });
  const groups = [...byGroup]
    .filter(([group]) => (group === '') === (slo.groupBy === null))
    .map(([group, parts]) => groupPreview(group, budget(parts, before), budget(parts, after)))
    .sort((a, b) => change(b) - change(a) || a.group.localeCompare(b.group, 'en'));
  return {
    slo: slo.name,
    displayName: slo.displayName,
    unit: slo.budgeting.method === 'Occurrences' ? 'events' : 'slices',
    period,
    coveredMs: allRanges(own).reduce((sum, { from, to }) => sum + to - from, 0),
    groups: groups.slice(0, MOST_GROUPS),
  };
}

function allRanges({ remove, countAsGood }: CorrectionRanges): TimeRange[] {
  return [...remove, ...countAsGood];
}

function previewedBudget(
  slo: SloDefinition,
  parts: readonly SliceCount[][],
  { ranges, period, until }: { ranges: CorrectionRanges; period: TimeRange; until: number },
): PreviewedBudget {
  const counts = parts.map((slices) => sumOfParts(applyCorrections(slices, ranges)));
  const { good, total } = sumOfParts(counts);
  const unit = slo.budgeting.method === 'RatioTimeslices' ? RATIO_UNIT : 1;
  const { remaining } = budgetOf(counts, budgetParts(slo), period, until);
  return { good: good / unit, total: total / unit, remaining };
}

/** A correction has one effect: where events went, no bad ones became good, or the other way round. */
function groupPreview(group: string, before: PreviewedBudget, after: PreviewedBudget): GroupPreview {
  const removed = before.total - after.total;
  return { group, before, after, removed, countedAsGood: removed > 0 ? 0 : after.good - before.good };
}

function change({ before, after, removed, countedAsGood }: GroupPreview): number {
  return before.remaining === null || after.remaining === null
    ? removed + countedAsGood
    : Math.abs(after.remaining - before.remaining);
}
