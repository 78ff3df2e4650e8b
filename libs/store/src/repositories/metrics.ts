import type { RowBlock } from '@tidewatch/core';
import type { MetricBatch } from '@tidewatch/otlp';
import { shareByDay } from '../signals/days.js';
import type { DayShare } from '../signals/days.js';
import {
  distributionBlocks,
  EXPONENTIAL_HISTOGRAMS,
  HISTOGRAMS,
  seriesPrefixes,
  SUMMARIES,
} from '../signals/distribution-rows.js';
import { exemplarBlocks } from '../signals/exemplar-rows.js';
import { encodeNumberPoints } from '../signals/number-points.js';
import { seriesColumns } from '../signals/series-columns.js';
import { METRIC_SERIES } from '../signals/series-rows.js';
import type { SeriesRow } from '../signals/series-rows.js';
import { claimDay, WrittenSeries } from '../signals/written-series.js';
import type { SeriesMark } from '../signals/written-series.js';
import { rowBlocks } from '../row-blocks.js';

/** Metric points and the series they belong to, on their way into ClickHouse. */
export interface MetricsRepository {
  /**
   * A decoded batch as blocks, those of the series first: whoever learns of the points must be able to find their
   * labels. A series' row is in the blocks of the first batch that mentions it on a day. A point with the project,
   * metric, series and time of a stored one replaces it.
   */
  encode(project: string, batch: MetricBatch): RowBlock[];
  /**
   * Has every series written again. Call it when blocks of {@link encode} were lost on their way: they may have held
   * the only row of a series.
   */
  forgetSeries(): void;
}

/** Opens the repository. */
export function metricsRepository(): MetricsRepository {
  const written = new WrittenSeries();
  return {
    encode: (project, batch) => encode(project, batch, written.marksOf(project, batch.series)),
    forgetSeries: () => written.forget(),
  };
}

function encode(project: string, batch: MetricBatch, marks: readonly SeriesMark[]): RowBlock[] {
  const { series, numbers, histograms, exponentialHistograms, summaries } = batch;
  const numberDays = shareByDay(numbers.timeUnixNano);
  const blocks = rowBlocks(METRIC_SERIES, newSeries(project, batch, marks, numberDays));
  if (numbers.length > 0) {
    blocks.push(...encodeNumberPoints(project, numbers, numberDays, seriesColumns(series, marks)));
  }
  if (histograms.length + exponentialHistograms.length + summaries.length > 0) {
    const prefixes = seriesPrefixes(project, series);
    blocks.push(
      ...distributionBlocks(HISTOGRAMS, histograms, prefixes),
      ...distributionBlocks(EXPONENTIAL_HISTOGRAMS, exponentialHistograms, prefixes),
      ...distributionBlocks(SUMMARIES, summaries, prefixes),
    );
  }
  blocks.push(...exemplarBlocks(project, batch));
  return blocks;
}

/** The series of the batch that have no row yet on a day of their points. */
function newSeries(
  project: string,
  batch: MetricBatch,
  marks: readonly SeriesMark[],
  numberDays: readonly DayShare[],
): SeriesRow[] {
  const rows: SeriesRow[] = [];
  const claim = (index: number, day: number): void => {
    if (claimDay(marks[index]!, day)) {
      rows.push({ project, day, series: batch.series[index]! });
    }
  };
  const others = [batch.histograms, batch.exponentialHistograms, batch.summaries];
  const kinds = [
    { seriesIndex: batch.numbers.seriesIndex, shares: numberDays },
    ...others.map(({ seriesIndex, timeUnixNano }) => ({ seriesIndex, shares: shareByDay(timeUnixNano) })),
  ];
  const days = new Set(kinds.flatMap(({ shares }) => shares.map(({ day }) => day)));
  const [first] = days;
  if (first !== undefined && days.size === 1) {
    // One day, as almost always: the series of the batch are those that have points.
    for (let index = 0; index < marks.length; index++) {
      claim(index, first);
    }
    return rows;
  }
  for (const { seriesIndex, shares } of kinds) {
    for (const { day, chosen } of shares) {
      const total = chosen?.length ?? seriesIndex.length;
      for (let position = 0; position < total; position++) {
        claim(seriesIndex[chosen === null ? position : chosen[position]!]!, day);
      }
    }
  }
  return rows;
}
