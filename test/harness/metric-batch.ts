import type {
  Exemplars,
  ExponentialHistogramPoints,
  HistogramPoints,
  MetricBatch,
  MetricSeries,
  NumberPoints,
  SummaryPoints,
} from '@tidewatch/otlp';

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

/** One point of an exponential histogram; times in milliseconds. */
export interface ExponentialSample {
  readonly series: MetricSeries;
  readonly at: number;
  readonly start?: number;
  readonly scale: number;
  readonly zeroCount?: number;
  readonly zeroThreshold?: number;
  readonly positive: { readonly offset: number; readonly counts: readonly number[] };
  readonly negative?: { readonly offset: number; readonly counts: readonly number[] };
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly flags?: number;
}

/** One point of a summary; times in milliseconds. */
export interface SummarySample {
  readonly series: MetricSeries;
  readonly at: number;
  readonly start?: number;
  readonly count: number;
  readonly sum: number;
  /** Quantile and its value. */
  readonly quantiles: readonly (readonly [number, number])[];
  readonly flags?: number;
}

/** One exemplar; its time in milliseconds. */
export interface ExemplarSample {
  readonly series: MetricSeries;
  readonly at: number;
  readonly value?: number;
  readonly integer?: bigint;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly filteredAttributes?: Readonly<Record<string, string>>;
}

/** The kinds that few tests need. */
export interface OtherSamples {
  readonly exponential?: readonly ExponentialSample[];
  readonly summaries?: readonly SummarySample[];
  readonly exemplars?: readonly ExemplarSample[];
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
  { exponential = [], summaries = [], exemplars = [] }: OtherSamples = {},
): MetricBatch {
  const points = [...numbers, ...histograms, ...exponential, ...summaries];
  const series = [...new Set(points.map((sample) => sample.series))];
  return {
    series,
    numbers: numberPoints(series, numbers),
    histograms: histogramPoints(series, histograms),
    exponentialHistograms: exponentialPoints(series, exponential),
    summaries: summaryPoints(series, summaries),
    exemplars: exemplarColumns(series, exemplars),
    rejections: [],
    accepted: points.length,
  };
}

function exponentialPoints(
  series: readonly MetricSeries[],
  samples: readonly ExponentialSample[],
): ExponentialHistogramPoints {
  const buckets = (counts: readonly number[] = []): BigUint64Array => BigUint64Array.from(counts, BigInt);
  const total = (counts: readonly number[] = []): number => counts.reduce((sum, count) => sum + count, 0);
  return {
    ...pointColumns(series, samples),
    count: BigUint64Array.from(samples, ({ positive, negative, zeroCount }) =>
      BigInt(total(positive.counts) + total(negative?.counts) + (zeroCount ?? 0)),
    ),
    sum: Float64Array.from(samples, ({ sum }) => sum ?? 0),
    min: Float64Array.from(samples, ({ min }) => min ?? 0),
    max: Float64Array.from(samples, ({ max }) => max ?? 0),
    hasSum: Uint8Array.from(samples, ({ sum }) => Number(sum !== undefined)),
    hasMin: Uint8Array.from(samples, ({ min }) => Number(min !== undefined)),
    hasMax: Uint8Array.from(samples, ({ max }) => Number(max !== undefined)),
    scale: Int32Array.from(samples, ({ scale }) => scale),
    zeroCount: BigUint64Array.from(samples, ({ zeroCount }) => BigInt(zeroCount ?? 0)),
    zeroThreshold: Float64Array.from(samples, ({ zeroThreshold }) => zeroThreshold ?? 0),
    positiveOffset: Int32Array.from(samples, ({ positive }) => positive.offset),
    positiveBucketCounts: samples.map(({ positive }) => buckets(positive.counts)),
    negativeOffset: Int32Array.from(samples, ({ negative }) => negative?.offset ?? 0),
    negativeBucketCounts: samples.map(({ negative }) => buckets(negative?.counts)),
  };
}

function summaryPoints(series: readonly MetricSeries[], samples: readonly SummarySample[]): SummaryPoints {
  return {
    ...pointColumns(series, samples),
    count: BigUint64Array.from(samples, ({ count }) => BigInt(count)),
    sum: Float64Array.from(samples, ({ sum }) => sum),
    quantiles: samples.map(({ quantiles }) => Float64Array.from(quantiles, ([quantile]) => quantile)),
    quantileValues: samples.map(({ quantiles }) => Float64Array.from(quantiles, ([, value]) => value)),
  };
}

function exemplarColumns(series: readonly MetricSeries[], samples: readonly ExemplarSample[]): Exemplars {
  return {
    length: samples.length,
    seriesIndex: positions(series, samples),
    timeUnixNano: BigInt64Array.from(samples, ({ at }) => BigInt(at) * 1_000_000n),
    value: Float64Array.from(samples, ({ value, integer }) => value ?? Number(integer ?? 0n)),
    valueInt: BigInt64Array.from(samples, ({ integer }) => integer ?? 0n),
    isInt: Uint8Array.from(samples, ({ integer }) => Number(integer !== undefined)),
    traceId: samples.map(({ traceId }) => traceId ?? ''),
    spanId: samples.map(({ spanId }) => spanId ?? ''),
    filteredAttributes: samples.map(({ filteredAttributes }) => filteredAttributes ?? {}),
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
    seriesIndex: positions(series, samples),
    timeUnixNano: BigInt64Array.from(samples, ({ at, nano }) => BigInt(at) * 1_000_000n + (nano ?? 0n)),
    startTimeUnixNano: BigInt64Array.from(samples, ({ start }) => BigInt(start ?? 0) * 1_000_000n),
    flags: Uint32Array.from(samples, ({ flags }) => flags ?? 0),
  };
}

function positions(
  series: readonly MetricSeries[],
  samples: readonly { readonly series: MetricSeries }[],
): Uint32Array {
  const indexes = new Map(series.map((one, index) => [one, index]));
  return Uint32Array.from(samples, (sample) => indexes.get(sample.series)!);
}
