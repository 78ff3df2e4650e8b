import type { MetricSelector } from '../metric-selector.js';
import type { FieldCondition } from './field-condition.js';
import type { GaugeSli, SampleMeanSli } from './sli-types.js';

/** `{metric, match}`: a counter in a ratio, a histogram under a threshold. */
export interface MetricSource {
  readonly kind: 'metric';
  readonly selector: MetricSelector;
}

/** `{gauge, match, over, across}`. */
export interface GaugeSource {
  readonly kind: 'gauge';
  readonly gauge: MetricSelector;
  readonly over: GaugeSli['over'];
  readonly across: GaugeSli['across'];
}

/** `{spans, coldStarts, field}`. */
export interface SpanSource {
  readonly kind: 'spans';
  readonly conditions: readonly FieldCondition[];
  /** `undefined`: not said. */
  readonly coldStarts: 'include' | 'exclude' | undefined;
  /** The number that a threshold is put on; `undefined`: the usual one. */
  readonly field: string | undefined;
}

/** `{logs}`. */
export interface LogSource {
  readonly kind: 'logs';
  readonly conditions: readonly FieldCondition[];
}

/** `{predictions, labelDelay, field}`, or `{predictions, labelDelay, mean, last | window}`. */
export interface PredictionSource {
  readonly kind: 'predictions';
  readonly conditions: readonly FieldCondition[];
  /** `undefined`: not said. */
  readonly labelDelayMs: number | undefined;
  readonly field: string | undefined;
  /** `null`: each prediction is an event of its own. */
  readonly mean: { readonly field: string; readonly of: SampleMeanSli['of'] } | null;
}

/** `{verdicts: {monitor, subject, state}}`. */
export interface VerdictSource {
  readonly kind: 'verdicts';
  readonly monitor: string;
  readonly subject: string;
  /** The alarms among the verdicts, instead of all of them. */
  readonly alarms: boolean;
}

/** `{sql, parameters, timeout, maximumRows}`. */
export interface SqlSource {
  readonly kind: 'sql';
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly timeoutMs: number;
  readonly maximumRows: number;
}

/** A `metricSource` that Tidewatch reads. */
export type TidewatchSource =
  MetricSource | GaugeSource | SpanSource | LogSource | PredictionSource | VerdictSource | SqlSource;

/** A `metricSource` of another system, kept as it was written. */
export interface ForeignSource {
  readonly kind: 'foreign';
  readonly type: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A `metricSource` whose type is known. */
export type Source = TidewatchSource | ForeignSource;

/** An OpenSLO indicator with its sources read. */
export type Indicator = RatioIndicator | RawIndicator | ThresholdIndicator;

/** `ratioMetric` with `total`. Exactly one of `good` and `bad`, but for verdicts, which may have neither. */
export interface RatioIndicator {
  readonly form: 'ratio';
  /** `undefined`: not said. */
  readonly counter: boolean | undefined;
  readonly good: Source | null;
  readonly bad: Source | null;
  readonly total: Source;
}

/** `ratioMetric` with `raw`: a source that yields the ratio itself. */
export interface RawIndicator {
  readonly form: 'raw';
  readonly counter: boolean | undefined;
  readonly raw: Source;
  readonly rawType: 'success' | 'failure';
}

/** `thresholdMetric`: a number that the objective compares with its value. */
export interface ThresholdIndicator {
  readonly form: 'threshold';
  readonly metric: Source;
}

/** All sources of an indicator, the one that decides its kind first. */
export function sourcesOf(indicator: Indicator): readonly [Source, ...Source[]] {
  switch (indicator.form) {
    case 'ratio':
      return [indicator.total, ...[indicator.good, indicator.bad].filter((each) => each !== null)];
    case 'raw':
      return [indicator.raw];
    case 'threshold':
      return [indicator.metric];
  }
}
