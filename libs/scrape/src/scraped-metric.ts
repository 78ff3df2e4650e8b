import type { ExpositionValue, Label, ScrapedExemplar } from './exposition.js';

/** The kinds of OTLP metric that expositions turn into. */
export type ScrapedKind = 'gauge' | 'counter' | 'histogram' | 'summary';

/** What the points of one metric share. */
export interface ScrapedMetric {
  readonly name: string;
  readonly kind: ScrapedKind;
  /** In the spelling of OpenTelemetry: `s`, `By`; empty when unknown. */
  readonly unit: string;
  readonly description: string;
  readonly points: readonly ScrapedPoint[];
}

/** What points of every kind have. */
export interface PointBase {
  /** Equal for two points of one target exactly when they are of the same series. See {@link seriesKey}. */
  readonly series: string;
  /** Sorted by name; names mapped as the target's rule says. */
  readonly attributes: readonly Label[];
  /** Nanoseconds; `null` for the time of the scrape. */
  readonly timeUnixNano: bigint | null;
  /** Nanoseconds; 0 when the exposition does not say. */
  readonly startTimeUnixNano: bigint;
}

/** A point of a gauge or counter. */
export interface ScrapedNumber extends PointBase {
  readonly kind: 'number';
  readonly value: ExpositionValue;
  readonly exemplar: ScrapedExemplar | null;
}

/** A point of a histogram with explicit buckets. */
export interface ScrapedHistogram extends PointBase {
  readonly kind: 'histogram';
  readonly count: bigint;
  /** `null` when the target exposes no sum. */
  readonly sum: number | null;
  /** Upper bounds, strictly increasing, without infinity. */
  readonly bounds: readonly number[];
  /** Observations per bucket, not cumulative; one more than the bounds, or none. */
  readonly bucketCounts: readonly bigint[];
  readonly exemplars: readonly ScrapedExemplar[];
}

/** A point of a summary. */
export interface ScrapedSummary extends PointBase {
  readonly kind: 'summary';
  /** 0 when the target exposes none: OTLP cannot say "absent" here. */
  readonly count: bigint;
  readonly sum: number;
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

/** The end of a series: it was there in an earlier scrape and is gone ("no recorded value"). */
export interface ScrapedEnd extends PointBase {
  readonly kind: 'end';
}

export type ScrapedPoint = ScrapedNumber | ScrapedHistogram | ScrapedSummary | ScrapedEnd;

/** The key of a series: kind, unit, name and attributes, each with its length, so that no two series share one. */
export function seriesKey(
  metric: Pick<ScrapedMetric, 'name' | 'kind' | 'unit'>,
  attributes: readonly Label[],
): string {
  let key = `${metric.kind} ${metric.unit} ${metric.name}`;
  for (const [name, value] of attributes) {
    key += ` ${name.length} ${value.length} ${name}${value}`;
  }
  return key;
}
