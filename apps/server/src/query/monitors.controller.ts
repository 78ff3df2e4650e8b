import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { AppError, floorTime, type TimeRange } from '@tidewatch/core';
import {
  checkEvent,
  describeBaseline,
  eventOf,
  momentSeries,
  plotBins,
  plotHistogram,
  variableId,
  variableOf,
  type DriftEvent,
  type HistogramComparison,
  type MomentPoint,
  type Monitor,
  type MonitorOf,
  type MonitorVerdict,
  type PlotBin,
  type VariableComparison,
} from '@tidewatch/drift';
import type { EventExample, SampleEvent } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { compareWindow } from '../evaluate/drift/compare-window.js';
import { CountedStreams, sourceOf } from '../evaluate/drift/counted-streams.js';
import { MonitorBaselines, type ResolvedBaseline } from '../evaluate/drift/monitor-baselines.js';
import { streamsOf } from '../evaluate/drift/monitor-streams.js';
import { readHistograms } from '../evaluate/drift/read-histograms.js';
import { projectOfRule } from '../evaluate/rule-project.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { integerParameter, projectOf, timeParameter } from './api-request.js';
import { exactTest, type ExactTest } from './exact-test.js';
import { findMonitor, findMonitorOf, notFound } from './find-monitor.js';
import { monitorView, verdictOf, verdictView, type MonitorView, type VerdictView } from './monitor-view.js';

const DAY_MS = 86_400_000;
const EXAMPLES = 10;

/** The distribution of a variable in a window beside its baseline. */
export interface DistributionView {
  readonly variable: string;
  readonly segment: string;
  readonly type: string;
  readonly window: TimeRange;
  readonly baseline: string;
  readonly baselineVersion: number;
  readonly n: number;
  readonly m: number;
  readonly bins: readonly PlotBin[];
}

type ComparingKinds = MonitorOf<'DriftMonitor' | 'QualityMonitor'>;

/** A verdict with samples that show what it says. */
export interface ExplanationView {
  readonly verdict: VerdictView;
  readonly examples: readonly EventExample[];
  /** Of a drift verdict by `ks`; `null` where no samples were kept on one side. */
  readonly exact: ExactTest | null;
}

