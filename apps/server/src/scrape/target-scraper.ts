import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import {
  encodeOtlpRequest,
  endedSeries,
  endOfReport,
  liveSeries,
  NO_SERIES,
  reportMetrics,
  toMetricsSteps,
  type LiveSeries,
  type ScrapedMetric,
  type ScrapeTarget,
} from '@tidewatch/scrape';
import type { Logger } from 'pino';
import { projectOfRule } from '../evaluate/rule-project.js';
import { runInTurns } from '../ingest/turn-taking.js';
import { fetchExposition, type FetchResult } from './fetch-exposition.js';
import { nextScrapeAt } from './scrape-schedule.js';
import { failureView, type TargetStateView } from './target-state.js';

/**
 * Takes an OTLP metrics request, as protobuf, and resolves when it is durable.
 *
 * @returns what was refused and why, or `null`
 */
export type IngestMetrics = (
  project: string,
  body: Uint8Array,
) => Promise<{ readonly rejected: number; readonly message: string } | null>;

/** What a target's scraper works with. */
export interface TargetScraperOptions {
  readonly ingest: IngestMetrics;
  /** Fetches a secret. @throws AppError when it is missing */
  readonly readSecret: (reference: { readonly env?: string; readonly file?: string }) => string;
  readonly logger: Logger;
}

/** What is left of an answer: what to store and what to say about it. */
interface Outcome {
  readonly metrics: readonly ScrapedMetric[];
  readonly live: LiveSeries;
  readonly scraped: number;
  readonly kept: number;
  readonly problems: readonly string[];
  readonly error: AppError | null;
}

/** Asks one target again and again, and stores what it says. Never asks twice at once. */
export class TargetScraper {
  readonly target: ScrapeTarget;
  readonly project: string;
  private readonly options: TargetScraperOptions;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private live: LiveSeries = NO_SERIES;
  private current: TargetStateView;

  constructor(target: ScrapeTarget, options: TargetScraperOptions) {
    this.target = target;
    this.project = projectOfRule(target);
    this.options = options;
    this.current = {
      name: target.name,
      url: target.url,
      preset: target.preset,
      owner: target.owner,
      intervalMs: target.intervalMs,
      timeoutMs: target.timeoutMs,
      state: 'pending',
      since: null,
      lastScrapeAt: null,
      lastDurationMs: null,
      samplesScraped: 0,
      samplesKept: 0,
      series: 0,
      error: null,
      storeError: null,
      problems: [],
    };
  }

  get state(): TargetStateView {
    return this.current;
  }

  start(): void {
    const now = Date.now();
    const wait = nextScrapeAt(this.target.name, this.target.intervalMs, now) - now;
    this.timer = setTimeout(() => {
      this.running = this.scrape().finally(() => {
        if (!this.stopping.signal.aborted) {
          this.start();
        }
      });
    }, wait);
  }

  /**
   * Stops asking; ends a request in progress.
   *
   * @param isOver whether the target will not be asked again: its series are then ended, and stop being current at once
   */
  async stop(isOver: boolean): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
    if (isOver && this.current.state !== 'pending') {
      await this.store([...endedSeries(this.live, NO_SERIES), ...endOfReport()], Date.now());
    }
  }

  private async scrape(): Promise<void> {
    const startedAt = Date.now();
    const clock = performance.now();
    const result = await this.fetch();
    if (this.stopping.signal.aborted) {
      return;
    }
    const durationMs = performance.now() - clock;
    const { error, scraped, kept, live, problems, metrics } = await this.outcomeOf(result);
    const report = { up: error === null, durationSeconds: durationMs / 1_000, scraped, kept };
    const ended = endedSeries(this.live, live);
    const stored = await this.store([...metrics, ...ended, ...reportMetrics(report)], startedAt);
    if (stored.error === null) {
      // Otherwise the series of before are still the ones that were stored last.
      this.live = live;
    }
    this.become({
      ...this.current,
      state: error === null ? 'up' : 'down',
      lastScrapeAt: startedAt,
      lastDurationMs: Math.round(durationMs * 1_000) / 1_000,
      samplesScraped: scraped,
      samplesKept: kept,
      series: live.size,
      error: error === null ? null : failureView(error),
      storeError: stored.error === null ? null : failureView(stored.error),
      problems: stored.refused === null ? problems : [...problems, stored.refused],
    });
  }

  private async fetch(): Promise<FetchResult> {
    try {
      const headers = this.target.headers.map(({ name, prefix, secret }) => [
        name,
        `${prefix}${this.options.readSecret(secret)}`,
      ]);
      return await fetchExposition(
        this.target,
        Object.fromEntries(headers) as Record<string, string>,
        this.stopping.signal,
      );
    } catch (error) {
      return { ok: false, error: asAppError(error), samples: 0 };
    }
  }

  private async outcomeOf(result: FetchResult): Promise<Outcome> {
    if (!result.ok) {
      const { error, samples } = result;
      return { metrics: [], live: NO_SERIES, scraped: samples, kept: 0, problems: [], error };
    }
    const { exposition } = result;
    const { metrics, dropped, problems } = await runInTurns(toMetricsSteps(exposition, this.target.mapping));
    const lines = exposition.problems.map(({ line, message }) => `line ${line}: ${message}`);
    const more = exposition.problemCount - exposition.problems.length;
    return {
      metrics,
      live: liveSeries(metrics),
      scraped: exposition.samples + exposition.lostSamples,
      kept: exposition.samples - dropped,
      problems: [...lines, ...(more > 0 ? [`and ${more} more lines`] : []), ...problems],
      error: null,
    };
  }

  private async store(
    metrics: readonly ScrapedMetric[],
    at: number,
  ): Promise<{ error: AppError | null; refused: string | null }> {
    try {
      const body = encodeOtlpRequest(metrics, this.target.resource, BigInt(at) * 1_000_000n);
      const partial = await this.options.ingest(this.project, body);
      const refused =
        partial === null ? null : `${partial.rejected} points were not stored: ${partial.message}`;
      return { error: null, refused };
    } catch (error) {
      return { error: asAppError(error), refused: null };
    }
  }

  /** Logs changes only: a target that is down for a night fills no disk. */
  private become(next: TargetStateView): void {
    const before = this.current;
    const hasChanged = next.state !== before.state;
    this.current = { ...next, since: hasChanged ? next.lastScrapeAt : before.since };
    const { logger } = this.options;
    const target = next.name;
    if (next.error !== null && next.error.code !== before.error?.code) {
      logger.warn({ target, url: next.url, ...next.error }, 'a target cannot be scraped');
    } else if (hasChanged && next.state === 'up') {
      logger.info({ target, series: next.series }, 'a target is scraped');
    }
    if (next.storeError !== null && before.storeError === null) {
      logger.error({ target, ...next.storeError }, 'a scrape could not be stored');
    }
    if (next.problems.length > 0 && before.problems.length === 0) {
      logger.warn({ target, problems: next.problems.slice(0, 3) }, 'parts of an exposition were left out');
    }
  }
}

function asAppError(error: unknown): AppError {
  return isAppError(error)
    ? error
    : new AppError({
        code: 'scrape.failed',
        message: `The scrape failed: ${errorMessage(error)}.`,
        cause: error,
      });
}
