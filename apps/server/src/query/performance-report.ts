import type { TimeRange } from '@tidewatch/core';
import {
  classesOf,
  groupPerformance,
  measureMetric,
  performanceMetrics,
  type GroupedPerformance,
  type PerformanceMetricName,
  type PerformanceMonitor,
  type PerformanceSums,
  type SegmentPerformance,
} from '@tidewatch/drift';

/** A metric with its 95 % interval and the cases that it rests on. */
export interface MetricView {
  readonly name: PerformanceMetricName;
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** How well a model predicted in one segment. */
export interface SegmentReport {
  /** Empty for all predictions. */
  readonly segment: string;
  readonly predictions: number;
  readonly labelled: number;
  readonly metrics: readonly MetricView[];
}

/** How often each predicted class was each true one: `counts[predicted][true]`. */
export interface ConfusionView {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** What scores promised and what happened. */
export interface CalibrationBin {
  readonly meanScore: number;
  readonly share: number;
  readonly n: number;
}

/** How well a model predicted in one window. */
export interface PerformanceReport {
  readonly monitor: string;
  readonly window: TimeRange;
  readonly maturityMs: number;
  readonly positive: string | null;
  readonly segments: readonly SegmentReport[];
  readonly confusion: ConfusionView;
  readonly calibration: readonly CalibrationBin[];
}

const MOST_CLASSES = 20;
const BINS = 10;

/** Puts a report together from what was summed. */
export function performanceReport(
  monitor: PerformanceMonitor,
  window: TimeRange,
  segments: readonly SegmentPerformance[],
): PerformanceReport {
  const { name, maturityMs, positive } = monitor;
  const grouped = segments.map(({ segment, groups }) => [segment, groupPerformance(groups)] as const);
  const whole = grouped.find(([segment]) => segment === '')?.[1].whole;
  return {
    monitor: name,
    window,
    maturityMs,
    positive,
    segments: grouped.map(([segment, sums]) => ({
      segment,
      predictions: sums.whole.predictions,
      labelled: sums.whole.labelled,
      metrics: metricsOf(sums, monitor),
    })),
    confusion: whole === undefined ? { classes: [], counts: [] } : confusionOf(whole),
    calibration: whole === undefined ? [] : calibrationOf(whole),
  };
}

function metricsOf(sums: GroupedPerformance, monitor: PerformanceMonitor): MetricView[] {
  return Object.values(performanceMetrics).flatMap((metric) => {
    const measured = measureMetric(metric, sums, monitor);
    if (measured === null) {
      return [];
    }
    const { value, low, high, n } = measured;
    return [{ name: metric.name, label: metric.label, value, low, high, n }];
  });
}

function confusionOf({ confusion }: PerformanceSums): ConfusionView {
  const sizes = new Map<string, number>();
  for (const [pair, cases] of confusion) {
    const { predicted, truth } = classesOf(pair);
    [predicted, truth].forEach((each) => sizes.set(each, (sizes.get(each) ?? 0) + cases));
  }
  const sorted = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const named = new Set(sorted.slice(0, MOST_CLASSES));
  const classes = sorted.length > MOST_CLASSES ? [...named, 'all others'] : [...named];
  const counts = classes.map(() => classes.map(() => 0));
  const indexOf = (name: string): number => (named.has(name) ? classes.indexOf(name) : classes.length - 1);
  for (const [pair, cases] of confusion) {
    const { predicted, truth } = classesOf(pair);
    counts[indexOf(predicted)]![indexOf(truth)]! += cases;
  }
  return { classes, counts };
}

function calibrationOf({ scores }: PerformanceSums): CalibrationBin[] {
  const bins = Array.from({ length: BINS }, () => ({ n: 0, hits: 0, scores: 0 }));
  for (const [key, bin] of scores) {
    const into = bins[Math.floor((key >> 1) / 100)]!;
    into.n += bin.labelled;
    into.hits += bin.hits;
    into.scores += bin.scores;
  }
  return bins
    .filter(({ n }) => n > 0)
    .map(({ n, hits, scores: sum }) => ({ meanScore: sum / n, share: hits / n, n }));
}
