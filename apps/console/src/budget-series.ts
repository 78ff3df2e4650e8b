import { formatBudget, formatDay, formatHour } from './format.js';
import type { BudgetView } from './slo-detail-view.js';

const DAY_MS = 86_400_000;

/** The budget over time as uPlot wants it: seconds since epoch, and percent left with gaps as `null`. */
export interface BudgetSeries {
  times: number[];
  percents: (number | null)[];
  /** Percent; `null` while nothing is known. */
  lowest: number | null;
  /** Indices of points between gaps: no line leads to them. */
  isolated: number[];
}

/** What is owed beyond this is drawn as this: a budget spent a hundred times over would flatten everything else. */
export const DEEPEST_PERCENT = -300;

/** Turns the points of a budget into columns. */
export function budgetSeries({ points }: Pick<BudgetView, 'points'>): BudgetSeries {
  const percents = points.map(({ remaining }) => (remaining === null ? null : remaining * 100));
  const known = percents.filter((percent) => percent !== null);
  return {
    times: points.map(({ at }) => at / 1_000),
    percents: percents.map((percent) => (percent === null ? null : Math.max(DEEPEST_PERCENT, percent))),
    lowest: known.length === 0 ? null : Math.min(...known),
    isolated: percents.flatMap((percent, index) =>
      percent !== null && (percents[index - 1] ?? null) === null && (percents[index + 1] ?? null) === null
        ? [index]
        : [],
    ),
  };
}

/** The vertical axis: all of the budget on top, below it zero or what is overspent. */
export function budgetAxis(lowest: number | null): [number, number] {
  return [
    lowest === null || lowest >= 0 ? 0 : Math.max(DEEPEST_PERCENT, Math.floor((lowest * 1.05) / 10) * 10),
    100,
  ];
}

/** What the drawing shows, for those who do not see it. */
export function describeBudget({ points }: Pick<BudgetView, 'points'>, timeZone?: string): string {
  const known = points.flatMap(({ at, remaining }) => (remaining === null ? [] : [{ at, remaining }]));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) {
    return 'Error budget over time: nothing is known of it.';
  }
  const lowest = known.reduce((a, b) => (b.remaining < a.remaining ? b : a));
  const at = (time: number): string => `${formatDay(time, timeZone)} ${formatHour(time, timeZone)}`;
  return `Error budget from ${at(first.at)} to ${at(last.at)}: at first ${formatBudget(first.remaining)}, in the end ${formatBudget(last.remaining)}, at worst ${formatBudget(lowest.remaining)} on ${at(lowest.at)}.`;
}

/** What stands below the time axis: days where ticks are days apart, else the time of day, and the day at midnight. */
export function tickText(at: number, stepMs: number, timeZone?: string): string {
  const hour = formatHour(at, timeZone);
  return stepMs >= DAY_MS || hour === '00:00' ? formatDay(at, timeZone) : hour;
}
