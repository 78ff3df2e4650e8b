import { groupJackknife, studentQuantile, wilsonInterval } from '@tidewatch/stats';
import { CONFIDENCE } from '../metrics/drift-metric.js';
import type { MetricContext, PerformanceMetric, Share } from './metrics/performance-metric.js';
import { addPerformance, NO_PERFORMANCE, type PerformanceSums } from './performance-sums.js';

/**
 * Predictions in random groups, by a hash of their id: what a metric would be without each of them tells how sure it is,
 * whatever its formula.
 */
export interface GroupedPerformance {
  readonly whole: PerformanceSums;
  /** The sums without group g. */
  readonly without: readonly PerformanceSums[];
}

/** How many groups. Student's law of 19 degrees of freedom is only 7 % wider than the normal one. */
export const PERFORMANCE_GROUPS = 20;

/** Puts groups together. Each is added a few times and not once per group left out: sums before it and sums after it. */
export function groupPerformance(groups: readonly PerformanceSums[]): GroupedPerformance {
  const before: PerformanceSums[] = [NO_PERFORMANCE];
  groups.forEach((group, index) => before.push(addPerformance(before[index]!, group)));
  const without: PerformanceSums[] = [];
  let after = NO_PERFORMANCE;
  for (let index = groups.length - 1; index >= 0; index -= 1) {
    without.unshift(addPerformance(before[index]!, after));
    after = addPerformance(groups[index]!, after);
  }
  return { whole: before[groups.length]!, without };
}

/** A metric with its uncertainty. */
export interface MeasuredMetric {
  readonly value: number;
  /** Ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Cases that it rests on. */
  readonly n: number;
  /** Where the metric is a share. */
  readonly share: Share | null;
}

/**
 * A metric of grouped predictions; `null` where they do not hold what it takes. A share has Wilson's interval, others
 * Student's over the delete-a-group jackknife.
 */
export function measureMetric(
  metric: PerformanceMetric,
  { whole, without }: GroupedPerformance,
  context: MetricContext,
): MeasuredMetric | null {
  const value = metric.value(whole, context);
  if (value === null) {
    return null;
  }
  const n = metric.cases(whole, context);
  const share = metric.share?.(whole, context) ?? null;
  if (share !== null) {
    const { low, high } = wilsonInterval(share.k, share.n, CONFIDENCE);
    return { value, low, high, standardError: Math.sqrt((value * (1 - value)) / share.n), n, share };
  }
  const leftOut = without.map((sums) => metric.value(sums, context));
  if (leftOut.length < 2 || leftOut.includes(null)) {
    return null;
  }
  const standardError = groupJackknife(leftOut as number[]);
  const half = studentQuantile((1 + CONFIDENCE) / 2, leftOut.length - 1) * standardError;
  return { value, low: value - half, high: value + half, standardError, n, share };
}
