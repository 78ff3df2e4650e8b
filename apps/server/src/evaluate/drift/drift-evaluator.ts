import type { Signal } from '@tidewatch/alerts';
import { errorMessage, floorTime, type TimeRange } from '@tidewatch/core';
import {
  describeBaseline,
  judgeRun,
  summariseMonitor,
  type DriftMonitor,
  type DriftVerdict,
  type PreviousDecision,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { LateBlocks } from '../late-blocks.js';
import { projectOfRule } from '../rule-project.js';
import { driftSignal } from '../signals.js';
import { verdictRow } from '../verdict-rows.js';
import { compareWindow, streamsOf } from './compare-window.js';
import { CountedStreams } from './counted-streams.js';
import { explainAlarms } from './explain-alarms.js';
import { MonitorBaselines } from './monitor-baselines.js';

/** Windows that late samples may make to be judged again in one round, the newest first. */
const MOST_REVISIONS = 100;

/** What is known of a monitor's last run. */
interface Memory {
  /** Window end of the last run. */
  until: number;
  /** Its verdicts by subject; `null` until they were looked up after a start. */
  previous: ReadonlyMap<string, PreviousDecision> | null;
}

/** Compares the last window of each drift monitor with its baseline, when the monitor is due. */
export class DriftEvaluator {
  private readonly store: Store;
  private readonly logger: Logger;
  private readonly streams: CountedStreams;
  private readonly baselines: MonitorBaselines;
  private readonly late: LateBlocks;
  private readonly memory = new Map<string, Memory>();

  constructor(store: Store, logger: Logger) {
    this.store = store;
    this.logger = logger;
    this.streams = new CountedStreams(store);
    this.baselines = new MonitorBaselines(store);
    this.late = new LateBlocks(store, ['predictions']);
  }

  /**
   * Evaluates the monitors that are due at `now` and returns the signals for alerting.
   *
   * @param horizon until when data is complete; windows end at or before it
   */
  async evaluate(monitors: readonly DriftMonitor[], now: number, horizon: number): Promise<Signal[]> {
    const signals: Signal[] = [];
    const late = await this.lateSamples(monitors, now);
    for (const monitor of monitors) {
      try {
        await this.revise(monitor, late.get(projectOfRule(monitor)) ?? [], now);
        const signal = await this.run(monitor, now, horizon);
        signals.push(...(signal === null ? [] : [signal]));
      } catch (error) {
        this.logger.error(
          { monitor: monitor.name, error: errorMessage(error) },
          'a drift monitor could not be evaluated',
        );
      }
    }
    return signals;
  }

  private async lateSamples(
    monitors: readonly DriftMonitor[],
    now: number,
  ): Promise<ReadonlyMap<string, TimeRange[]>> {
    const projects = [...new Set(monitors.map(projectOfRule))];
    return new Map(
      await Promise.all(
        projects.map(async (project) => [project, await this.late.since(project, now)] as const),
      ),
    );
  }

  private async run(monitor: DriftMonitor, now: number, horizon: number): Promise<Signal | null> {
    const windowEnd = floorTime(floorTime(horizon, monitor.everyMs), monitor.bucketMs);
    const memory = this.memory.get(monitor.name) ?? { until: 0, previous: null };
    if (windowEnd - memory.until < monitor.everyMs) {
      return null;
    }
    const window = { from: windowEnd - monitor.windowMs, to: windowEnd };
    const previous = memory.previous ?? (await this.lastVerdicts(monitor, windowEnd));
    // Before judging: one that fails is not tried again and again within the same window.
    this.memory.set(monitor.name, { until: windowEnd, previous });
    const verdicts = await this.judge(monitor, window, now, { previous, revised: false });
    this.memory.set(monitor.name, {
      until: windowEnd,
      previous: new Map(verdicts.map(({ subject, since }) => [subject, { windowEnd, since }])),
    });
    // The signal does not wait for the rows: verdicts that cannot be written must not hold back a ticket.
    const signal = driftSignal(monitor, summariseMonitor(verdicts), now);
    try {
      await this.write(monitor, verdicts, now);
    } catch (error) {
      this.logger.error(
        { monitor: monitor.name, error: errorMessage(error) },
        'the verdicts of a drift monitor could not be stored',
      );
    }
    return signal;
  }

  /** Counts again what late samples reached into, and judges the windows anew that it changes. Raises no signal. */
  private async revise(monitor: DriftMonitor, late: readonly TimeRange[], now: number): Promise<void> {
    const memory = this.memory.get(monitor.name);
    if (late.length === 0 || memory === undefined) {
      return;
    }
    const window = { from: memory.until - monitor.windowMs, to: memory.until };
    const baseline = await this.baselines.of(monitor, window, now);
    if (baseline === null) {
      return;
    }
    const project = projectOfRule(monitor);
    const { window: current, reference } = streamsOf(monitor, baseline);
    const reopened = await this.streams.recount(project, current, late);
    if (reference !== null && reference !== current) {
      await this.streams.recount(project, reference, late);
    }
    const ends = affectedEnds(monitor, reopened, memory.until);
    for (const end of ends) {
      await this.judgeAgain(monitor, end, now);
    }
  }

  private async judgeAgain(monitor: DriftMonitor, end: number, now: number): Promise<void> {
    const { everyMs, windowMs } = monitor;
    const stored = await this.store.verdicts.history(projectOfRule(monitor), {
      kind: monitor.kind,
      rule: monitor.name,
      subject: null,
      range: { from: end - 2 * everyMs, to: end + 1 },
    });
    const documents = stored.map((row) => JSON.parse(row.document) as DriftVerdict);
    const given = new Map(
      documents.filter(({ window }) => window.to === end).map((verdict) => [verdict.subject, verdict]),
    );
    if (given.size === 0) {
      return;
    }
    const previous = new Map(
      documents
        .filter(({ window }) => window.to < end)
        .map(({ subject, window, since }) => [subject, { windowEnd: window.to, since }]),
    );
    const verdicts = await this.judge(monitor, { from: end - windowMs, to: end }, now, {
      previous,
      revised: true,
    });
    const changed = verdicts.filter((verdict) => {
      const before = given.get(verdict.subject);
      return before === undefined || before.n !== verdict.n || before.statistic !== verdict.statistic;
    });
    await this.write(monitor, changed, now);
  }

  private async judge(
    monitor: DriftMonitor,
    window: TimeRange,
    now: number,
    { previous, revised }: { previous: ReadonlyMap<string, PreviousDecision>; revised: boolean },
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

  private async write(monitor: DriftMonitor, verdicts: readonly DriftVerdict[], now: number): Promise<void> {
    const rows = verdicts.map((verdict) => verdictRow(monitor, verdict, now));
    await this.store.verdicts.write(projectOfRule(monitor), rows);
  }

  /** After a start: what the process before concluded, so that a difference that has lasted goes on lasting. */
  private async lastVerdicts(
    monitor: DriftMonitor,
    windowEnd: number,
  ): Promise<ReadonlyMap<string, PreviousDecision>> {
    const rows = await this.store.verdicts.latest(projectOfRule(monitor), monitor.kind, {
      rule: monitor.name,
      since: windowEnd - 3 * monitor.everyMs,
    });
    return new Map(
      rows.map((row) => {
        const { subject, window, since } = JSON.parse(row.document) as DriftVerdict;
        return [subject, { windowEnd: window.to, since }];
      }),
    );
  }
}

/** Ends of judged windows that `reopened` buckets lie in, the newest first. */
function affectedEnds(monitor: DriftMonitor, reopened: readonly TimeRange[], until: number): number[] {
  const { everyMs, windowMs } = monitor;
  const ends = new Set<number>();
  for (const { from, to } of reopened) {
    const last = Math.min(until, floorTime(to + windowMs - 1, everyMs));
    for (let end = last; end > from && ends.size < MOST_REVISIONS; end -= everyMs) {
      ends.add(end);
    }
  }
  return [...ends].sort((a, b) => b - a);
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
