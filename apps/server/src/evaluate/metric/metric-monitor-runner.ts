import { errorMessage, floorTime } from '@tidewatch/core';
import {
  judgeGroups,
  measuresOfMonitor,
  requestKey,
  type MetricMonitor,
  type MetricMonitorVerdict,
} from '@tidewatch/slo';
import type { Store, VerdictRow } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { PolicedSignal } from '../../notify/incident-manager.js';
import { projectOfRule } from '../rule-project.js';
import { burningSlos, type IsSloBurning } from './burning-slos.js';
import { MeasureReader, type Measured } from './measure-reader.js';
import { metricVerdictRow } from './metric-rows.js';
import { metricSignals } from './metric-signals.js';
import { WrittenVerdicts } from './written-verdicts.js';

/** What is known of a monitor's last round. */
interface Memory {
  readonly until: number;
  readonly verdicts: ReadonlyMap<string, MetricMonitorVerdict>;
}

/** Monitors that are read together: one project, one group-by, one window end. */
interface Batch {
  readonly project: string;
  readonly labels: readonly string[];
  readonly windowEnd: number;
  readonly monitors: MetricMonitor[];
}

/** A monitor that was not running for longer begins anew. */
const REMEMBERED_MS = 86_400_000;

/** Evaluates metric monitors, each when it is due: measures, judges every group, stores verdicts, and makes signals. */
export class MetricMonitorRunner {
  private readonly store: Pick<Store, 'metricQueries' | 'verdicts'>;
  private readonly logger: Logger;
  private readonly reader: MeasureReader;
  private readonly written = new WrittenVerdicts();
  private readonly memory = new Map<string, Memory>();

  constructor(store: Pick<Store, 'metricQueries' | 'verdicts'>, logger: Logger) {
    this.store = store;
    this.logger = logger;
    this.reader = new MeasureReader(store);
  }

  /**
   * Evaluates the monitors that are due and returns the signals for alerting. A monitor that fails is logged, and the others are
   * evaluated all the same.
   *
   * @param horizon until when data is complete; windows end at or before it
   */
  async evaluate(monitors: readonly MetricMonitor[], now: number, horizon: number): Promise<PolicedSignal[]> {
    this.forget(monitors);
    const signals: PolicedSignal[] = [];
    for (const batch of this.dueBatches(monitors, horizon)) {
      // Before reading: a batch that fails is not tried again within the same window.
      const previous = await this.begin(batch);
      try {
        signals.push(...(await this.runBatch(batch, previous, now)));
      } catch (error) {
        const names = batch.monitors.map(({ name }) => name);
        this.logger.error(
          { monitors: names, error: errorMessage(error) },
          'metric monitors could not be evaluated',
        );
      }
    }
    return signals;
  }

  private dueBatches(monitors: readonly MetricMonitor[], horizon: number): Batch[] {
    const batches = new Map<string, Batch>();
    for (const monitor of monitors) {
      const windowEnd = floorTime(horizon, monitor.everyMs);
      if (windowEnd - (this.memory.get(monitor.name)?.until ?? 0) < monitor.everyMs) {
        continue;
      }
      const [project, labels] = [projectOfRule(monitor), monitor.groupBy?.labels ?? []];
      const key = JSON.stringify([project, labels, windowEnd]);
      const batch = batches.get(key) ?? { project, labels, windowEnd, monitors: [] };
      batch.monitors.push(monitor);
      batches.set(key, batch);
    }
    return [...batches.values()];
  }

  /** The verdicts of the last round of each monitor; after a start those of the process before. */
  private async begin({ project, windowEnd, monitors }: Batch): Promise<ReadonlyMap<string, Memory>> {
    const previous = new Map<string, Memory>();
    for (const monitor of monitors) {
      const known = this.memory.get(monitor.name) ?? {
        until: 0,
        verdicts: await this.stored(project, monitor, windowEnd),
      };
      previous.set(monitor.name, known);
      this.memory.set(monitor.name, { ...known, until: windowEnd });
    }
    return previous;
  }

