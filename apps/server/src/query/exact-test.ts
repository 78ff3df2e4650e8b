import type { TimeRange } from '@tidewatch/core';
import { ksTwoSample } from '@tidewatch/stats';
import type { Store } from '@tidewatch/store';
import { armsOf } from '../evaluate/drift/arms-of.js';
import { baselineRanges } from '../evaluate/drift/baseline-ranges.js';
import type { ResolvedBaseline } from '../evaluate/drift/monitor-baselines.js';
import { streamsOf } from '../evaluate/drift/monitor-streams.js';
import { projectOfRule } from '../evaluate/rule-project.js';
import type { ComparingMonitor } from '@tidewatch/drift';

/** The Kolmogorov-Smirnov test of kept samples, value by value and not by cells. */
export interface ExactTest {
  readonly statistic: number;
  readonly pValue: number;
  readonly method: string;
  /** Kept values of the window and of the baseline. */
  readonly n: number;
  readonly m: number;
}

/** With fewer kept values on a side the test says nothing. */
const ENOUGH_VALUES = 20;

/** Tests a numeric variable on the samples that were kept; `null` where one side has too few, as uploaded datasets have. */
export async function exactTest(
  store: Pick<Store, 'featureCounts' | 'reservoir'>,
  monitor: ComparingMonitor,
  baseline: ResolvedBaseline,
  {
    variable,
    segment,
    window,
  }: { readonly variable: string; readonly segment: string; readonly window: TimeRange },
): Promise<ExactTest | null> {
  const project = projectOfRule(monitor);
  const { window: current, reference } = streamsOf(monitor, baseline);
  if (reference === null) {
    return null;
  }
  const ranges = baselineRanges(monitor, window);
  const arms = await armsOf((range) => store.featureCounts.arms(project, current, range), monitor.baseline, {
    ranges,
    window,
  });
  const values = await store.reservoir.numbers(project, current, variable, {
    ...{ ranges: [window], segment },
    ...arms.current,
  });
  const before = await store.reservoir.numbers(project, reference, variable, {
    ...{ ranges, segment },
    ...arms.reference,
  });
  if (Math.min(values.length, before.length) < ENOUGH_VALUES) {
    return null;
  }
  const { statistic, pValue, method, n, m } = ksTwoSample(values, before);
  return { statistic, pValue, method, n, m };
}
