import { attributeKeysOf } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { seriesDays } from '../semantics/series-sql.js';
import type { SeriesTable } from '../semantics/series-sql.js';
import { LOOK_BACK_MS } from '../semantics/increase-sql.js';
import { labelValue } from '../slices/series-condition.js';

/** A stored series of a metric that SLOs count. */
export interface SliSeries {
  readonly hash: bigint;
  readonly metric: string;
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary';
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly monotonic: boolean;
  /** In the order of the labels asked for; `''` where it has none. */
  readonly labels: readonly string[];
}

/** Which series to look for. */
export interface SliSeriesQuery {
  readonly metrics: readonly string[];
  /** Labels as rules name them. */
  readonly labels: readonly string[];
  /** Series that had points in it, or shortly before it. */
  readonly range: TimeRange;
  /** `metric_series` while raw points live, `metric_series_monthly` for what only roll-ups remember. */
  readonly table?: SeriesTable;
}

const DAY_MS = 86_400_000;
const TYPES = ['', 'gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'] as const;
const TEMPORALITIES = ['unspecified', 'delta', 'cumulative'] as const;

/** More series than this are not the business of SLOs; the query fails and says so. */
const MOST_SERIES = 1_000_000;

/**
 * Something that changes whenever {@link findSliSeries} would find other series. Costs a fraction of finding them.
 */
export async function sliSeriesFingerprint(
  database: Database,
  project: string,
  query: SliSeriesQuery,
): Promise<string> {
  const rows = await database.query<{ print: string }>(
    `SELECT concat(toString(uniqExact(SeriesHash)), '-', toString(sum(DISTINCT SeriesHash))) AS print
     FROM ${query.table ?? 'metric_series'} WHERE ${seriesDays(query.table ?? 'metric_series')}
       AND MetricName IN {metrics:Array(String)}`,
    { project, metrics: query.metrics, ...dayParameters(query) },
    { tag: 'sli-metrics.fingerprint', settings: { max_threads: 1 } },
  );
  return rows[0]?.print ?? '';
}

/** The series of `metrics` with the values of `labels`. Point attributes win over resource attributes. */
export async function findSliSeries(
  database: Database,
  project: string,
  query: SliSeriesQuery,
): Promise<SliSeries[]> {
  if (query.metrics.length === 0) {
    return [];
  }
  const table = query.table ?? 'metric_series';
  const labels = query.labels.map((label, index) => ({
    keys: attributeKeysOf(label),
    name: `label${index}`,
  }));
  const parameters: Parameters = Object.fromEntries(
    labels.flatMap(({ keys, name }) => keys.map((key, position) => [`${name}_key${position}`, key])),
  );
  const values = labels.map(({ keys, name }) => labelValue(keys, name)).join(', ');
  const buffer = await database.queryBinary(
    `SELECT SeriesHash, any(toString(MetricName)), any(toUInt8(MetricType)), any(toUInt8(AggregationTemporality)),
       any(toUInt8(IsMonotonic)), any(${labels.length === 0 ? "CAST([], 'Array(String)')" : `[${values}]`})
     FROM ${table} WHERE ${seriesDays(table)} AND MetricName IN {metrics:Array(String)}
     GROUP BY SeriesHash`,
    { project, metrics: query.metrics, ...dayParameters(query), ...parameters },
    { tag: 'sli-metrics.series', rows: MOST_SERIES },
  );
  const reader = new RowBinaryReader(buffer);
  const series: SliSeries[] = [];
  while (reader.more) {
    series.push({
      hash: reader.bigUint64(),
      metric: reader.text(),
      type: TYPES[reader.uint8()] as SliSeries['type'],
      temporality: TEMPORALITIES[reader.uint8()] ?? 'unspecified',
      monotonic: reader.uint8() === 1,
      labels: reader.array(() => reader.text()),
    });
  }
  return series;
}

function dayParameters({ range, table }: SliSeriesQuery): Parameters {
  const first = Math.floor((range.from - LOOK_BACK_MS) / DAY_MS);
  return {
    [table === 'metric_series_monthly' ? 'firstMonth' : 'firstDay']: first,
    lastDay: Math.floor(range.to / DAY_MS),
  };
}
