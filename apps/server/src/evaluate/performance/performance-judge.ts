import { errorMessage, type TimeRange } from '@tidewatch/core';
import {
  describeBaseline,
  judgePerformance,
  type PairedOutcomes,
  type PerformanceMonitor,
  type PerformanceVerdict,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Judging, MonitorJudge } from '../monitor-runner.js';
import { projectOfRule } from '../rule-project.js';
import { NOT_MEASURED, readPerformance, type MeasuredWindow } from './read-performance.js';

/** Judges how well a model predicted in windows of performance monitors. */
export class PerformanceJudge implements MonitorJudge<PerformanceMonitor> {
  readonly tables = ['predictions', 'labels'];
  private readonly store: Pick<Store, 'performance'>;

  constructor(store: Pick<Store, 'performance'>) {
    this.store = store;
  }

  /** A late label belongs to a prediction that may be older than it by the maturity. */
  reopen(monitor: PerformanceMonitor, late: readonly TimeRange[]): Promise<readonly TimeRange[]> {
    return Promise.resolve(late.map(({ from, to }) => ({ from: from - monitor.maturityMs, to })));
  }

  /** The verdicts of one window. What cannot be read is an error; the rest is judged. */
  async judge(
    monitor: PerformanceMonitor,
    window: TimeRange,
    { previous, revised }: Judging,
  ): Promise<PerformanceVerdict[]> {
    const failures: { metrics?: string; paired?: string } = {};
    let measured: MeasuredWindow = NOT_MEASURED;
    try {
      measured = await readPerformance(this.store, monitor, window);
    } catch (error) {
      failures.metrics = errorMessage(error);
    }
    let paired: PairedOutcomes | null = null;
    try {
      paired = await this.pairs(monitor, window);
    } catch (error) {
      failures.paired = errorMessage(error);
    }
    const { baseline } = monitor;
    return judgePerformance({
      monitor,
      window,
      baseline: baseline === null ? null : { name: describeBaseline(baseline), version: 0 },
      ...measured,
      paired,
      failures,
      previous,
      revised,
    });
  }

  private async pairs(monitor: PerformanceMonitor, range: TimeRange): Promise<PairedOutcomes | null> {
    const { paired: variants, population, maturityMs, labelSource } = monitor;
    return variants === null
      ? null
      : this.store.performance.pairs(projectOfRule(monitor), {
          ...{ population, maturityMs, labelSource },
          range,
          variants,
        });
  }
}
