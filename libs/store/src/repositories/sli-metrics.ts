import { floorTime } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { Retention } from '../options.js';
import { sliBuckets, type HistogramForm, type PartBuckets } from '../sli-metrics/sli-buckets.js';
import { sliIncreases, type PartIncrease, type SliceSpan } from '../sli-metrics/sli-increases.js';
import { findSliSeries, sliSeriesFingerprint } from '../sli-metrics/sli-series.js';
import type { SliSeries, SliSeriesQuery } from '../sli-metrics/sli-series.js';
import type { SeriesParts } from '../sli-metrics/series-parts.js';

/** Counts of counters and histograms for many SLOs at once: series are told apart by the caller, and added up here. */
export interface SliMetricsRepository {
  /** See {@link findSliSeries}. */
  series(project: string, query: SliSeriesQuery): Promise<SliSeries[]>;
  /** Changes whenever {@link SliMetricsRepository.series} would find other series. */
  fingerprint(project: string, query: SliSeriesQuery): Promise<string>;
  /** See {@link sliIncreases}. */
  increases(
    project: string,
    temporality: 'delta' | 'cumulative',
    series: SeriesParts,
    span: SliceSpan,
  ): Promise<PartIncrease[]>;
  /** See {@link sliBuckets}. */
  buckets(
    project: string,
    form: HistogramForm,
    series: SeriesParts & { readonly thresholds: readonly number[] },
    span: SliceSpan,
  ): Promise<PartBuckets[]>;
  /**
   * Beginning of the hour in which raw points begin, milliseconds since the epoch; for older ones there are roll-ups. A day of them is dropped
   * only when the last of it has expired.
   */
  rawSince(now: number): number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Opens the repository. */
export function sliMetricsRepository(database: Database, retention: Retention): SliMetricsRepository {
  return {
    series: (project, query) => findSliSeries(database, project, query),
    fingerprint: (project, query) => sliSeriesFingerprint(database, project, query),
    increases: (project, temporality, series, span) =>
      sliIncreases(database, project, temporality, series, span),
    buckets: (project, form, series, span) => sliBuckets(database, project, form, series, span),
    rawSince: (now) => floorTime(now - retention.rawDays * DAY_MS, HOUR_MS),
  };
}
