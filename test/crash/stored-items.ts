import { ceilTime, floorTime, type TimeRange } from '@tidewatch/core';
import { openStore } from '@tidewatch/store';
import { countEvents } from '../harness/count-events.js';
import { queryDataDirectory, type RawRow } from '../load/query-data-directory.js';
import { CRASH_METRICS, CRASH_MODEL } from './exporter-bodies.js';

const SLICE_MS = 10_000;

/** What of one exporter is stored. Its items are numbered from 0 without gaps, so these say whether the set is right. */
export interface StoredItems {
  readonly exporter: string;
  /** Rows of the table, without any removal of duplicates. */
  readonly rows: number;
  readonly distinct: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One statement per signal; the columns are those of {@link StoredItems}. */
const STATEMENTS = {
  metrics: `SELECT exporter, count() AS rows, uniqExact(ValueInt) AS distinct, min(ValueInt) AS lowest, max(ValueInt) AS highest
    FROM metric_points AS points
    INNER JOIN (SELECT DISTINCT SeriesHash, Attributes['exporter'] AS exporter FROM metric_series
                WHERE MetricName = '${CRASH_METRICS.sequence}') AS series ON points.SeriesHash = series.SeriesHash
    WHERE MetricName = '${CRASH_METRICS.sequence}' GROUP BY exporter`,
  traces: numbered('otel_traces', 'SpanAttributes'),
  logs: numbered('otel_logs', 'LogAttributes'),
  predictions: `SELECT splitByChar('-', PredictionId)[1] AS exporter, count() AS rows, uniqExact(number) AS distinct,
      min(number) AS lowest, max(number) AS highest
    FROM (SELECT PredictionId, toUInt64(splitByChar('-', PredictionId)[2]) AS number FROM predictions
          WHERE Model = '${CRASH_MODEL}') GROUP BY exporter`,
} as const;

function numbered(table: string, attributes: string): string {
  return `SELECT exporter, count() AS rows, uniqExact(number) AS distinct, min(number) AS lowest, max(number) AS highest
    FROM (SELECT ${attributes}['exporter'] AS exporter, toUInt64(${attributes}['number']) AS number FROM ${table})
    GROUP BY exporter`;
}

/** A signal that the crash run sends. */
export type CrashSignal = keyof typeof STATEMENTS;

/** The rows of a stopped server's data directory, by exporter. */
export async function readStoredItems(
  dataDir: string,
  signals: readonly CrashSignal[],
): Promise<Map<string, StoredItems>> {
  const results = await queryDataDirectory(
    dataDir,
    signals.map((signal) => STATEMENTS[signal]),
  );
  return new Map(results.flat().map((row) => [String(row['exporter']), toStoredItems(row)]));
}

function toStoredItems(row: RawRow): StoredItems {
  const number = (name: string) => Number(row[name]);
  return {
    exporter: String(row['exporter']),
    rows: number('rows'),
    distinct: number('distinct'),
    lowest: number('lowest'),
    highest: number('highest'),
  };
}

/** What the product itself says of a time range: its own reads, with their own removal of duplicates. */
export interface ProductCounts {
  /** Increase of the cumulative counters of all exporters: what an SLO would count as its total events. */
  readonly counted: number;
  /** Predictions in the range. */
  readonly predictions: number;
}

/** Opens the store on a stopped server's data directory and asks it. */
export async function readThroughProduct(dataDir: string, range: TimeRange): Promise<ProductCounts> {
  const store = await openStore({
    mode: { kind: 'embedded', dataDir, announce: { pid: process.pid, url: 'http://127.0.0.1' } },
    migrationsDir: 'migrations',
    retention: { rawDays: 30, vectorDays: 7, aggregateDays: 400 },
    processName: 'crash-check',
  });
  try {
    const total = { metric: CRASH_METRICS.counter, match: [] };
    const slices = await countEvents(
      store,
      'default',
      { kind: 'ratio', good: total, bad: null, total },
      { from: floorTime(range.from, SLICE_MS), to: ceilTime(range.to, SLICE_MS) },
    );
    const samples = await store.features.featureSamples('default', CRASH_MODEL, range);
    return {
      counted: slices.reduce((sum, [, , events]) => sum + events, 0),
      predictions: samples.totalRows,
    };
  } finally {
    await store.close();
  }
}
