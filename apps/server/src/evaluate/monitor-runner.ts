import type { Signal } from '@tidewatch/alerts';
import { errorMessage, floorTime, type TimeRange } from '@tidewatch/core';
import {
  SUMMARY_WORDS,
  summariseMonitor,
  type FalseAlarmBudget,
  type MeaningfulVerdict,
  type Monitor,
  type Population,
  type PreviousDecision,
  type RaisingAspect,
  type RuleAbout,
  type SummarisedVerdict,
  type Verdict,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { LateBlocks } from './late-blocks.js';
import { projectOfRule } from './rule-project.js';
import { monitorSignal } from './signals.js';
import { verdictRow } from './verdict-rows.js';
import { readVersions, type VersionsInUse } from './versions-in-use.js';

/** Windows that late samples may make to be judged again in one round, the newest first. */
const MOST_REVISIONS = 100;

/** What running a monitor asks of its rule. */
export interface ScheduledMonitor extends RuleAbout {
  readonly kind: Monitor['kind'];
  readonly population: Population;
  readonly windowMs: number;
  readonly everyMs: number;
  /** Windows end at multiples of it. */
  readonly bucketMs: number;
  /** How long a window is waited for after its end: until labels have come. */
  readonly maturityMs?: number;
  readonly severity: 'page' | 'ticket';
  /** Makes the ticket a page while one of these fires beside it. */
  readonly raiseWith?: readonly RaisingAspect[];
  readonly falseAlarmBudget?: FalseAlarmBudget;
}

/** How a judgement comes about. */
export interface Judging {
  readonly now: number;
  /** What the run before said of each subject. */
  readonly previous: ReadonlyMap<string, PreviousDecision>;
  /** Whether the window was judged before, and late data changed it. */
  readonly revised: boolean;
}

/** A verdict of any kind of monitor, as alerting needs it. */
type JudgedVerdict = Verdict & SummarisedVerdict & MeaningfulVerdict;

/** Judges windows of one kind of monitor. */
export interface MonitorJudge<M extends ScheduledMonitor> {
  /** The tables in which late rows make a window to be judged again. */
  readonly tables: readonly string[];
  /** All verdicts about one window. */
  judge(monitor: M, window: TimeRange, judging: Judging): Promise<readonly JudgedVerdict[]>;
  /**
   * Takes up rows that came late to stretches of time.
   *
   * @param judgedUntil end of the last judged window
   * @returns the stretches in which windows have to be judged again
   */
  reopen(
    monitor: M,
    late: readonly TimeRange[],
    judgedUntil: number,
    now: number,
  ): Promise<readonly TimeRange[]>;
}

/** What is known of a monitor's last run. */
interface Memory {
  /** Window end of the last run. */
  until: number;
  /** Its verdicts by subject; `null` until they were looked up after a start. */
  previous: ReadonlyMap<string, PreviousDecision> | null;
}

/** What a runner needs of the store. */
type RunnerStore = Pick<Store, 'verdicts' | 'ingest' | 'performance' | 'deployments'>;

const NO_VERSIONS: VersionsInUse = { stable: '', candidate: '' };

/** Evaluates the monitors of one kind, each when it is due: judges its window, stores the verdicts, and raises a signal. */
export class MonitorRunner<M extends ScheduledMonitor> {
  private readonly store: RunnerStore;
  private readonly logger: Logger;
  private readonly judge: MonitorJudge<M>;
  private readonly late: LateBlocks;
  private readonly memory = new Map<string, Memory>();

  constructor(store: RunnerStore, logger: Logger, judge: MonitorJudge<M>) {
    this.store = store;
    this.logger = logger;
    this.judge = judge;
    this.late = new LateBlocks(store, judge.tables);
  }

  /**
   * Evaluates the monitors that are due at `now` and returns the signals for alerting. A monitor that fails is logged, and
   * the others are evaluated all the same.
   *
   * @param horizon until when data is complete; windows end at or before it
   */
  async evaluate(monitors: readonly M[], now: number, horizon: number): Promise<Signal[]> {
    const signals: Signal[] = [];
    const late = await this.lateRows(monitors, now);
    for (const monitor of monitors) {
      try {
        await this.revise(monitor, late.get(projectOfRule(monitor)) ?? [], now);
        const signal = await this.run(monitor, now, horizon);
        signals.push(...(signal === null ? [] : [signal]));
      } catch (error) {
        this.logger.error(
          { kind: monitor.kind, monitor: monitor.name, error: errorMessage(error) },
          'a monitor could not be evaluated',
        );
      }
    }
    return signals;
  }

  private async lateRows(monitors: readonly M[], now: number): Promise<ReadonlyMap<string, TimeRange[]>> {
    const projects = [...new Set(monitors.map(projectOfRule))];
    return new Map(
      await Promise.all(
        projects.map(async (project) => [project, await this.late.since(project, now)] as const),
      ),
    );
  }

  private async run(monitor: M, now: number, horizon: number): Promise<Signal | null> {
    const complete = horizon - (monitor.maturityMs ?? 0);
    const windowEnd = floorTime(floorTime(complete, monitor.everyMs), monitor.bucketMs);
    const memory = this.memory.get(monitor.name) ?? { until: 0, previous: null };
    if (windowEnd - memory.until < monitor.everyMs) {
      return null;
    }
    const window = { from: windowEnd - monitor.windowMs, to: windowEnd };
    const previous = memory.previous ?? (await this.lastVerdicts(monitor, windowEnd));
    // Before judging: one that fails is not tried again and again within the same window.
    this.memory.set(monitor.name, { until: windowEnd, previous });
    const verdicts = await this.judge.judge(monitor, window, { now, previous, revised: false });
    this.memory.set(monitor.name, {
      until: windowEnd,
      previous: new Map(verdicts.map(({ subject, since }) => [subject, { windowEnd, since }])),
    });
    // The signal does not wait for the rows: verdicts that cannot be written must not hold back a ticket.
    const summary = summariseMonitor(verdicts, SUMMARY_WORDS[monitor.kind]);
    const versions = summary.state === 'alarm' ? await this.versionsOf(monitor, window) : NO_VERSIONS;
    const signal = monitorSignal(monitor, { summary, verdicts, versions }, now);
    try {
      await this.write(monitor, verdicts, now);
    } catch (error) {
      this.logger.error(
        { kind: monitor.kind, monitor: monitor.name, error: errorMessage(error) },
        'the verdicts of a monitor could not be stored',
      );
    }
    return signal;
  }

  /** Judges the windows anew that late rows change. Raises no signal. */
  private async revise(monitor: M, late: readonly TimeRange[], now: number): Promise<void> {
    const memory = this.memory.get(monitor.name);
    if (late.length === 0 || memory === undefined) {
      return;
    }
    const reopened = await this.judge.reopen(monitor, late, memory.until, now);
    for (const end of affectedEnds(monitor, reopened, memory.until)) {
      await this.judgeAgain(monitor, end, now);
    }
  }

  private async judgeAgain(monitor: M, end: number, now: number): Promise<void> {
    const { everyMs, windowMs } = monitor;
    const stored = await this.store.verdicts.history(projectOfRule(monitor), {
      kind: monitor.kind,
      rule: monitor.name,
      subject: null,
      range: { from: end - 2 * everyMs, to: end + 1 },
    });
    const documents = stored.map((row) => JSON.parse(row.document) as Verdict);
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
    const window = { from: end - windowMs, to: end };
    const verdicts = await this.judge.judge(monitor, window, { now, previous, revised: true });
    const changed = verdicts.filter((verdict) => {
      const before = given.get(verdict.subject);
      return before === undefined || before.n !== verdict.n || before.statistic !== verdict.statistic;
    });
    await this.write(monitor, changed, now);
  }

  /** A ticket without versions is better than none. */
  private async versionsOf(monitor: M, window: TimeRange): Promise<VersionsInUse> {
    try {
      return await readVersions(this.store, projectOfRule(monitor), monitor.population, window);
    } catch (error) {
      this.logger.warn(
        { kind: monitor.kind, monitor: monitor.name, error: errorMessage(error) },
        'the versions of a model could not be read for an alarm',
      );
      return NO_VERSIONS;
    }
  }

  private async write(monitor: M, verdicts: readonly JudgedVerdict[], now: number): Promise<void> {
    const rows = verdicts.map((verdict) => verdictRow(monitor, verdict, now));
    await this.store.verdicts.write(projectOfRule(monitor), rows);
  }

  /** After a start: what the process before concluded, so that a difference that has lasted goes on lasting. */
  private async lastVerdicts(monitor: M, windowEnd: number): Promise<ReadonlyMap<string, PreviousDecision>> {
    const rows = await this.store.verdicts.latest(projectOfRule(monitor), monitor.kind, {
      rule: monitor.name,
      since: windowEnd - 3 * monitor.everyMs,
    });
    return new Map(
      rows.map((row) => {
        const { subject, window, since } = JSON.parse(row.document) as Verdict;
        return [subject, { windowEnd: window.to, since }];
      }),
    );
  }
}

/** Ends of judged windows that `reopened` stretches lie in, the newest first. */
function affectedEnds(
  { everyMs, windowMs }: ScheduledMonitor,
  reopened: readonly TimeRange[],
  until: number,
): number[] {
  const ends = new Set<number>();
  for (const { from, to } of reopened) {
    const last = Math.min(until, floorTime(to + windowMs - 1, everyMs));
    for (let end = last; end > from && ends.size < MOST_REVISIONS; end -= everyMs) {
      ends.add(end);
    }
  }
  return [...ends].sort((a, b) => b - a);
}
