import type { MetricBatch } from '@tidewatch/otlp';
import type { BlockWriter } from '../block-writer.js';
import { encodeRows } from '../table-definition.js';
import type { TableShape } from '../table-definition.js';
import {
  encodeHistogramPoints,
  encodeNumberPoints,
  METRIC_HISTOGRAMS,
  METRIC_POINTS,
  METRIC_SERIES,
  seriesPrefixes,
} from './metric-tables.js';
import type { SeriesRow } from './metric-tables.js';

/** Stores metric points and the series they belong to. */
export interface MetricsRepository {
  /**
   * Stores a decoded batch; points refused while decoding are not in it. Resolves when everything is durable, with the
   * number of points. A point with the project, metric, series and time of a stored one replaces it.
   *
   * @throws AppError with `retryable` set when sending the same batch again may help; it is safe to do so.
   */
  insert(project: string, batch: MetricBatch): Promise<number>;
}

const DAY_NANO = 86_400_000_000_000;

/** Series remembered as written. One entry takes about 50 bytes; forgetting only costs writing a series row again. */
const MAX_KNOWN_SERIES = 1_000_000;

/** Opens the repository. */
export function metricsRepository(writer: BlockWriter): MetricsRepository {
  const known = new KnownSeries();
  return {
    insert: async (project, batch) => {
      const numbers = pointsByDay(batch.numbers.timeUnixNano);
      const histograms = pointsByDay(batch.histograms.timeUnixNano);
      const seriesRows = [
        ...newSeries(project, batch, batch.numbers.seriesIndex, numbers, known),
        ...newSeries(project, batch, batch.histograms.seriesIndex, histograms, known),
      ];
      // Series first: whoever learns of the points (through ingest_batches) must be able to find their labels.
      await storeSeries(writer, project, seriesRows);
      known.add(seriesRows);
      const prefixes = seriesPrefixes(project, batch.series);
      await Promise.all([
        ...numbers.map((day) =>
          appendPoints(
            writer,
            METRIC_POINTS,
            project,
            day,
            encodeNumberPoints(batch.numbers, prefixes, day.points),
          ),
        ),
        ...histograms.map((day) =>
          appendPoints(
            writer,
            METRIC_HISTOGRAMS,
            project,
            day,
            encodeHistogramPoints(batch.histograms, prefixes, day.points),
          ),
        ),
      ]);
      return batch.numbers.length + batch.histograms.length;
    },
  };
}

/** The points of one UTC day, by index. */
interface DayPoints {
  readonly day: number;
  readonly points: number[];
  minTime: number;
  maxTime: number;
}

function pointsByDay(times: BigInt64Array): DayPoints[] {
  const days = new Map<number, DayPoints>();
  let current: DayPoints | undefined;
  for (let index = 0; index < times.length; index++) {
    const nano = times[index]!;
    const day = dayOf(nano);
    const milli = Math.floor(Number(nano) / 1e6);
    if (current?.day !== day) {
      current = days.get(day) ?? { day, points: [], minTime: milli, maxTime: milli };
      days.set(day, current);
    }
    current.points.push(index);
    current.minTime = Math.min(current.minTime, milli);
    current.maxTime = Math.max(current.maxTime, milli);
  }
  return [...days.values()];
}

/** The UTC day of a time. A double holds today's nanoseconds to 256: only next to midnight is exact division needed. */
function dayOf(nano: bigint): number {
  const approximate = Number(nano) / DAY_NANO;
  const day = Math.floor(approximate);
  const fraction = approximate - day;
  return fraction > 1e-9 && fraction < 1 - 1e-9 ? day : Number(nano / BigInt(DAY_NANO));
}

function newSeries(
  project: string,
  batch: MetricBatch,
  seriesIndex: Uint32Array,
  days: readonly DayPoints[],
  known: KnownSeries,
): SeriesRow[] {
  const rows: SeriesRow[] = [];
  for (const { day, points } of days) {
    const seen = new Uint8Array(batch.series.length);
    for (const point of points) {
      const index = seriesIndex[point]!;
      const series = batch.series[index]!;
      if (seen[index] === 0 && !known.has(project, day, series.hash)) {
        rows.push({ project, day, series });
      }
      seen[index] = 1;
    }
  }
  return rows;
}

async function storeSeries(writer: BlockWriter, project: string, rows: readonly SeriesRow[]): Promise<void> {
  const days = new Set(rows.map(({ day }) => day));
  await Promise.all(
    [...days].map((day) => {
      const ofDay = rows.filter((row) => row.day === day);
      const time = day * 86_400_000;
      const bytes = encodeRows(METRIC_SERIES, ofDay);
      return writer.append(METRIC_SERIES, {
        project,
        rows: ofDay.length,
        bytes,
        day,
        minTime: time,
        maxTime: time,
      });
    }),
  );
}

function appendPoints(
  writer: BlockWriter,
  table: TableShape,
  project: string,
  { day, points, minTime, maxTime }: DayPoints,
  bytes: Buffer,
): Promise<void> {
  return writer.append(table, { project, rows: points.length, bytes, day, minTime, maxTime });
}

/** Which series rows this process has stored, so that each is written once per day and not once per request. */
class KnownSeries {
  private readonly hashes = new Map<string, Set<bigint>>();
  private size = 0;

  has(project: string, day: number, hash: bigint): boolean {
    return this.hashes.get(`${day}:${project}`)?.has(hash) ?? false;
  }

  add(rows: readonly SeriesRow[]): void {
    if (this.size + rows.length > MAX_KNOWN_SERIES) {
      this.hashes.clear();
      this.size = 0;
    }
    for (const { project, day, series } of rows) {
      const key = `${day}:${project}`;
      const hashes = this.hashes.get(key) ?? new Set<bigint>();
      this.hashes.set(key, hashes);
      hashes.add(series.hash);
    }
    this.size += rows.length;
  }
}
