import type { HistogramPoints, MetricBatch, MetricSeries, NumberPoints } from '@tidewatch/otlp';

/** One point of a counter or gauge; times in milliseconds. */
export interface NumberSample {
  readonly series: MetricSeries;
  readonly at: number;
  /** Start time; absent: unknown (0). */
  readonly start?: number;
  readonly value?: number;
  /** An exact integer, instead of `value`. */
  readonly integer?: bigint;
  /** Added to `at`. */
  readonly nano?: bigint;
  readonly flags?: number;
}

/** One point of a histogram; times in milliseconds. */
export interface HistogramSample {
  readonly series: MetricSeries;
  readonly at: number;
  readonly start?: number;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum?: number;
  readonly flags?: number;
}

let nextHash = 1n;

/** A series with a hash of its own: a monotonic delta sum of service `ranker`, unless told otherwise. */
export function metricSeries(partial: Partial<MetricSeries> = {}): MetricSeries {
  return {
    hash: nextHash++,
    metricName: 'inference.requests',
    metricType: 'sum',
    temporality: 'delta',
    isMonotonic: true,
    unit: '1',
    description: '',
    serviceName: 'ranker',
    resourceAttributes: { 'service.name': 'ranker' },
    resourceSchemaUrl: '',
    scopeName: '',
    scopeVersion: '',
    scopeAttributes: {},
    scopeSchemaUrl: '',
    attributes: {},
    ...partial,
  };
}

/** The samples as a decoded batch. */
export function metricBatch(
  numbers: readonly NumberSample[],
  histograms: readonly HistogramSample[] = [],
): MetricBatch {
  const series = [...new Set([...numbers, ...histograms].map((sample) => sample.series))];
  return {
    series,
    numbers: numberPoints(series, numbers),
    histograms: histogramPoints(series, histograms),
    rejections: [],
  };
}

function numberPoints(series: readonly MetricSeries[], samples: readonly NumberSample[]): NumberPoints {
  return {
    ...pointColumns(series, samples),
    value: Float64Array.from(samples, ({ value, integer }) => value ?? Number(integer ?? 0n)),
    valueInt: BigInt64Array.from(samples, ({ integer }) => integer ?? 0n),
    isInt: Uint8Array.from(samples, ({ integer }) => (integer === undefined ? 0 : 1)),
  };
}

function histogramPoints(
  series: readonly MetricSeries[],
  samples: readonly HistogramSample[],
): HistogramPoints {
  return {
    ...pointColumns(series, samples),
    count: BigUint64Array.from(samples, ({ counts }) =>
      BigInt(counts.reduce((sum, count) => sum + count, 0)),
    ),
    sum: Float64Array.from(samples, ({ sum }) => sum ?? 0),
    hasSum: Uint8Array.from(samples, ({ sum }) => (sum === undefined ? 0 : 1)),
    min: new Float64Array(samples.length),
    hasMin: new Uint8Array(samples.length),
    max: new Float64Array(samples.length),
    hasMax: new Uint8Array(samples.length),
    bucketCounts: samples.map(({ counts }) => BigUint64Array.from(counts, BigInt)),
    explicitBounds: samples.map(({ bounds }) => Float64Array.from(bounds)),
  };
}

type Sample = Pick<NumberSample, 'series' | 'at' | 'start' | 'nano' | 'flags'>;

function pointColumns(
  series: readonly MetricSeries[],
  samples: readonly Sample[],
): Pick<NumberPoints, 'length' | 'seriesIndex' | 'timeUnixNano' | 'startTimeUnixNano' | 'flags'> {
  return {
    length: samples.length,
    seriesIndex: Uint32Array.from(samples, (sample) => series.indexOf(sample.series)),
    timeUnixNano: BigInt64Array.from(samples, ({ at, nano }) => BigInt(at) * 1_000_000n + (nano ?? 0n)),
    startTimeUnixNano: BigInt64Array.from(samples, ({ start }) => BigInt(start ?? 0) * 1_000_000n),
    flags: Uint32Array.from(samples, ({ flags }) => flags ?? 0),
  };
}
