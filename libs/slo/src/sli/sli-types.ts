import type { MetricSelector } from '../metric-selector.js';
import type { FieldCondition } from './field-condition.js';

/** A comparison that makes a value good. */
export type ThresholdOperator = 'lte' | 'lt' | 'gte' | 'gt';

/** Good events out of all, both from counters. Exactly one of `good` and `bad` is given; bad = total - good. */
export interface RatioSli {
  readonly kind: 'ratio';
  readonly good: MetricSelector | null;
  readonly bad: MetricSelector | null;
  readonly total: MetricSelector;
}

/** Measurements at or below a threshold out of all, from a histogram with explicit or exponential buckets. */
export interface LatencySli {
  readonly kind: 'latency';
  readonly histogram: MetricSelector;
  /** Upper limit of a good measurement, in the metric's own unit (seconds for `inference.request.duration`). */
  readonly threshold: number;
}

/** A gauge against a threshold: one value per time slice. */
export interface GaugeSli {
  readonly kind: 'gauge';
  readonly gauge: MetricSelector;
  /** Within one series and slice. */
  readonly over: 'avg' | 'min' | 'max' | 'last';
  /** Over the series of one group. */
  readonly across: 'avg' | 'min' | 'max' | 'sum';
  readonly op: ThresholdOperator;
  readonly threshold: number;
}

/** Spans of `otel_traces`. Exactly one of `good` and `bad` is given, further conditions on those of `total`. */
export interface SpanSli {
  readonly kind: 'spans';
  readonly total: readonly FieldCondition[];
  readonly good: readonly FieldCondition[] | null;
  readonly bad: readonly FieldCondition[] | null;
  /** `exclude`: the first requests of a new instance, told from the spans themselves, count neither way. */
  readonly coldStarts: 'include' | 'exclude';
}

/** Log records and events of `otel_logs`. */
export interface LogSli {
  readonly kind: 'logs';
  readonly total: readonly FieldCondition[];
  readonly good: readonly FieldCondition[] | null;
  readonly bad: readonly FieldCondition[] | null;
}

/** Prediction samples, by what is known of each of them. */
export interface PredictionSli {
  readonly kind: 'predictions';
  readonly total: readonly FieldCondition[];
  readonly good: readonly FieldCondition[] | null;
  readonly bad: readonly FieldCondition[] | null;
  /** How long labels are waited for, in milliseconds; 0 where no condition needs a label. Windows end that much earlier. */
  readonly labelDelayMs: number;
}

/** The mean of a field of prediction samples against a threshold: one value per time slice. */
export interface SampleMeanSli {
  readonly kind: 'sample-mean';
  readonly samples: readonly FieldCondition[];
  /** `score`, `value`, `latency_ms`, `correct` or `feature.NAME`. */
  readonly field: string;
  /** The mean is over the last so many samples before the end of the slice, or over those of the last `ms` milliseconds. */
  readonly of: { readonly samples: number } | { readonly ms: number };
  readonly labelDelayMs: number;
  readonly op: ThresholdOperator;
  readonly threshold: number;
}

/** Verdicts of a monitor: each window end is one event, bad when any of its verdicts is an alarm. */
export interface VerdictSli {
  readonly kind: 'verdicts';
  readonly monitor: string;
  /** `''` stands for all subjects of the monitor. */
  readonly subject: string;
}

/** Whatever a read-only SELECT yields for a stretch of time. */
export interface SqlSli {
  readonly kind: 'sql';
  /** Reads the bound parameters `from` and `to` (DateTime64(3)) besides those of `parameters`. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /**
   * `events`: columns `time`, `good` (or `bad`) and `total`; `value`: `time` and `value`, the last of each slice. Columns with
   * the names of the group-by labels tell the group.
   */
  readonly result:
    | { readonly kind: 'good' | 'bad' }
    | { readonly kind: 'value'; readonly op: ThresholdOperator; readonly threshold: number };
  readonly timeoutMs: number;
  readonly maximumRows: number;
}

/** A source that Tidewatch cannot read, such as a query for another system. Loads, and is reported as not evaluable. */
export interface ForeignSli {
  readonly kind: 'foreign';
  readonly sourceType: string;
  /** How a document wrote it, so that it leaves as it came. Absent from definitions that no document made. */
  readonly written?: WrittenIndicator;
}

/** An indicator as OpenSLO writes it: its `spec`, and what the objective compares. */
export interface WrittenIndicator {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly op?: ThresholdOperator;
  readonly value?: number;
}

/** The definition of good and total events of one SLO. */
export type Sli =
  | RatioSli
  | LatencySli
  | GaugeSli
  | SpanSli
  | LogSli
  | PredictionSli
  | SampleMeanSli
  | VerdictSli
  | SqlSli
  | ForeignSli;

/** SLIs that yield one value per slice instead of events: they need a budgeting method with time slices. */
export type ValueSli = GaugeSli | SampleMeanSli | (SqlSli & { readonly result: { readonly kind: 'value' } });
