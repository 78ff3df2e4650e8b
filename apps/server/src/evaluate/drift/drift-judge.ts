import type { TimeRange } from '@tidewatch/core';
import {
  describeBaseline,
  judgeRun,
  type DriftMonitor,
  type DriftRunInput,
  type DriftVerdict,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { Judging, MonitorJudge } from '../monitor-runner.js';
import { compareWindow } from './compare-window.js';
import { CountedStreams } from './counted-streams.js';
import { explainAlarms } from './explain-alarms.js';
import { MonitorBaselines } from './monitor-baselines.js';
import { readHistograms } from './read-histograms.js';
import { recountStreams } from './recount-streams.js';

type SamplesCompared = Pick<DriftRunInput, 'baseline' | 'comparisons' | 'problems'>;

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
    this.baselines = new MonitorBaselines(store, this.streams);
  }

  /** Counts again what late samples reached into. */
  async reopen(
    monitor: DriftMonitor,
    late: readonly TimeRange[],
    judgedUntil: number,
    now: number,
  ): Promise<readonly TimeRange[]> {
    if (!watchesSamples(monitor)) {
      return [];
    }
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
    const metrics = await readHistograms(this.store, monitor, window);
    const { baseline, comparisons, problems } = watchesSamples(monitor)
      ? await this.compareSamples(monitor, window, now)
      : { baseline: { name: describeBaseline(monitor.baseline), version: 0 }, comparisons: [], problems: [] };
    const verdicts = judgeRun({
      monitor,
      window,
      baseline,
      comparisons,
      histograms: metrics.histograms,
      problems: [...problems, ...metrics.problems],
      previous,
      revised,
    });
    return explainAlarms({ store: this.store, logger: this.logger }, monitor, verdicts, comparisons);
  }

  private async compareSamples(
    monitor: DriftMonitor,
    window: TimeRange,
    now: number,
  ): Promise<SamplesCompared> {
    const baseline = await this.baselines.of(monitor, window, now);
    if (baseline === null) {
      return withoutBaseline(monitor);
    }
    const { name, version } = baseline;
    const { comparisons, problems } = await compareWindow(
      this.store,
      this.streams,
      monitor,
      baseline,
      window,
    );
    return { baseline: { name, version }, comparisons, problems };
  }
}

/** Whether a monitor looks at samples, and not at metrics alone. */
function watchesSamples({ features, outputs, attributions, truth }: DriftMonitor): boolean {
  return truth !== null || [features, outputs, attributions].some((choice) => choice !== 'none');
}

/** Nothing can be compared, and why. */
function withoutBaseline(monitor: DriftMonitor): SamplesCompared {
  const name = describeBaseline(monitor.baseline);
  const message =
    monitor.baseline.kind === 'fixed'
      ? `there is no baseline ${name} of model ${monitor.population.model}; upload it with PUT /v1/baselines/${monitor.population.model}/${name}.`
      : `too few samples are recorded to make the baseline (${name}).`;
  const variables = Array.isArray(monitor.features) ? (monitor.features as readonly string[]) : ['all'];
  return {
    baseline: { name, version: 0 },
    comparisons: [],
    problems: variables.map((variable) => ({
      variable: { source: 'feature', name: variable },
      segment: '',
      message,
      kind: 'no-data',
    })),
  };
}