/** `GET /api/v1/monitors…`: the monitors in force, their verdicts, and the data behind them. */
@Controller('api/v1/monitors')
export class MonitorsController {
  private readonly runtime: Runtime;
  private readonly streams: CountedStreams;
  private readonly baselines: MonitorBaselines;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.streams = new CountedStreams(runtime.store);
    this.baselines = new MonitorBaselines(runtime.store, this.streams);
  }

  @Get()
  async monitors(@Req() request: FastifyRequest): Promise<{ items: MonitorView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const monitors = this.runtime.rules().monitors.filter((monitor) => projectOfRule(monitor) === project);
    const kinds = [...new Set(monitors.map(({ kind }) => kind))];
    const latest = await Promise.all(
      kinds.map((kind) =>
        this.runtime.store.verdicts.latest(project, kind, { since: oldestWindow(monitors) }),
      ),
    );
    const items = monitors.map((monitor) =>
      monitorView(
        monitor,
        latest.flat().filter((row) => row.kind === monitor.kind && row.rule === monitor.name),
      ),
    );
    return { items, now: Date.now() };
  }

  /** Verdicts of a monitor, oldest first; of one subject when it is named. */
  @Get(':name/verdicts')
  async verdicts(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: VerdictView[]; now: number }> {
    const monitor = this.find(request, name);
    const now = Date.now();
    const rows = await this.runtime.store.verdicts.history(projectOfRule(monitor), {
      kind: monitor.kind,
      rule: monitor.name,
      subject: query['subject'] ?? null,
      range: {
        from: timeParameter(query['from'], 'from') ?? now - DAY_MS,
        to: timeParameter(query['to'], 'to') ?? now + 1,
      },
      limit: integerParameter(query['limit'], 'limit', { fallback: 1_000, max: 10_000 }),
    });
    return { items: rows.map(verdictOf).map(verdictView), now };
  }

  /** The distribution of one variable, in the last judged window unless times are given. */
  @Get(':name/distribution')
  async distribution(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<DistributionView> {
    const monitor = this.findComparing(request, name);
    const window = await this.window(monitor, query);
    if (monitor.kind === 'DriftMonitor' && variableOf(query['variable'] ?? '').source === 'metric') {
      return this.histogram(monitor, window, query['variable'] ?? '');
    }
    const { comparison, baseline } = await this.compare(monitor, window, query);
    const { grid, reference, current, variable, segment } = comparison;
    const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
    return {
      variable: variableId(variable),
      segment,
      type: grid.type,
      window,
      baseline: baseline.name,
      baselineVersion: baseline.version,
      n: total(current.counts),
      m: total(reference.counts),
      bins: plotBins(grid, reference.counts, current.counts),
    };
  }

  /** One verdict with the segments that carry it and samples that show it. */
  @Get(':name/explanation')
  async explanation(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<ExplanationView> {
    const monitor = this.find(request, name);
    const project = projectOfRule(monitor);
    const subject = query['subject'] ?? '';
    const end = timeParameter(query['windowEnd'], 'windowEnd') ?? (await this.lastEnd(monitor));
    const [row] = await this.runtime.store.verdicts.history(project, {
      kind: monitor.kind,
      rule: monitor.name,
      subject,
      range: { from: end, to: end + 1 },
    });
    if (row === undefined) {
      throw notFound(
        `Monitor ${name} has no verdict on "${subject.slice(0, 80)}" for a window that ends then.`,
      );
    }
    const verdict = verdictOf(row);
    const { variable, segment } = verdict;
    // Histograms have no samples to show.
    if (variable === '' || variableOf(variable).source === 'metric') {
      return { verdict: verdictView(verdict), examples: [], exact: null };
    }
    const comparing = this.findComparing(request, name);
    const { comparison, baseline } = await this.compare(comparing, verdict.window, { variable, segment });
    const event = eventOfVerdict(verdict, comparison);
    const numeric = comparison.grid.type === 'numeric';
    return {
      verdict: verdictView(verdict),
      examples:
        event === null ? [] : await this.examples(comparing, baseline, verdict, { variable, numeric, event }),
      exact:
        'test' in verdict && verdict.test === 'ks'
          ? await exactTest(this.runtime.store, comparing, baseline, verdict)
          : null,
    };
  }

  /** Count, mean, variance, skewness and kurtosis of a numeric variable per day, with intervals. */
  @Get(':name/moments')
  async moments(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: MomentPoint[]; now: number }> {
    const monitor = this.findComparing(request, name);
    const now = Date.now();
    const to = floorTime(timeParameter(query['to'], 'to') ?? now, DAY_MS) + DAY_MS;
    const from = floorTime(timeParameter(query['from'], 'from') ?? to - 30 * DAY_MS, DAY_MS);
    const ranges = Array.from({ length: Math.min(400, Math.ceil((to - from) / DAY_MS)) }, (_, index) => ({
      from: from + index * DAY_MS,
      to: from + (index + 1) * DAY_MS,
    }));
    const window = await this.window(monitor, {});
    const baseline = await this.baseline(monitor, window);
    const { window: stream } = streamsOf(monitor, baseline);
    const sums = await this.runtime.store.featureCounts.sums(projectOfRule(monitor), stream, {
      ranges,
      segments: [query['segment'] ?? ''],
      variables: [query['variable'] ?? ''],
    });
    return {
      items: momentSeries(sums.map(({ range, moments }) => [ranges[range]!.from, moments] as const)),
      now,
    };
  }

  /** Samples of the window; those that were kept where the raw ones are gone. */
  private async examples(
    monitor: ComparingKinds,
    baseline: ResolvedBaseline,
    { window, segment }: { readonly window: TimeRange; readonly segment: string },
    event: SampleEvent,
  ): Promise<EventExample[]> {
    const project = projectOfRule(monitor);
    const { segmentScan, reservoir } = this.runtime.store;
    const raw = await segmentScan.examples(
      project,
      { ...event, source: sourceOf(monitor), range: window, segment },
      EXAMPLES,
    );
    return raw.length > 0
      ? raw
      : reservoir.examples(project, streamsOf(monitor, baseline).window, event, {
          ...{ ranges: [window], segment, limit: EXAMPLES },
        });
  }

  private async histogram(
    monitor: MonitorOf<'DriftMonitor'>,
    window: TimeRange,
    variable: string,
  ): Promise<DistributionView> {
    const { histograms, problems } = await readHistograms(this.runtime.store, monitor, window);
    const problem = problems.find((each) => variableId(each.variable) === variable);
    const found = histograms.find((each) => variableId(each.variable) === variable);
    if (found === undefined) {
      throw notFound(
        problem?.message ?? `Monitor ${monitor.name} does not watch a histogram "${variable.slice(0, 80)}".`,
      );
    }
    const total = (side: HistogramComparison['current']): number =>
      side.reduce((sum, { counts }) => sum + counts.reduce((all, count) => all + count, 0), 0);
    return {
      variable,
      segment: '',
      type: 'numeric',
      window,
      baseline: describeBaseline(monitor.baseline),
      baselineVersion: 0,
      n: total(found.current),
      m: total(found.reference),
      bins: plotHistogram(found),
    };
  }

  private find(request: FastifyRequest, name: string): Monitor {
    return findMonitor(this.runtime, projectOf(this.runtime, request), name);
  }

  /** A monitor that compares distributions. */
  private findComparing(request: FastifyRequest, name: string): ComparingKinds {
    return findMonitorOf(this.runtime, projectOf(this.runtime, request), {
      name,
      kinds: ['DriftMonitor', 'QualityMonitor'],
    });
  }

  /** The window asked for, of whole buckets; it ends no later than what was judged, for later buckets are still filling. */
  private async window(
    monitor: ComparingKinds,
    query: Readonly<Record<string, string | undefined>>,
  ): Promise<TimeRange> {
    const lastEnd = await this.lastEnd(monitor);
    const to = floorTime(Math.min(lastEnd, timeParameter(query['to'], 'to') ?? lastEnd), monitor.bucketMs);
    const from = floorTime(timeParameter(query['from'], 'from') ?? to - monitor.windowMs, monitor.bucketMs);
    if (from >= to) {
      throw new AppError({
        code: 'request.invalid',
        message: 'The window is empty.',
        hint: `"from" must be at least one bucket before "to", and "to" no later than ${new Date(lastEnd).toISOString()}, up to which the monitor has judged.`,
      });
    }
    return { from, to };
  }

  private async lastEnd(monitor: Monitor): Promise<number> {
    const rows = await this.runtime.store.verdicts.latest(projectOfRule(monitor), monitor.kind, {
      rule: monitor.name,
      limit: 1_000,
    });
    if (rows.length === 0) {
      throw notFound(`Monitor ${monitor.name} has not been evaluated yet.`);
    }
    return Math.max(...rows.map(({ windowEnd }) => windowEnd));
  }

  private async baseline(monitor: ComparingKinds, window: TimeRange): Promise<ResolvedBaseline> {
    const baseline = await this.baselines.of(monitor, window, Date.now());
    if (baseline === null) {
      throw notFound(`The baseline of monitor ${monitor.name} does not exist yet.`);
    }
    return baseline;
  }

  private async compare(
    monitor: ComparingKinds,
    window: TimeRange,
    { variable = '', segment = '' }: Readonly<Record<string, string | undefined>>,
  ): Promise<{ comparison: VariableComparison; baseline: ResolvedBaseline }> {
    const baseline = await this.baseline(monitor, window);
    const { comparisons } = await compareWindow(this.runtime.store, this.streams, monitor, baseline, window);
    const comparison = comparisons.find(
      (each) => variableId(each.variable) === variable && each.segment === segment,
    );
    if (comparison === undefined) {
      throw notFound(
        `Monitor ${monitor.name} does not watch a variable "${variable.slice(0, 80)}"${segment === '' ? '' : ` in segment "${segment.slice(0, 80)}"`}.`,
      );
    }
    return { comparison, baseline };
  }
}

/** The last window of a monitor may be as old as its labels take to come. */
function oldestWindow(monitors: readonly Monitor[]): number {
  const delays = monitors.map(
    (monitor) => monitor.everyMs + ('maturityMs' in monitor ? monitor.maturityMs : 0),
  );
  return Date.now() - DAY_MS - Math.max(0, ...delays);
}

/** What the samples that show a verdict have in common. */
function eventOfVerdict(verdict: MonitorVerdict, comparison: VariableComparison): DriftEvent | null {
  return 'test' in verdict
    ? (eventOf(comparison.grid, verdict.location, comparison)?.event ?? null)
    : 'check' in verdict
      ? checkEvent(verdict.check, comparison)
      : null;
}
