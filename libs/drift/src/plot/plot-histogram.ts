import { addBoundedCounts, toCommonBounds } from '@tidewatch/stats';
import type { HistogramComparison } from '../histograms/histogram-comparison.js';
import { shortNumber } from '../wording.js';
import type { PlotBin } from './plot-bins.js';

/** Bars of a histogram with finer buckets than anybody can see. */
const MOST_BARS = 40;

/** A window beside its baseline at the bounds that both have, ready to plot. The shares of each side add up to 1. */
export function plotHistogram({
  current,
  reference,
}: Pick<HistogramComparison, 'current' | 'reference'>): PlotBin[] {
  const { bounds, counts } = toCommonBounds([addBoundedCounts(current), addBoundedCounts(reference)]);
  const [n, m] = counts.map((each) =>
    Math.max(
      1,
      each.reduce((sum, count) => sum + count, 0),
    ),
  ) as [number, number];
  const step = Math.max(1, Math.ceil(bounds.length / MOST_BARS));
  const edges = bounds.filter((_, index) => index % step === step - 1 || index === bounds.length - 1);
  const bars: PlotBin[] = [];
  let next = 0;
  for (const [index, edge] of [...edges, Infinity].entries()) {
    const end = edge === Infinity ? bounds.length + 1 : bounds.indexOf(edge) + 1;
    const share = (side: number, total: number): number =>
      counts[side]!.slice(next, end).reduce((sum, count) => sum + count, 0) / total;
    bars.push({
      label: labelOf(edges[index - 1], edge),
      current: share(0, n),
      reference: share(1, m),
      special: false,
    });
    next = end;
  }
  // Empty bars beyond either end are no news.
  const filled = bars.map((bar) => bar.current + bar.reference > 0);
  return bars.slice(Math.max(0, filled.indexOf(true)), filled.lastIndexOf(true) + 1);
}

function labelOf(from: number | undefined, to: number): string {
  if (from === undefined) {
    return to === Infinity ? 'all' : `up to ${shortNumber(to)}`;
  }
  return to === Infinity ? `above ${shortNumber(from)}` : `${shortNumber(from)} to ${shortNumber(to)}`;
}
