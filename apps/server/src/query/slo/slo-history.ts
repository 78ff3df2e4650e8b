import { floorTime, type TimeRange } from '@tidewatch/core';
import {
  applyCorrections,
  budgetHistory,
  correctionRanges,
  periodEndingAt,
  RATIO_UNIT,
  sumOfParts,
  timeSliceMs,
  type BudgetPoint,
  type CorrectionRanges,
  type SliceCount,
  type SloDefinition,
} from '@tidewatch/slo';
import type { SliceResolution, Store } from '@tidewatch/store';
import { projectOfRule } from '../../evaluate/rule-project.js';
import { sliceKeysOf } from '../../evaluate/slice-key.js';
import { slicesAround } from '../slices-around.js';
import { budgetMoments } from './budget-moments.js';
import { stripResolution } from './strip-resolution.js';

const HOUR_MS = 3_600_000;

/** How the budget of one group went. */
export interface BudgetView {
  readonly group: string;
  /** From one point to the next; the last may be closer. */
  readonly stepMs: number;
  readonly points: readonly BudgetPoint[];
  /** The period that the last point belongs to. */
  readonly period: TimeRange;
}

/** Good and total of one group, slice by slice. */
export interface StripView {
  readonly group: string;
  readonly resolutionMs: number;
  /** Beginning, good, total; slices without events are absent. Of a composite the sum of its members. */
  readonly slices: readonly (readonly [number, number, number])[];
}

/** One group of an SLO and a stretch of time. */
export interface HistoryQuery {
  readonly slo: SloDefinition;
  readonly group: string;
  readonly range: TimeRange;
}

/** Like {@link HistoryQuery}; `null` for the last period. */
export type BudgetQuery = Omit<HistoryQuery, 'range'> & { readonly range: TimeRange | null };

/** Share of points before the first events from which on a drawing would be mostly empty. */
const MOSTLY_EMPTY = 0.75;

/** Reads what became of the budget of an SLO from its slices. */
export class SloHistory {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /**
   * The budget at up to 400 moments of the range, corrections applied. Of the last period when `range` is `null`, or of what there is
   * where the first events are much younger.
   *
   * @throws AppError `request.invalid` for an empty range
   */
  async budget(query: BudgetQuery, now: number): Promise<BudgetView> {
    const { slo, range } = query;
    const asked = range ?? { from: now - slo.periodMs, to: now };
    const view = await this.budgetWithin({ ...query, range: asked }, now, slo.periodMs);
    const first = view.points.findIndex(({ remaining }) => remaining !== null);
    const beginning = view.points[first];
    if (range !== null || beginning === undefined || first < view.points.length * MOSTLY_EMPTY) {
      return view;
    }
    // There is nothing before the first point, so that less has to be read, and finer.
    return this.budgetWithin({ ...query, range: { from: beginning.at - view.stepMs, to: now } }, now, 0);
  }

  /** @param reachMs how long before the range events still count */
  private async budgetWithin(query: HistoryQuery, now: number, reachMs: number): Promise<BudgetView> {
    const { slo, group } = query;
    const { moments, stepMs, resolutionMs } = budgetMoments(query.range, reachMs, now);
    const to = moments.at(-1) ?? now;
    const start = moments[0] ?? to;
    const first = reachMs === 0 ? start : periodEndingAt(slo.window, moments[1] ?? to).from;
    const range = { from: floorTime(Math.min(first, start), resolutionMs), to };
    const parts = await this.corrected({ slo, group, range }, resolutionMs, now);
    return {
      group,
      stepMs,
      points: budgetHistory({ slo, parts, sliceMs: resolutionMs, moments }),
      period: periodEndingAt(slo.window, to),
    };
  }

  /** Good and total by slice as they were counted, without corrections; at most 1,500. @throws AppError `request.invalid` for a range that is empty or too long */
  async strip(query: HistoryQuery, now: number): Promise<StripView> {
    const { slo, group } = query;
    const finest = stripResolution(query.range, now);
    // A time slice is written into its last fine slice.
    const resolutionMs = Math.max(finest, timeSliceMs(slo) ?? 0);
    const range = { from: floorTime(query.range.from, resolutionMs), to: query.range.to };
    const parts = await this.parts({ slo, group, range }, finest);
    const sums = new Map<number, SliceCount[]>();
    for (const slice of parts.flat().filter(isSomething)) {
      const start = floorTime(slice.start, resolutionMs);
      const beside = sums.get(start);
      if (beside === undefined) {
        sums.set(start, [slice]);
      } else {
        beside.push(slice);
      }
    }
    const unit = slo.budgeting.method === 'RatioTimeslices' ? RATIO_UNIT : 1;
    return {
      group,
      resolutionMs,
      slices: [...sums]
        .sort(([a], [b]) => a - b)
        .map(([start, slices]) => {
          const { good, total } = sumOfParts(slices);
          return [start, good / unit, total / unit] as const;
        }),
    };
  }

  /** Slices of each part of the SLO, ascending, as they count after corrections. */
  private async corrected(
    { slo, group, range }: HistoryQuery,
    resolution: SliceResolution,
    now: number,
  ): Promise<SliceCount[][]> {
    const project = projectOfRule(slo);
    const corrections = await this.store.corrections.list(project, { since: range.from });
    const ranges = correctionRanges(corrections, slo.name, range);
    const parts =
      resolution === HOUR_MS
        ? await this.hours({ slo, group, range }, ranges, now)
        : await this.parts({ slo, group, range }, resolution);
    return parts.map((slices) => applyCorrections(slices, ranges));
  }

  /** Hours, and minutes where hours are not rolled up yet or a correction begins within one. */
  private async hours(
    { slo, group, range }: HistoryQuery,
    { remove, countAsGood }: CorrectionRanges,
    now: number,
  ): Promise<SliceCount[][]> {
    const edges = [...remove, ...countAsGood].flatMap(({ from, to }) => [from, to]);
    const keys = sliceKeysOf(slo);
    const byGroup = await slicesAround(this.store, projectOfRule(slo), {
      ...{ keys, range, edges, now, group },
    });
    return byGroup.get(group) ?? keys.map(() => []);
  }

  private parts({ slo, group, range }: HistoryQuery, resolution: SliceResolution): Promise<SliceCount[][]> {
    return Promise.all(
      sliceKeysOf(slo).map((key) =>
        this.store.sloSlices.slices(projectOfRule(slo), { slo: key, group }, resolution, range),
      ),
    );
  }
}

/** The slices of everything are stored without events as well, as a sign that they were counted. */
function isSomething({ good, total }: SliceCount): boolean {
  return good > 0 || total > 0;
}
