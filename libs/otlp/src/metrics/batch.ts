import type { Labels } from '@tidewatch/core';

/** The kinds of metric that are stored. */
export type MetricType = 'gauge' | 'sum' | 'histogram';

/** How consecutive points of one series relate. Gauges, and senders that do not say, are `unspecified`. */
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/**
 * Everything that identifies a series, once per batch.
 *
 * Attribute values are text (see `attributeText`); their types live in the hash only. `description` and the two schema
 * URLs describe the series without identifying it: the first occurrence in the batch is kept.
 */
export interface MetricSeries {
  /** Unsigned 64 bits, see `seriesHash`. */
  readonly hash: bigint;
  readonly metricName: string;
  readonly metricType: MetricType;
  readonly temporality: Temporality;
  /** True for sums that only rise; always false for gauges and histograms. */
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
interface PointColumns {
  readonly length: number;
  /** Index into `MetricBatch.series`. */
  readonly seriesIndex: Uint32Array;
  /** Nanoseconds since the Unix epoch; always above 0. */
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

/** Points of explicit-bucket histograms, in the order in which they came. */
export interface HistogramPoints extends PointColumns {
  readonly count: BigUint64Array;
  /** 0 where `hasSum` is 0; absent is not zero. The same holds for `min` and `max`. */
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly hasSum: Uint8Array;
  readonly hasMin: Uint8Array;
  readonly hasMax: Uint8Array;
  /** One element more than the bounds of the same point, or both are empty. Bucket i is (bound[i-1], bound[i]]. */
  readonly bucketCounts: BigUint64Array[];
  /** Strictly increasing. Points may share one array: never write to it. */
  readonly explicitBounds: Float64Array[];
}

/** Points that were refused for one reason, in words for the sender's developer. */
export interface Rejection {
  readonly count: number;
  readonly reason: string;
}

/** One decoded request in columns: series once, points as typed arrays that refer to them. */
export interface MetricBatch {
  readonly series: MetricSeries[];
  readonly numbers: NumberPoints;
  readonly histograms: HistogramPoints;
  readonly rejections: Rejection[];
}
