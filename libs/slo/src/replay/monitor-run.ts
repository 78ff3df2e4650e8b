import { ceilTime } from '@tidewatch/core';
import { measureSeries } from '../condition/measure-series.js';
import type { RawSeries } from '../condition/raw-series.js';
import { judgeGroups, measuresOfMonitor } from '../metric-monitor/judge-groups.js';
import type { MetricMonitor } from '../metric-monitor/metric-monitor.js';
import type { MetricMonitorVerdict } from '../metric-monitor/metric-monitor-verdict.js';
import type { FixtureSeries } from './fixture-series.js';
import { measuredSeries } from './measured-series.js';

/** A MetricMonitor of a fixture on its virtual clock, evaluated every {@link MetricMonitor.everyMs} from the start on. */
export class MonitorRun {
  private readonly monitor: MetricMonitor;
  private readonly series: readonly RawSeries[];
  private readonly isSloBurning: (at: number) => boolean;
  private verdicts: ReadonlyMap<string, MetricMonitorVerdict> = new Map();
  private next: number;

  /** @param isSloBurning whether an SLO of the same service, region and model burns at a time */
  constructor(
    monitor: MetricMonitor,
    series: readonly FixtureSeries[],
    start: number,
    isSloBurning: (at: number) => boolean,
  ) {
    this.monitor = monitor;
    this.series = measuredSeries(series);
    this.isSloBurning = isSloBurning;
    this.next = ceilTime(start + 1, monitor.everyMs);
  }

  /** The latest verdict of each group at `at`, milliseconds since the epoch. Times must not fall from call to call. */
  verdictsAt(at: number): ReadonlyMap<string, MetricMonitorVerdict> {
    for (; this.next <= at; this.next += this.monitor.everyMs) {
      this.verdicts = this.evaluate(this.next);
    }
    return this.verdicts;
  }

  private evaluate(windowEnd: number): ReadonlyMap<string, MetricMonitorVerdict> {
    const { monitor } = this;
    const pages = monitor.page === 'beside-slo' && monitor.levels.some(({ level }) => level === 'page');
    const verdicts = judgeGroups({
      monitor,
      measured: measureSeries(
        this.series,
        measuresOfMonitor(monitor),
        monitor.groupBy?.labels ?? [],
        windowEnd,
      ),
      previous: this.verdicts,
      sloBurning: pages && this.isSloBurning(windowEnd),
      windowEnd,
    });
    return new Map(verdicts.map((verdict) => [verdict.group, verdict]));
  }
}