  private async stored(
    project: string,
    { kind, name }: MetricMonitor,
    windowEnd: number,
  ): Promise<ReadonlyMap<string, MetricMonitorVerdict>> {
    const rows = await this.store.verdicts.latest(project, kind, {
      rule: name,
      since: windowEnd - REMEMBERED_MS,
    });
    return new Map(
      rows.map(({ subject, document }) => [subject, JSON.parse(document) as MetricMonitorVerdict]),
    );
  }

  private async runBatch(
    { project, labels, windowEnd, monitors }: Batch,
    previous: ReadonlyMap<string, Memory>,
    now: number,
  ): Promise<PolicedSignal[]> {
    const requests = new Map(
      monitors.flatMap(measuresOfMonitor).map((request) => [requestKey(request), request] as const),
    );
    const measured = await this.reader.read(project, [...requests.values()], labels, windowEnd);
    const isBurning = monitors.some(asksForSlos)
      ? await burningSlos(this.store, project, now)
      : (): boolean => false;
    const signals: PolicedSignal[] = [];
    const rows: VerdictRow[] = [];
    for (const monitor of monitors) {
      const before = previous.get(monitor.name)?.verdicts ?? new Map<string, MetricMonitorVerdict>();
      const verdicts = judge(monitor, measured, { previous: before, windowEnd, isBurning });
      this.memory.set(monitor.name, {
        until: windowEnd,
        verdicts: new Map(verdicts.map((verdict) => [verdict.group, verdict])),
      });
      signals.push(...metricSignals(monitor, verdicts, now));
      rows.push(
        ...verdicts
          .filter((verdict) => this.written.isDue(monitor.name, verdict))
          .map((verdict) => metricVerdictRow(monitor, verdict, now)),
      );
    }
    await this.write(project, rows);
    return signals;
  }

  /** Verdicts that cannot be written must not hold back a page. */
  private async write(project: string, rows: readonly VerdictRow[]): Promise<void> {
    if (rows.length === 0) {
      return;
    }
    try {
      await this.store.verdicts.write(project, rows);
      this.written.note(rows);
    } catch (error) {
      this.logger.error(
        { error: errorMessage(error) },
        'the verdicts of metric monitors could not be stored',
      );
    }
  }

  /** A rule that was removed and comes back later begins anew. */
  private forget(monitors: readonly MetricMonitor[]): void {
    const names = new Set(monitors.map(({ name }) => name));
    for (const name of [...this.memory.keys()].filter((each) => !names.has(each))) {
      this.memory.delete(name);
      this.written.forget(name);
    }
  }
}

function asksForSlos({ page, levels }: MetricMonitor): boolean {
  return page === 'beside-slo' && levels.some(({ level }) => level === 'page');
}

/** A metric that cannot be read makes an error, unless what can be read proves an alarm or a warning by itself. */
function judge(
  monitor: MetricMonitor,
  { groups, failures }: Measured,
  {
    previous,
    windowEnd,
    isBurning,
  }: {
    readonly previous: ReadonlyMap<string, MetricMonitorVerdict>;
    readonly windowEnd: number;
    readonly isBurning: IsSloBurning;
  },
): MetricMonitorVerdict[] {
  const evidence = { monitor, measured: groups, previous, sloBurning: isBurning(monitor), windowEnd };
  const verdicts = judgeGroups(evidence);
  const reason = measuresOfMonitor(monitor)
    .map((request) => failures.get(requestKey(request)))
    .find((each) => each !== undefined);
  if (reason === undefined) {
    return verdicts;
  }
  const failed = new Map(
    judgeGroups({ ...evidence, error: reason }).map((verdict) => [verdict.group, verdict]),
  );
  return verdicts.map((verdict) =>
    verdict.state === 'alarm' || verdict.state === 'watch' ? verdict : (failed.get(verdict.group) ?? verdict),
  );
}
