import type { TimeRange } from '@tidewatch/core';
import type { PerformanceMonitor, SegmentPerformance } from '@tidewatch/drift';
import type { PerformanceQuery, Store } from '@tidewatch/store';
import { armsOf } from '../drift/arms-of.js';
import { baselineRanges } from '../drift/baseline-ranges.js';
import { projectOfRule } from '../rule-project.js';

/** A window beside its baseline. */
export interface MeasuredWindow {
  readonly current: readonly SegmentPerformance[];
  /** `null` without a baseline. */
  readonly reference: readonly SegmentPerformance[] | null;
}

/** Nothing was read. */
export const NOT_MEASURED: MeasuredWindow = { current: [], reference: null };

/** Reads a window and its baseline; labels count on both sides only as they were known after the maturity. */
export async function readPerformance(
  store: Pick<Store, 'performance'>,
  monitor: PerformanceMonitor,
  window: TimeRange,
): Promise<MeasuredWindow> {
  const { baseline, bucketMs, population } = monitor;
  const project = projectOfRule(monitor);
  const query = performanceQuery(monitor);
  if (baseline === null) {
    return {
      current: await store.performance.sums(project, { ...query, ranges: [window] }),
      reference: null,
    };
  }
  const ranges = baselineRanges({ baseline, bucketMs }, window);
  const arms = await armsOf((range) => store.performance.arms(project, population, range), baseline, {
    ranges,
    window,
  });
  const where = { ...population.where, ...baseline.where };
  return {
    current: await store.performance.sums(project, { ...query, ...arms.current, ranges: [window] }),
    reference: await store.performance.sums(project, {
      ...query,
      ...arms.reference,
      population: { ...population, where },
      ranges,
    }),
  };
}

/** What a monitor asks of the store, but for the time. */
export function performanceQuery({
  population,
  maturityMs,
  labelSource,
  positive,
  segments,
}: PerformanceMonitor): Omit<PerformanceQuery, 'ranges'> {
  return { population, maturityMs, labelSource, positive, segments };
}
