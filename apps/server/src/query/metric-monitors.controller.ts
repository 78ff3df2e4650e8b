import { Controller, Get, Inject, Req } from '@nestjs/common';
import { describeCondition, type MetricMonitor, type MetricMonitorVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { projectOfRule } from '../evaluate/rule-project.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';

/** One metric monitor with what it says about each of its groups. */
export interface MetricMonitorView {
  readonly name: string;
  readonly description: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly owner: string;
  readonly runbook: string;
  readonly groupBy: readonly string[];
  readonly everyMs: number;
  readonly page: 'beside-slo' | 'always';
  /** The most severe first, with their conditions in words. */
  readonly levels: readonly { readonly level: string; readonly when: string; readonly holdMs: number }[];
  /** That of the worst group; `not-enough-data` before the first evaluation. */
  readonly state: string;
  readonly severity: string;
  readonly reason: string;
  readonly evaluatedAt: number | null;
  /** The worst first. */
  readonly verdicts: readonly MetricMonitorVerdict[];
}

/** Verdicts are written every five minutes, and those of a monitor that looks once a day after each look. */
const RECENT_MS = 900_000;

const BADNESS = ['alarm', 'error', 'watch', 'not-enough-data', 'ok'];

/** `GET /api/v1/metric-monitors`: the metric monitors in force and their latest verdicts. */
@Controller('api/v1/metric-monitors')
export class MetricMonitorsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async metricMonitors(@Req() request: FastifyRequest): Promise<{ items: MetricMonitorView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const monitors = this.runtime
      .rules()
      .metricMonitors.filter((monitor) => projectOfRule(monitor) === project);
    const since = now - Math.max(0, ...monitors.map(({ everyMs }) => everyMs)) - RECENT_MS;
    const rows =
      monitors.length === 0
        ? []
        : await this.runtime.store.verdicts.latest(project, 'MetricMonitor', { since });
    const items = monitors.map((monitor) =>
      metricMonitorView(
        monitor,
        rows.filter(
          ({ rule, windowEnd }) => rule === monitor.name && windowEnd > now - monitor.everyMs - RECENT_MS,
        ),
      ),
    );
    return { items, now };
  }
}

function metricMonitorView(monitor: MetricMonitor, rows: readonly VerdictRow[]): MetricMonitorView {
  const verdicts = rows
    .map(({ document }) => JSON.parse(document) as MetricMonitorVerdict)
    .sort((a, b) => BADNESS.indexOf(a.state) - BADNESS.indexOf(b.state) || (a.group < b.group ? -1 : 1));
  const [worst] = verdicts;
  const { name, description, service, region, model, owner, runbook, everyMs, page } = monitor;
  return {
    ...{ name, description, service, region, model, owner, runbook, everyMs, page },
    groupBy: monitor.groupBy?.labels ?? [],
    levels: monitor.levels.map(({ level, when, holdMs }) => ({
      level,
      when: describeCondition(when),
      holdMs,
    })),
    state: worst?.state ?? 'not-enough-data',
    severity: worst?.severity ?? '',
    reason: worst?.reason ?? 'The monitor has not been evaluated yet.',
    evaluatedAt: rows.length === 0 ? null : Math.max(...rows.map((row) => row.evaluatedAt)),
    verdicts,
  };
}
