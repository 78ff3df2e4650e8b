import type { TimeRange } from '@tidewatch/core';
import {
  describeBaseline,
  judgeRun,
  type DriftMonitor,
  type DriftVerdict,
  type PreviousDecision,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { Judging, MonitorJudge } from '../monitor-runner.js';
import { compareWindow } from './compare-window.js';
import { CountedStreams } from './counted-streams.js';
import { explainAlarms } from './explain-alarms.js';
import { MonitorBaselines } from './monitor-baselines.js';
import { recountStreams } from './recount-streams.js';

/** Compares windows of drift monitors with their baselines. */
export class DriftJudge implements MonitorJudge<DriftMonitor> {
  readonly tables: readonly string[];
  private readonly store: Store;
  private readonly logger: Logger;
  private readonly streams: CountedStreams;
  private readonly baselines: MonitorBaselines;

  /** @param source which values are judged: late labels concern ground truth alone */
  constructor(store: Store, logger: Logger, source: 'sent' | 'truth' = 'sent') {
    this.tables = source === 'truth' ? ['predictions', 'labels'] : ['predictions'];
    this.store = store;
    this.logger = logger;
    this.streams = new CountedStreams(store);
    this.baselines = new MonitorBaselines(store);
  }

  /** Counts again what late samples reached into. */
  async reopen(
    monitor: DriftMonitor,
    late: readonly TimeRange[],
    judgedUntil: number,
    now: number,
  ): Promise<readonly TimeRange[]> {
    const window = { from: judgedUntil - monitor.windowMs, to: judgedUntil };
    const baseline = await this.baselines.of(monitor, window, now);
    // A late label belongs to a prediction that may be older than it by the maturity.
    const touched = late.map(({ from, to }) => ({ from: from - monitor.maturityMs, to }));
    return baseline === null ? [] : recountStreams(this.streams, monitor, baseline, touched);
  }

  /** The verdicts of one window; the largest alarms with the segments that carry them. */
  async judge(
    monitor: DriftMonitor,
    window: TimeRange,
    { now, previous, revised }: Judging,
  ): Promise<DriftVerdict[]> {
    const baseline = await this.baselines.of(monitor, window, now);
    if (baseline === null) {
      return judgeRun(withoutBaseline(monitor, window, previous, revised));
    }
    const { comparisons, problems } = await compareWindow(
      this.store,
      this.streams,
      monitor,
      baseline,
      window,
    );
    const { name, version } = baseline;
    const verdicts = judgeRun({
      monitor,
      window,
      baseline: { name, version },
      comparisons,
      problems,
      previous,
      revised,
    });
    return explainAlarms({ store: this.store, logger: this.logger }, monitor, verdicts, comparisons);
  }
}

/** A run in which nothing can be compared, and why. */
function withoutBaseline(
  monitor: DriftMonitor,
  window: TimeRange,
  previous: ReadonlyMap<string, PreviousDecision>,
  revised: boolean,
): Parameters<typeof judgeRun>[0] {
  const name = describeBaseline(monitor.baseline);
  const message =
    monitor.baseline.kind === 'fixed'
      ? `there is no baseline ${name} of model ${monitor.population.model}; upload it with PUT /v1/baselines/${monitor.population.model}/${name}.`
      : `too few samples are recorded to make the baseline (${name}).`;
  const variables = Array.isArray(monitor.features) ? (monitor.features as readonly string[]) : ['all'];
  return {
    monitor,
    window,
    baseline: { name, version: 0 },
    comparisons: [],
    problems: variables.map((variable) => ({
      variable: { source: 'feature', name: variable },
      segment: '',
      message,
      kind: 'no-data',
    })),
    previous,
    revised,
  };
}
