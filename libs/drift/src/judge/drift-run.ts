import type { TimeRange } from '@tidewatch/core';
import type { VariableComparison } from '../grid/counted.js';
import type { HistogramComparison } from '../histograms/histogram-comparison.js';
import type { DriftMonitor } from '../monitor/drift-monitor.js';
import type { Variable } from '../variables/variable.js';
import type { PreviousDecision } from '../verdict/decide.js';

/** A variable that cannot be compared, and why. */
export interface VariableProblem {
  readonly variable: Variable;
  readonly segment: string;
  /** A sentence. */
  readonly message: string;
  /** `error`: something failed. `no-data`: one side does not have the variable. */
  readonly kind: 'error' | 'no-data';
}

/** What a run is made of. */
export interface DriftRunInput {
  readonly monitor: DriftMonitor;
  readonly window: TimeRange;
  readonly baseline: { readonly name: string; readonly version: number };
  readonly comparisons: readonly VariableComparison[];
  /** OTLP histograms. */
  readonly histograms?: readonly HistogramComparison[];
  readonly problems: readonly VariableProblem[];
  /** What the run before said, by subject. */
  readonly previous: ReadonlyMap<string, PreviousDecision>;
  /** Whether the window was judged before and data came late. */
  readonly revised: boolean;
}

/** A run with what its tests are held to. */
export interface DriftRun extends DriftRunInput {
  readonly alpha: number;
  readonly tests: number;
}
