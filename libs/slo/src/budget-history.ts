import { floorTime } from '@tidewatch/core';
import { budgetOf, budgetParts, burnOfParts, sumOfParts, type BudgetPeriod } from './budget.js';
import { RATIO_UNIT } from './counting/budget-slices.js';
import type { SliceCount } from './counting/slice-count.js';
import type { SloDefinition } from './definition.js';
import type { EventCount } from './event-count.js';
import { periodAt } from './window/period.js';
import type { SloWindow } from './window/slo-window.js';

/** How the budget stood at one moment. */
export interface BudgetPoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Share of the budget left of the period that `at` belongs to; `null` without usable events in it. */
  readonly remaining: number | null;
  /** Burn rate from the point before to this one; `null` without usable events. */
  readonly burn: number | null;
  /** What was counted from the point before to this one, in events or slices; of a composite the sum of its members. */
  readonly good: number;
  readonly total: number;
}

/** What {@link budgetHistory} is made from. */
export interface BudgetHistoryInput {
  readonly slo: Pick<SloDefinition, 'window' | 'budgeting' | 'members' | 'target'>;
  /** Counts in budget units, one list for each of `budgetParts`, ascending by start and reaching back to the first period's beginning. */
  readonly parts: readonly (readonly SliceCount[])[];
  /** Length of the slices in milliseconds. A period that begins within a slice counts it whole. */
  readonly sliceMs: number;
  /** Moments to look at, ascending; the first is only where the second's step begins. */
  readonly moments: readonly number[];
}

/**
 * How the budget of an SLO went: at each moment what was left of the period that ends there (rolling), or that it falls into (calendar;
 * a boundary belongs to the period that ends).
 *
 * Takes O(slices + moments * log slices).
 */
export function budgetHistory({ slo, parts, sliceMs, moments }: BudgetHistoryInput): BudgetPoint[] {
  const judged = budgetParts(slo);
  const sums = parts.map(runningSums);
  const unit = slo.budgeting.method === 'RatioTimeslices' ? RATIO_UNIT : 1;
  return moments.slice(1).map((at, index) => {
    const period = periodEndingAt(slo.window, at);
    const inPeriod = sums.map((sum) => countBetween(sum, floorTime(period.from, sliceMs), at));
    const inStep = sums.map((sum) => countBetween(sum, moments[index] ?? at, at));
    const { good, total } = sumOfParts(inStep);
    return {
      at,
      remaining: budgetOf(inPeriod, judged, period, at).remaining,
      burn: burnOfParts(inStep, judged),
      good: good / unit,
      total: total / unit,
    };
  });
}

/** The period that `at` ends or lies in. */
export function periodEndingAt(window: SloWindow, at: number): BudgetPeriod {
  return window.kind === 'rolling' ? periodAt(window, at) : periodAt(window, at - 1);
}

/** Counts from the first slice to before each slice, so that any stretch is one subtraction. All are safe integers. */
interface RunningSums {
  readonly starts: readonly number[];
  readonly good: readonly number[];
  readonly total: readonly number[];
}

function runningSums(slices: readonly SliceCount[]): RunningSums {
  const [good, total] = [[0], [0]];
  for (const slice of slices) {
    good.push((good.at(-1) ?? 0) + slice.good);
    total.push((total.at(-1) ?? 0) + slice.total);
  }
  return { starts: slices.map(({ start }) => start), good, total };
}

/** What the slices that begin in [from, to) count. */
function countBetween({ starts, good, total }: RunningSums, from: number, to: number): EventCount {
  const [first, end] = [firstFrom(starts, from), firstFrom(starts, to)];
  return {
    good: (good[end] ?? 0) - (good[first] ?? 0),
    total: (total[end] ?? 0) - (total[first] ?? 0),
  };
}

/** Index of the first start at or after `time`. */
function firstFrom(starts: readonly number[], time: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
