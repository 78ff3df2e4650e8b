import type { HistogramPoints, MetricBatch, MetricSeries, NumberPoints } from './batch.js';
import { RejectionLog } from './rejections.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** The times that may be stored, both inclusive, in milliseconds since the Unix epoch. */
export interface StorableTimes {
  readonly earliest: number;
  readonly latest: number;
}

/**
 * Refuses points whose time is before `earliest` or after `latest`.
 *
 * @returns a batch without them, without the series that only they used, and with one rejection per metric and side;
 *   `batch` itself when every point is in range
 */
export function refuseOutOfRange(batch: MetricBatch, times: StorableTimes): MetricBatch {
  const earliest = BigInt(Math.ceil(times.earliest)) * NANOSECONDS_PER_MILLISECOND;
  const latest = BigInt(Math.floor(times.latest)) * NANOSECONDS_PER_MILLISECOND;
  const early = {
    problem: `times before ${isoTime(times.earliest)}, the oldest that is kept`,
    hint: 'older points would be deleted at once',
  };
  const late = {
    problem: `times after ${isoTime(times.latest)}, in the future`,
    hint: "check the sender's clock",
  };
  const log = new RejectionLog();
  const keptRows = (points: NumberPoints | HistogramPoints): number[] => {
    const kept: number[] = [];
    for (let row = 0; row < points.length; row++) {
      const time = points.timeUnixNano[row]!;
      if (time >= earliest && time <= latest) {
        kept.push(row);
      } else {
        log.add(batch.series[points.seriesIndex[row]!]!.metricName, time < earliest ? early : late);
      }
    }
    return kept;
  };
  const numberRows = keptRows(batch.numbers);
  const histogramRows = keptRows(batch.histograms);
  if (numberRows.length === batch.numbers.length && histogramRows.length === batch.histograms.length) {
    return batch;
  }
  const numbers = takeNumbers(batch.numbers, numberRows);
  const histograms = takeHistograms(batch.histograms, histogramRows);
  const series = dropUnusedSeries(batch.series, [numbers.seriesIndex, histograms.seriesIndex]);
  return { series, numbers, histograms, rejections: [...batch.rejections, ...log.finish()] };
}

/** Keeps the series that `indexes` mention, and renumbers `indexes` in place. */
function dropUnusedSeries(series: readonly MetricSeries[], indexes: readonly Uint32Array[]): MetricSeries[] {
  const isUsed = new Uint8Array(series.length);
  for (const column of indexes) {
    for (const index of column) {
      isUsed[index] = 1;
    }
  }
  const kept: MetricSeries[] = [];
  const newIndex = series.map((item, index) => (isUsed[index] === 1 ? kept.push(item) - 1 : 0));
  for (const column of indexes) {
    column.forEach((index, row) => (column[row] = newIndex[index]!));
  }
  return kept;
}

function takeNumbers(points: NumberPoints, rows: readonly number[]): NumberPoints {
  return {
    length: rows.length,
    seriesIndex: Uint32Array.from(rows, (row) => points.seriesIndex[row]!),
    timeUnixNano: BigInt64Array.from(rows, (row) => points.timeUnixNano[row]!),
    startTimeUnixNano: BigInt64Array.from(rows, (row) => points.startTimeUnixNano[row]!),
    value: Float64Array.from(rows, (row) => points.value[row]!),
    valueInt: BigInt64Array.from(rows, (row) => points.valueInt[row]!),
    isInt: Uint8Array.from(rows, (row) => points.isInt[row]!),
    flags: Uint32Array.from(rows, (row) => points.flags[row]!),
  };
}

function takeHistograms(points: HistogramPoints, rows: readonly number[]): HistogramPoints {
  return {
    length: rows.length,
    seriesIndex: Uint32Array.from(rows, (row) => points.seriesIndex[row]!),
    timeUnixNano: BigInt64Array.from(rows, (row) => points.timeUnixNano[row]!),
    startTimeUnixNano: BigInt64Array.from(rows, (row) => points.startTimeUnixNano[row]!),
    count: BigUint64Array.from(rows, (row) => points.count[row]!),
    sum: Float64Array.from(rows, (row) => points.sum[row]!),
    min: Float64Array.from(rows, (row) => points.min[row]!),
    max: Float64Array.from(rows, (row) => points.max[row]!),
    hasSum: Uint8Array.from(rows, (row) => points.hasSum[row]!),
    hasMin: Uint8Array.from(rows, (row) => points.hasMin[row]!),
    hasMax: Uint8Array.from(rows, (row) => points.hasMax[row]!),
    flags: Uint32Array.from(rows, (row) => points.flags[row]!),
    bucketCounts: rows.map((row) => points.bucketCounts[row]!),
    explicitBounds: rows.map((row) => points.explicitBounds[row]!),
  };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
