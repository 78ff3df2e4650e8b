import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { floorTime, type TimeRange } from '@tidewatch/core';
import {
  leadingSignals,
  performanceMetrics,
  titleOf,
  type DriftSeries,
  type DriftVerdict,
  type LeadingSignal,
  type PerformanceMonitor,
  type PerformanceVerdict,
} from '@tidewatch/drift';
import type { FastifyRequest } from 'fastify';
import { EvaluationHorizon } from '../evaluate/evaluation-horizon.js';
import { estimateNow, type AccuracyEstimate } from '../evaluate/performance/estimate.js';
import { performanceQuery } from '../evaluate/performance/read-performance.js';
import { projectOfRule } from '../evaluate/rule-project.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { integerParameter, projectOf, timeParameter } from './api-request.js';
import { findMonitorOf } from './find-monitor.js';
import { performanceReport, type MetricView, type PerformanceReport } from './performance-report.js';

const DAY_MS = 86_400_000;

/** What was known of a window's labels so long after its predictions. */
export interface MaturityView {
  readonly maturityMs: number;
  readonly predictions: number;
  readonly labelled: number;
  readonly metrics: readonly MetricView[];
}

/** One window at several maturities. A column of these compares like with like. */
export interface CohortView {
  readonly window: TimeRange;
  readonly maturities: readonly MaturityView[];
}

/** Shares of the full maturity at which cohorts are shown. */
const MATURITIES = [0.25, 0.5, 1];

/** `GET /api/v1/monitors/NAME/…` for performance monitors: metrics, cohorts, the estimate, and what went before losses. */
@Controller('api/v1/monitors')
export class PerformanceController {
  private readonly runtime: Runtime;
  private readonly horizon: EvaluationHorizon;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.horizon = new EvaluationHorizon(runtime.store);
  }

  /** All metrics of a window, by default the last one whose labels have come. */
  @Get(':name/performance')
  async performance(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<PerformanceReport> {
    const monitor = this.find(request, name);
    const window = await this.window(monitor, query);
    const segments = await this.runtime.store.performance.sums(projectOfRule(monitor), {
      ...performanceQuery(monitor),
      ranges: [window],
    });
    return performanceReport(monitor, window, segments);
  }

  /** The last windows at a quarter, half and all of the maturity: only equal maturities compare. */
  @Get(':name/cohorts')
  async cohorts(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: CohortView[]; now: number }> {
    const monitor = { ...this.find(request, name), segments: [] };
    const count = integerParameter(query['windows'], 'windows', { fallback: 7, max: 60 });
    const last = await this.window(monitor, query);
    const items: CohortView[] = [];
    for (let index = count - 1; index >= 0; index -= 1) {
      const shift = index * monitor.windowMs;
      items.push(await this.cohort(monitor, { from: last.from - shift, to: last.to - shift }));
    }
    return { items, now: Date.now() };
  }

  /** The accuracy of the newest window as its scores promise it: an estimate, beside how good such estimates were. */
  @Get(':name/estimate')
  async estimate(@Req() request: FastifyRequest, @Param('name') name: string): Promise<AccuracyEstimate> {
    const monitor = this.find(request, name);
    return estimateNow(this.runtime.store, monitor, await this.horizon.at(Date.now()));
  }

  /** Drift signals of the same model that went before losses of a metric. */
  @Get(':name/leading-signals')
  async leadingSignals(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: LeadingSignal[]; subject: string; now: number }> {
    const monitor = this.find(request, name);
    const project = projectOfRule(monitor);
    const now = Date.now();
    const range = {
      from: timeParameter(query['from'], 'from') ?? now - 30 * DAY_MS,
      to: timeParameter(query['to'], 'to') ?? now + 1,
    };
    const subject = query['subject'] ?? performanceMetrics.accuracy.name;
    const { verdicts } = this.runtime.store;
    const losses = await verdicts.history(project, { kind: monitor.kind, rule: name, subject, range });
    const series = new Map<string, { about: DriftSeries; values: { at: number; value: number }[] }>();
    for (const drift of this.driftMonitors(project, monitor)) {
      const rows = await verdicts.history(project, {
        kind: 'DriftMonitor',
        rule: drift,
        subject: null,
        range,
        limit: 100_000,
      });
      for (const { document } of rows) {
        const verdict = JSON.parse(document) as DriftVerdict;
        const key = JSON.stringify([drift, verdict.subject]);
        const known = series.get(key) ?? {
          about: { monitor: drift, subject: verdict.subject, title: titleOf(verdict), values: [] },
          values: [],
        };
        if (verdict.statistic !== null) {
          known.values.push({ at: verdict.window.to, value: verdict.statistic });
        }
        series.set(key, known);
      }
    }
    const items = leadingSignals(
      losses.flatMap((row) => {
        const { window, statistic } = JSON.parse(row.document) as PerformanceVerdict;
        return statistic === null ? [] : [{ at: window.to, value: statistic }];
      }),
      [...series.values()].map(({ about, values }) => ({ ...about, values })),
      {
        stepMs: monitor.everyMs,
        lags: integerParameter(query['lags'], 'lags', { fallback: 24, max: 1_000 }),
      },
    );
    return { items, subject, now };
  }

  private driftMonitors(project: string, { population: { model } }: PerformanceMonitor): string[] {
    return this.runtime
      .rules()
      .monitors.filter(
        (each) =>
          each.kind === 'DriftMonitor' && each.population.model === model && projectOfRule(each) === project,
      )
      .map(({ name }) => name);
  }

  private async cohort(monitor: PerformanceMonitor, window: TimeRange): Promise<CohortView> {
    const maturities: MaturityView[] = [];
    for (const share of MATURITIES) {
      const maturityMs = Math.round(share * monitor.maturityMs);
      const sums = await this.runtime.store.performance.sums(projectOfRule(monitor), {
        ...performanceQuery(monitor),
        maturityMs,
        ranges: [window],
      });
      const [whole] = performanceReport(monitor, window, sums).segments;
      maturities.push({
        maturityMs,
        predictions: whole?.predictions ?? 0,
        labelled: whole?.labelled ?? 0,
        metrics: whole?.metrics ?? [],
      });
    }
    return { window, maturities };
  }

  private find(request: FastifyRequest, name: string): PerformanceMonitor {
    return findMonitorOf(this.runtime, projectOf(this.runtime, request), {
      name,
      kinds: ['PerformanceMonitor'],
    });
  }

  /** The window asked for, by default the last whose labels have had their time. */
  private async window(
    { windowMs, bucketMs, maturityMs }: PerformanceMonitor,
    query: Readonly<Record<string, string | undefined>>,
  ): Promise<TimeRange> {
    const horizon = await this.horizon.at(Date.now());
    const to = timeParameter(query['to'], 'to') ?? floorTime(horizon - maturityMs, bucketMs);
    return { from: timeParameter(query['from'], 'from') ?? to - windowMs, to };
  }
}
