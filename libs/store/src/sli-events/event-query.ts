import type { SliceSelector } from '../slices/sli-query.js';

/**
 * What SLIs ask of raw events. Structurally the SLI types of `@tidewatch/slo`, less what only judging needs.
 */

/** One condition on a field of an event; regular expressions are RE2 and match the whole value. */
export interface EventCondition {
  readonly field: string;
  readonly op: '=' | '!=' | '=~' | '!~' | '<' | '<=' | '>' | '>=';
  readonly value: string | number;
}

/** Which events count, and which of them are good. Exactly one of `good` and `bad` is given. */
export interface EventConditions {
  readonly total: readonly EventCondition[];
  readonly good: readonly EventCondition[] | null;
  readonly bad: readonly EventCondition[] | null;
}

/** Spans of `otel_traces`. */
export interface SpanEvents extends EventConditions {
  readonly kind: 'spans';
  readonly coldStarts: 'include' | 'exclude';
}

/** Records of `otel_logs`. */
export interface LogEvents extends EventConditions {
  readonly kind: 'logs';
}

/** Samples of `predictions`. */
export interface PredictionEvents extends EventConditions {
  readonly kind: 'predictions';
  /** A label counts that was known so long after its sample, in milliseconds. */
  readonly labelDelayMs: number;
}

/** Window ends of a monitor in `verdicts`. */
export interface VerdictEvents {
  readonly kind: 'verdicts';
  readonly monitor: string;
  /** Empty for all subjects of the monitor. */
  readonly subject: string;
}

/** A SELECT somebody wrote, with the values it reads. */
export interface SqlSource {
  readonly kind: 'sql';
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly timeoutMs: number;
  readonly maximumRows: number;
}

/** A SELECT of good or bad and of all events per moment. */
export interface SqlEvents extends SqlSource {
  readonly result: { readonly kind: 'good' | 'bad' };
}

/** A SELECT of one value per moment. */
export interface SqlValues extends SqlSource {
  readonly result: { readonly kind: 'value' };
}

/** Levels of a gauge. */
export interface GaugeValues {
  readonly kind: 'gauge';
  readonly gauge: SliceSelector;
  readonly over: 'avg' | 'min' | 'max' | 'last';
  readonly across: 'avg' | 'min' | 'max' | 'sum';
}

/** Means of a field of prediction samples. */
export interface SampleMeans {
  readonly kind: 'sample-mean';
  readonly samples: readonly EventCondition[];
  readonly field: string;
  readonly of: { readonly samples: number } | { readonly ms: number };
  readonly labelDelayMs: number;
}

/** SLIs that count events of one of the store's own tables. */
export type TableEvents = SpanEvents | LogEvents | PredictionEvents | VerdictEvents;

/** Which events to count, apart by the values of labels. */
export interface SliEventQuery {
  readonly sli: TableEvents | SqlEvents;
  readonly groupBy: readonly string[];
}

/** Which value to read, apart by the values of labels. */
export interface SliValueQuery {
  readonly sli: GaugeValues | SampleMeans | SqlValues;
  readonly groupBy: readonly string[];
}

/** Events of one group in one slice. */
export interface SliEventSlice {
  /** Values of the labels in the order of `groupBy`, empty where there is none. */
  readonly group: readonly string[];
  /** Beginning of the slice, milliseconds since the epoch. */
  readonly start: number;
  readonly good: number;
  readonly total: number;
}

/** The value of one group in one slice. */
export interface SliValueSlice {
  readonly group: readonly string[];
  readonly start: number;
  readonly value: number;
}
