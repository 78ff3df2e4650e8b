import type { MetricSeries } from '@tidewatch/otlp';
import type { SeriesMark } from './written-series.js';

/** What points need of the series of their batch, as columns over `MetricBatch.series`. */
export interface SeriesColumns {
  /** Low and high half of each hash. */
  readonly hashes: Uint32Array;
  /** Position of each series' metric in `names`. */
  readonly nameIndex: Uint32Array;
  readonly names: readonly string[];
}

/** Gathers {@link SeriesColumns}, once per batch. */
export function seriesColumns(series: readonly MetricSeries[], marks: readonly SeriesMark[]): SeriesColumns {
  const hashes = new Uint32Array(2 * series.length);
  const nameIndex = new Uint32Array(series.length);
  const names: string[] = [];
  const positions = new Map<string, number>();
  let previous: string | undefined;
  let position = 0;
  for (let index = 0; index < series.length; index++) {
    const { hashLow, hashHigh } = marks[index]!;
    hashes[2 * index] = hashLow;
    hashes[2 * index + 1] = hashHigh;
    const { metricName } = series[index]!;
    // Series of one metric usually follow each other.
    if (metricName !== previous) {
      previous = metricName;
      position = positions.get(metricName) ?? names.length;
      if (position === names.length) {
        positions.set(metricName, position);
        names.push(metricName);
      }
    }
    nameIndex[index] = position;
  }
  return { hashes, nameIndex, names };
}

/** The same with only the names of those series that `seriesIndex` mentions, for a block that is a part of its batch. */
export function namesInUse(series: SeriesColumns, seriesIndex: Uint32Array): SeriesColumns {
  const positions = new Int32Array(series.names.length).fill(-1);
  const nameIndex = new Uint32Array(series.nameIndex.length);
  const names: string[] = [];
  for (const index of seriesIndex) {
    const name = series.nameIndex[index]!;
    if (positions[name]! < 0) {
      positions[name] = names.push(series.names[name]!) - 1;
    }
    nameIndex[index] = positions[name]!;
  }
  return { hashes: series.hashes, nameIndex, names };
}
