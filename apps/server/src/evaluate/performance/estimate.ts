import { floorTime, type TimeRange } from '@tidewatch/core';
import {
  backTest,
  estimateAccuracy,
  performanceMetrics,
  sumPerformance,
  type BackTest,
  type BackTestedWindow,
  type EstimatedAccuracy,
  type NoEstimate,
  type PerformanceMonitor,
  type PerformanceSums,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import { projectOfRule } from '../rule-project.js';
import { performanceQuery, readPerformance, type MeasuredWindow } from './read-performance.js';

/** Accuracy as it is now, by what scores promise, and how good such estimates were when labels had come. */
export interface AccuracyEstimate {
  readonly window: TimeRange;
  readonly estimate: EstimatedAccuracy | NoEstimate;
  readonly backTest: BackTest;
}

/** Windows whose labels have come that estimates are tested on. */
const TESTED = 7;
/** Checks whose alarm says that inputs lie where the reference has none. */
const OUTSIDE = /^(range|newCategories)\//;

/**
 * Estimates the accuracy of the newest window, whose labels have not come. The reference is the baseline of the last window
 * that has them; without a baseline, that window.
 */
export async function estimateNow(
  store: Pick<Store, 'performance' | 'verdicts'>,
  monitor: PerformanceMonitor,
  horizon: number,
): Promise<AccuracyEstimate> {
  const { windowMs, bucketMs, maturityMs, population } = monitor;
  const to = floorTime(horizon, bucketMs);
  const window = { from: to - windowMs, to };
  const mature = floorTime(horizon - maturityMs, bucketMs);
  const reference = referenceOf(
    await readPerformance(store, monitor, { from: mature - windowMs, to: mature }),
  );
  const outside = await outsideReference(store, monitor, window);
  const current = await store.performance.sums(projectOfRule(monitor), {
    ...performanceQuery({ ...monitor, population, segments: [] }),
    ranges: [window],
  });
  const estimate =
    outside === null
      ? estimateAccuracy(wholeOf(current), reference, monitor)
      : { off: `${outside}, so that nobody knows what scores mean there` };
  return { window, estimate, backTest: backTest(await testedWindows(store, monitor, mature)) };
}

async function testedWindows(
  store: Pick<Store, 'performance'>,
  monitor: PerformanceMonitor,
  mature: number,
): Promise<BackTestedWindow[]> {
  const { windowMs } = monitor;
  const tested: BackTestedWindow[] = [];
  for (let index = 0; index < TESTED; index += 1) {
    const window = { from: mature - (index + 1) * windowMs, to: mature - index * windowMs };
    const before = { from: window.from - windowMs, to: window.from };
    const measured = await readPerformance(store, { ...monitor, segments: [] }, window);
    // Without a baseline of its own a window is tested against the one before.
    const reference =
      measured.reference === null
        ? referenceOf(await readPerformance(store, { ...monitor, segments: [] }, before))
        : referenceOf(measured);
    const whole = wholeOf(measured.current);
    const realised = performanceMetrics.accuracy.value(whole, monitor);
    const estimate = estimateAccuracy(whole, reference, monitor);
    if (realised !== null && 'accuracy' in estimate) {
      const { accuracy, low, high } = estimate;
      tested.unshift({ ...window, estimated: accuracy, low, high, realised });
    }
  }
  return tested;
}

/** What a quality monitor of the model says of inputs beyond its baseline; `null` where none complains. */
async function outsideReference(
  store: Pick<Store, 'verdicts'>,
  monitor: PerformanceMonitor,
  window: TimeRange,
): Promise<string | null> {
  const rows = await store.verdicts.latest(projectOfRule(monitor), 'QualityMonitor', { since: window.from });
  const found = rows.find(
    ({ model, state, subject }) =>
      model === monitor.population.model && state === 'alarm' && OUTSIDE.test(subject),
  );
  return found === undefined
    ? null
    : `monitor ${found.rule} says that inputs lie outside the reference (${found.subject})`;
}

function referenceOf({ reference, current }: MeasuredWindow): readonly PerformanceSums[] {
  return (reference ?? current).find(({ segment }) => segment === '')?.groups ?? [];
}

function wholeOf(segments: MeasuredWindow['current']): PerformanceSums {
  return sumPerformance(segments.find(({ segment }) => segment === '')?.groups ?? []);
}
