import type { Labels } from '@tidewatch/core';

/** The kinds of metric, in the words of the specification. */
export type MetricType = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary';

/** How consecutive points of one series relate. Gauges, summaries, and senders that do not say, are `unspecified`. */
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/**
 * Everything that identifies a series. One object per series and `SeriesCache`, shared by every batch that mentions the
 * series until the cache lets go of it, so that a reader may remember things per object.
 *
 * Attribute values are text (see `attributeText`); their types live in the hash only. `description` and the two schema
 * URLs describe the series without identifying it; when they change, the series becomes a new object with the same hash.
 */
export interface MetricSeries {
  /** Unsigned 64 bits, see `seriesHash`. */
  readonly hash: bigint;
  readonly metricName: string;
  readonly metricType: MetricType;
  readonly temporality: Temporality;
  /** True for sums that only rise; false for every other kind. */
  readonly isMonotonic: boolean;
  readonly unit: string;
  readonly description: string;
  /** The resource attribute `service.name`; empty when absent. */
  readonly serviceName: string;
  readonly resourceAttributes: Labels;
  readonly resourceSchemaUrl: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Labels;
  readonly scopeSchemaUrl: string;
  readonly attributes: Labels;
}

/** Columns that points of every kind have. All arrays have `length` elements. */
export interface PointColumns {
  readonly length: number;
  /** Index into `MetricBatch.series`. */
  readonly seriesIndex: Uint32Array;
  /** Nanoseconds since the Unix epoch, inside the storable times of the decoder's context. */
  readonly timeUnixNano: BigInt64Array;
  /** Nanoseconds since the Unix epoch; 0 when the sender gave none. Stored as sent, even if after the time. */
  readonly startTimeUnixNano: BigInt64Array;
  /** OTLP data point flags. Bit 0, "no recorded value", ends the series at this time. */
  readonly flags: Uint32Array;
}

/** Points of gauges and sums, in the order in which they came. */
export interface NumberPoints extends PointColumns {
  /**
   * The value as a double, rounded for integers beyond 2^53. NaN and the infinities are stored as sent; a point with
   * the flag "no recorded value" and no value holds NaN, so that it can never count as a zero.
   */
  readonly value: Float64Array;
  /** The exact value where `isInt` is 1, else 0. */
  readonly valueInt: BigInt64Array;
  readonly isInt: Uint8Array;
}

/** What histograms of both kinds have. `count` is stored as sent, also where the buckets add up to something else. */
interface DistributionPoints extends PointColumns {
  readonly count: BigUint64Array;
  /** 0 where `hasSum` is 0; absent is not zero. The same holds for `min` and `max`. */
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly hasSum: Uint8Array;
  readonly hasMin: Uint8Array;
  readonly hasMax: Uint8Array;
}

/** Points of explicit-bucket histograms, in the order in which they came. */
export interface HistogramPoints extends DistributionPoints {
  /**
   * One element more than the bounds of the same point, or both are empty. Bucket i is (bound[i-1], bound[i]]. Points
   * may share one array, here and in every other list column: never write to it.
   */
  readonly bucketCounts: BigUint64Array[];
  /** Strictly increasing. */
  readonly explicitBounds: Float64Array[];
}

/**
 * Points of exponential histograms, in the order in which they came.
 *
 * With base = 2^(2^-scale), element i of the positive counts is the bucket (base^(offset+i), base^(offset+i+1)]; the
 * negative ones mirror that.
 */
export interface ExponentialHistogramPoints extends DistributionPoints {
  readonly scale: Int32Array;
  readonly zeroCount: BigUint64Array;
  readonly zeroThreshold: Float64Array;
  readonly positiveOffset: Int32Array;
  readonly positiveBucketCounts: BigUint64Array[];
  readonly negativeOffset: Int32Array;
  readonly negativeBucketCounts: BigUint64Array[];
}

/** Points of summaries, in the order in which they came. */
export interface SummaryPoints extends PointColumns {
  readonly count: BigUint64Array;
  readonly sum: Float64Array;
  /** Between 0 and 1, in the order in which they came; as many as `quantileValues` of the same point. */
  readonly quantiles: Float64Array[];
  readonly quantileValues: Float64Array[];
}

/** Exemplars of accepted points of every kind. */
export interface Exemplars {
  readonly length: number;
  /** Index into `MetricBatch.series`: the series of the point. */
  readonly seriesIndex: Uint32Array;
  /** Nanoseconds since the Unix epoch, inside the storable times; the point's time when the exemplar has none. */
  readonly timeUnixNano: BigInt64Array;
  readonly value: Float64Array;
  /** The exact value where `isInt` is 1, else 0. */
  readonly valueInt: BigInt64Array;
  readonly isInt: Uint8Array;
  /** 32 lower-case hex digits, or empty when absent, all zero or not 16 bytes long. */
  readonly traceId: string[];
  /** 16 lower-case hex digits, or empty. */
  readonly spanId: string[];
  /** Attributes of the measurement that its series lacks. */
  readonly filteredAttributes: Labels[];
}

/**
 * Items that were refused for one reason, in words for the sender's developer. With `count` 0 it is a warning: nothing
 * was refused, but something is not as it should be.
 */
export interface Rejection {
  readonly count: number;
  readonly reason: string;
}

/** One decoded request in columns: series once, points as typed arrays that refer to them. */
export interface MetricBatch {
  /** Distinct by hash. */
  readonly series: MetricSeries[];
  readonly numbers: NumberPoints;
  readonly histograms: HistogramPoints;
  readonly exponentialHistograms: ExponentialHistogramPoints;
  readonly summaries: SummaryPoints;
  readonly exemplars: Exemplars;
  readonly rejections: Rejection[];
  /** Points in the four kinds together. `accepted` and the counts of `rejections` add up to the points of the request. */
  readonly accepted: number;
}
