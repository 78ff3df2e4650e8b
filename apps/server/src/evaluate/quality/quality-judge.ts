import { errorMessage, type TimeRange } from '@tidewatch/core';
import {
  judgeQuality,
  type QualityCheckName,
  type QualityInput,
  type QualityMonitor,
  type QualityVerdict,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import { compareWindow } from '../drift/compare-window.js';
import { CountedStreams } from '../drift/counted-streams.js';
import { MonitorBaselines } from '../drift/monitor-baselines.js';
import { recountStreams } from '../drift/recount-streams.js';
import type { Judging, MonitorJudge } from '../monitor-runner.js';
import { projectOfRule } from '../rule-project.js';
import { historyRanges } from './history-ranges.js';

/** How far back batch jobs are looked for: five weekly ones, and then some. */
const JOBS_MS = 42 * 86_400_000;
/** The first sample moves only as old ones expire. */
const FIRST_SAMPLE_MS = 3_600_000;

const BY_BASELINE: readonly QualityCheckName[] = [
  'schema',
  'type',
  'range',
  'missing',
  'newCategories',
  'vanishedCategories',
  'collapse',
];
const BY_TRAFFIC: readonly QualityCheckName[] = ['duplicates', 'clock', 'freshness', 'volume'];

type Failures = Partial<Record<QualityCheckName, string>>;

/** Judges the quality of the data in windows of quality monitors. */
export class QualityJudge implements MonitorJudge<QualityMonitor> {
  readonly tables = ['predictions'];
  private readonly store: Store;
  private readonly streams: CountedStreams;
  private readonly baselines: MonitorBaselines;
  private readonly firstSamples = new Map<string, { readonly at: number; readonly asked: number }>();

  constructor(store: Store) {
    this.store = store;
    this.streams = new CountedStreams(store);
    this.baselines = new MonitorBaselines(store, this.streams);
  }

  /** Counts again what late samples reached into; traffic is never kept, so all stretches change. */
  async reopen(
    monitor: QualityMonitor,
    late: readonly TimeRange[],
    judgedUntil: number,
    now: number,
  ): Promise<readonly TimeRange[]> {
    const window = { from: judgedUntil - monitor.windowMs, to: judgedUntil };
    const baseline = await this.baselines.of(monitor, window, now);
    if (baseline !== null) {
      await recountStreams(this.streams, monitor, baseline, late);
    }
    return late;
  }

  /** The verdicts of one window. Checks whose data cannot be read are errors; the others are judged. */
  async judge(
    monitor: QualityMonitor,
    window: TimeRange,
    { now, previous, revised }: Judging,
  ): Promise<QualityVerdict[]> {
    const failures: Failures = {};
    const attempt = async <T>(
      checks: readonly QualityCheckName[],
      read: () => Promise<T>,
      fallback: T,
    ): Promise<T> => {
      if (checks.every((check) => monitor.checks[check] === null)) {
        return fallback;
      }
      try {
        return await read();
      } catch (error) {
        checks.forEach((check) => (failures[check] = errorMessage(error)));
        return fallback;
      }
    };
    const compared = await attempt(BY_BASELINE, () => this.compared(monitor, window, now), NOT_COMPARED);
    const traffic = await attempt(
      [...BY_TRAFFIC, 'silent'],
      () => this.traffic(monitor, window, now),
      noTraffic(window),
    );
    return judgeQuality({
      monitor,
      window,
      ...compared,
      ...traffic,
      ...(await this.rest(monitor, window, attempt)),
      failures,
      previous,
      revised,
    });
  }

  private async compared(
    monitor: QualityMonitor,
    window: TimeRange,
    now: number,
  ): Promise<Pick<QualityInput, 'baseline' | 'comparisons' | 'columns'>> {
    const baseline = await this.baselines.of(monitor, window, now);
    if (baseline === null) {
      return NOT_COMPARED;
    }
    const { comparisons, present } = await compareWindow(this.store, this.streams, monitor, baseline, window);
    return {
      baseline: { name: baseline.name, version: baseline.version },
      comparisons,
      columns: { window: present, baseline: [...baseline.profiles.keys()] },
    };
  }

  private async traffic(
    monitor: QualityMonitor,
    window: TimeRange,
    now: number,
  ): Promise<Pick<QualityInput, 'traffic' | 'history' | 'newestAt' | 'sources'>> {
    const { population, checks } = monitor;
    const project = projectOfRule(monitor);
    const ranges = [window, ...historyRanges(window, await this.firstSample(monitor, now))];
    const skew = checks.clock ?? { aheadMs: Number.MAX_SAFE_INTEGER, behindMs: Number.MAX_SAFE_INTEGER };
    const [current, ...history] = await this.store.quality.traffic(project, population, ranges, skew);
    const newest =
      (await this.store.quality.span(project, population, window)) ??
      (await this.store.quality.span(project, population, { from: 0, to: window.from }));
    const sources = await this.store.quality.sources(
      project,
      population,
      checks.silent?.dimensions ?? [],
      ranges,
    );
    return { traffic: current!, history, newestAt: newest?.to ?? null, sources };
  }

  private async firstSample(monitor: QualityMonitor, now: number): Promise<number | null> {
    const known = this.firstSamples.get(monitor.name);
    if (known !== undefined && now - known.asked < FIRST_SAMPLE_MS) {
      return known.at;
    }
    const span = await this.store.quality.span(projectOfRule(monitor), monitor.population, {
      from: 0,
      to: now,
    });
    if (span === null) {
      return null;
    }
    this.firstSamples.set(monitor.name, { at: span.from, asked: now });
    return span.from;
  }

  private async rest(
    monitor: QualityMonitor,
    window: TimeRange,
    attempt: <T>(checks: readonly QualityCheckName[], read: () => Promise<T>, fallback: T) => Promise<T>,
  ): Promise<Pick<QualityInput, 'outside' | 'jobs' | 'artifacts'>> {
    const { population, checks } = monitor;
    const project = projectOfRule(monitor);
    const { quality } = this.store;
    const limits = checks.range?.limits ?? {};
    const jobs = { from: window.to - JOBS_MS, to: window.to };
    return {
      outside: await attempt(['range'], () => quality.outside(project, population, window, limits), []),
      jobs: await attempt(['jobs'], () => quality.jobs(project, population, jobs), []),
      artifacts: await attempt(['checksums'], () => quality.artifacts(project, population, window), []),
    };
  }
}

const NOT_COMPARED = { baseline: null, comparisons: [], columns: { window: [], baseline: [] } };

function noTraffic(window: TimeRange) {
  const counted = { samples: 0, repeatedIds: 0, hashed: 0, repeatedInputs: 0, ahead: 0, behind: 0 };
  return { traffic: { range: window, ...counted }, history: [], newestAt: null, sources: [] };
}
