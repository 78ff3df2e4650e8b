import type { RowBlock } from '@tidewatch/core';
import type { MetricBatch } from '@tidewatch/otlp';
import { shareByDay } from '../signals/days.js';
import {
  distributionBlocks,
  EXPONENTIAL_HISTOGRAMS,
  HISTOGRAMS,
  seriesPrefixes,
  SUMMARIES,
} from '../signals/distribution-rows.js';
import { exemplarBlocks } from '../signals/exemplar-rows.js';
import { encodeNumberPoints } from '../signals/number-points.js';
import { seriesColumns } from '../signals/point-block.js';
import { METRIC_SERIES } from '../signals/series-rows.js';
import type { SeriesRow } from '../signals/series-rows.js';
import { WrittenSeries } from '../signals/written-series.js';
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
    encode: (project, batch) => encode(project, batch, written),
    forgetSeries: () => written.forget(),
  };
}

function encode(project: string, batch: MetricBatch, written: WrittenSeries): RowBlock[] {
  const { series, numbers, histograms, exponentialHistograms, summaries } = batch;
  const blocks = rowBlocks(METRIC_SERIES, newSeries(project, batch, written));
  if (numbers.length > 0) {
    blocks.push(...encodeNumberPoints(project, numbers, seriesColumns(series)));
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
function newSeries(project: string, batch: MetricBatch, written: WrittenSeries): SeriesRow[] {
  const owner = written.ownerOf(project);
  const rows: SeriesRow[] = [];
  const mark = (index: number, day: number): void => {
    const series = batch.series[index]!;
    if (written.mark(owner, series, day)) {
      rows.push({ project, day, series });
    }
  };
  const kinds = [batch.numbers, batch.histograms, batch.exponentialHistograms, batch.summaries];
  const days = kinds.map(({ timeUnixNano }) => shareByDay(timeUnixNano));
  const [first, ...others] = new Set(days.flatMap((shares) => shares.map(({ day }) => day)));
  if (first !== undefined && others.length === 0) {
    // One day, as almost always: the series of the batch are those that have points.
    batch.series.forEach((_series, index) => mark(index, first));
    return rows;
  }
  kinds.forEach(({ length, seriesIndex }, kind) => {
    for (const { day, chosen } of days[kind]!) {
      const total = chosen?.length ?? length;
      for (let position = 0; position < total; position++) {
        mark(seriesIndex[chosen === null ? position : chosen[position]!]!, day);
      }
    }
  });
  return rows;
}
