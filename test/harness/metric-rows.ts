import type { OpenBackend } from './store-backends.js';

/**
 * Rows of the metric tables as SQL, for tests of what queries make of them: in any order, in parts of their own, twice,
 * with hashes and labels of the test's choosing. Times in nanoseconds.
 */
export interface SeriesLine {
  readonly project: string;
  readonly metric: string;
  readonly hash: bigint;
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponential_histogram';
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly monotonic?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

interface PointLine {
  readonly series: SeriesLine;
  readonly time: bigint;
  /** 0: unknown. */
  readonly start: bigint;
  readonly flags?: number;
}

/** A point of a gauge or sum. */
export interface NumberLine extends PointLine {
  readonly value: number | bigint;
}

/** A point of an explicit histogram. */
export interface HistogramLine extends PointLine {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
}

/** A point of an exponential histogram. */
export interface ExponentialLine extends PointLine {
  readonly scale: number;
  readonly zeroCount?: number;
  readonly zeroThreshold?: number;
  readonly positive?: readonly [offset: number, counts: readonly number[]];
  readonly negative?: readonly [offset: number, counts: readonly number[]];
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
}

const DAY = 86_400_000_000_000n;

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const time = (nano: bigint): string => `fromUnixTimestamp64Nano(${nano}, 'UTC')`;
const array = (values: readonly number[]): string => `[${values.join(',')}]`;
const optional = (value: number | undefined): string => (value === undefined ? 'NULL' : String(value));

function double(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/** Stores rows as one part per day; series rows too, for every day on which one of the points lies. */
export async function storeLines(
  backend: OpenBackend,
  lines: {
    readonly numbers?: readonly NumberLine[];
    readonly histograms?: readonly HistogramLine[];
    readonly exponential?: readonly ExponentialLine[];
  },
): Promise<void> {
  const { numbers = [], histograms = [], exponential = [] } = lines;
  await storeSeries(backend, [...numbers, ...histograms, ...exponential]);
  const identity = 'Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix';
  await insert(
    backend,
    `metric_points (${identity}, ValueDouble, ValueInt, ValueKind, Flags)`,
    numbers.map(({ value, ...point }) => {
      const kind = typeof value === 'bigint' ? 'int' : 'double';
      const integer = typeof value === 'bigint' ? value : 0n;
      return row(point, double(typeof value === 'bigint' ? 0 : value), String(integer), `'${kind}'`);
    }),
  );
  await insert(
    backend,
    `metric_histograms (${identity}, Count, Sum, Min, Max, BucketCounts, ExplicitBounds, Flags)`,
    histograms.map(({ bounds, counts, sum, min, max, ...point }) => {
      const count = counts.reduce((a, b) => a + b, 0);
      return row(
        point,
        String(count),
        optional(sum),
        optional(min),
        optional(max),
        array(counts),
        array(bounds),
      );
    }),
  );
  await insert(
    backend,
    `metric_exp_histograms (${identity}, Count, Sum, Min, Max, Scale, ZeroCount, ZeroThreshold, PositiveOffset,
       PositiveBucketCounts, NegativeOffset, NegativeBucketCounts, Flags)`,
    exponential.map((line) => {
      const { positive = [0, []], negative = [0, []], zeroCount = 0, zeroThreshold = 0, scale } = line;
      const count = [...positive[1], ...negative[1], zeroCount].reduce((a, b) => a + b, 0);
      const moments = [String(count), optional(line.sum), optional(line.min), optional(line.max)];
      const sides = [String(positive[0]), array(positive[1]), String(negative[0]), array(negative[1])];
      return row(line, ...moments, String(scale), String(zeroCount), String(zeroThreshold), ...sides);
    }),
  );
}

function row({ series, time: at, start, flags = 0 }: PointLine, ...cells: readonly string[]): string {
  const { project, metric, hash } = series;
  return `(${[text(project), text(metric), String(hash), time(at), time(start), ...cells, String(flags)].join(',')})`;
}

async function storeSeries(backend: OpenBackend, points: readonly PointLine[]): Promise<void> {
  const rows = new Set(
    points.map(({ series, time: at }) => {
      const {
        project,
        metric,
        hash,
        type,
        temporality,
        monotonic = type === 'sum',
        attributes = {},
      } = series;
      const map = Object.entries(attributes).flatMap(([key, value]) => [text(key), text(value)]);
      return `(${text(project)}, toDate(${at / DAY}), ${text(metric)}, ${hash}, '${type}', '${temporality}', ${monotonic},
        'ranker', map(${map.join(',')}))`;
    }),
  );
  const columns = `Project, Day, MetricName, SeriesHash, MetricType, AggregationTemporality, IsMonotonic, ServiceName,
    Attributes`;
  await insert(backend, `metric_series (${columns})`, [...rows]);
}

/** In pieces that the parser takes at once; deduplication of equal inserts off, as other tokens have it. */
async function insert(backend: OpenBackend, table: string, rows: readonly string[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 2_000) {
    const values = rows.slice(from, from + 2_000).join(',\n');
    await backend.raw(`INSERT INTO ${table} SETTINGS insert_deduplicate = 0 VALUES ${values};\nSELECT 1`);
  }
}

/** The block record of points that lie between two times (ms), as ingest writes it. */
export async function announceLines(
  backend: OpenBackend,
  batch: {
    readonly project: string;
    readonly table: string;
    readonly from: number;
    readonly to: number;
    readonly storedAt: number;
  },
): Promise<void> {
  const milli = (value: number): string => `fromUnixTimestamp64Milli(${value}, 'UTC')`;
  await insert(
    backend,
    'ingest_batches (Project, Process, Token, Table, Day, MinTime, MaxTime, Rows, StoredAt)',
    [
      `(${text(batch.project)}, 'test', 'token', ${text(batch.table)}, toDate(${Math.floor(batch.from / 86_400_000)}),
      ${milli(batch.from)}, ${milli(batch.to)}, 1, ${milli(batch.storedAt)})`,
    ],
  );
}
