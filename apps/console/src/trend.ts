import type { TrendPoint } from './api.js';

/** The last hour of an SLO as uPlot wants it: seconds since epoch, and the burn with gaps as `null`. */
export interface TrendSeries {
  times: number[];
  burns: (number | null)[];
  peak: number | null;
}

/** Turns trend points into columns. Points without a burn stay as gaps: an hour without events is not a calm hour. */
export function trendSeries(trend: readonly TrendPoint[]): TrendSeries {
  const burns = trend.map((point) => point.burn);
  const known = burns.filter((burn) => burn !== null);
  return {
    times: trend.map((point) => point.at / 1_000),
    burns,
    peak: known.length === 0 ? null : Math.max(...known),
  };
}

/** Top of the vertical axis: the budget line at 1 stays visible, and a calm hour does not look dramatic. */
export function trendCeiling(peak: number | null): number {
  return Math.max(2, (peak ?? 0) * 1.15);
}
