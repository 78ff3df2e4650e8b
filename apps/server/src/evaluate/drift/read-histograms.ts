import { errorMessage, type TimeRange } from '@tidewatch/core';
import type {
  DriftMonitor,
  HistogramComparison,
  TagFilter,
  VariableProblem,
  WatchedMetric,
} from '@tidewatch/drift';
import type { SliceSelector, Store } from '@tidewatch/store';
import { projectOfRule } from '../rule-project.js';
import { baselineRanges } from './baseline-ranges.js';

/** Windows in a baseline from which it can be told how much one differs from the next. */
const ENOUGH_WINDOWS = 12;

/** Steps of one query; the store answers no more than 11,000. */
const MOST_STEPS = 10_000;

/** The OTLP histograms of a monitor, window beside baseline, and those that cannot be compared. */
export async function readHistograms(
  store: Pick<Store, 'metricQueries'>,
  monitor: DriftMonitor,
  window: TimeRange,
): Promise<{ readonly histograms: HistogramComparison[]; readonly problems: VariableProblem[] }> {
  const histograms: HistogramComparison[] = [];
  const problems: VariableProblem[] = [];
  for (const metric of monitor.metrics) {
    const variable = { source: 'metric' as const, name: metricName(metric) };
    try {
      histograms.push({ variable, ...(await readSides(store, monitor, metric, window)) });
    } catch (error) {
      problems.push({ variable, segment: '', message: errorMessage(error), kind: 'error' });
    }
  }
  return { histograms, problems };
}

/** `latency{stage=model}`: two series of one metric are two variables. */
export function metricName({ metric, match }: WatchedMetric): string {
  const labels = Object.entries(match).map(([label, value]) => `${label}=${value}`);
  return labels.length === 0 ? metric : `${metric}{${labels.join(',')}}`;
}

async function readSides(
  store: Pick<Store, 'metricQueries'>,
  monitor: DriftMonitor,
  metric: WatchedMetric,
  window: TimeRange,
): Promise<Pick<HistogramComparison, 'current' | 'reference'>> {
  const ranges = baselineRanges(monitor, window);
  const length = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  // Best are stretches as long as the window: how much they vary is how much the window may.
  const step =
    length >= ENOUGH_WINDOWS * monitor.windowMs
      ? Math.max(monitor.windowMs, Math.ceil(length / MOST_STEPS))
      : monitor.bucketMs;
  const read = async (range: TimeRange, where: TagFilter, every: number) => {
    const { series } = await store.metricQueries.distribution(projectOfRule(monitor), {
      selector: selectorOf(metric, where),
      range,
      step: every,
      quantiles: [],
      buckets: true,
    });
    return series.flatMap(({ points }) =>
      points.flatMap(({ buckets, count }) => (buckets === undefined || count === 0 ? [] : [buckets])),
    );
  };
  const reference = await Promise.all(ranges.map((range) => read(range, monitor.baseline.where, step)));
  return { current: await read(window, {}, monitor.bucketMs), reference: reference.flat() };
}

function selectorOf({ metric, match }: WatchedMetric, where: TagFilter): SliceSelector {
  return {
    metric,
    match: [
      ...Object.entries(match).map(([label, value]) => ({ label, op: '=' as const, value })),
      ...Object.entries(where).map(([label, values]) => ({
        label,
        op: '=~' as const,
        value: values.map(asPattern).join('|'),
      })),
    ],
  };
}

/** A regular expression (RE2) for the text itself. */
function asPattern(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}
