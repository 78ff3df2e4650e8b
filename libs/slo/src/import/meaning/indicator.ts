import type { MetricSelector } from '../../metric-selector.js';
import type { ThresholdOperator } from '../../sli/sli-types.js';

/** What an imported SLO counts, in the terms of Tidewatch. */
export interface Indicator {
  readonly sli: RatioMeaning | LatencyMeaning | GaugeMeaning;
  /** Labels that tell groups apart, sorted; empty when all traffic is judged as one. */
  readonly groupBy: readonly string[];
  /** What a person should know about the translation. */
  readonly notes: readonly string[];
}

/** Bad (or good) events out of all. */
export interface RatioMeaning {
  readonly kind: 'ratio';
  readonly part: 'good' | 'bad';
  readonly counter: MetricSelector;
  readonly total: MetricSelector;
}

/** Measurements of a histogram at or below a limit, out of all. */
export interface LatencyMeaning {
  readonly kind: 'latency';
  readonly histogram: MetricSelector;
  readonly threshold: number;
}

/** Minutes in which a gauge keeps to a limit. */
export interface GaugeMeaning {
  readonly kind: 'gauge';
  readonly gauge: MetricSelector;
  readonly over: 'avg' | 'min' | 'max';
  readonly across: 'avg' | 'min' | 'max';
  readonly op: ThresholdOperator;
  readonly threshold: number;
}

/** The series that an SLI reads, those of all events last. */
export function selectorsOf(sli: Indicator['sli']): readonly MetricSelector[] {
  switch (sli.kind) {
    case 'ratio':
      return [sli.counter, sli.total];
    case 'latency':
      return [sli.histogram];
    case 'gauge':
      return [sli.gauge];
  }
}
