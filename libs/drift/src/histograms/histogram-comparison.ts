import type { BoundedCounts } from '@tidewatch/stats';
import type { Variable } from '../variables/variable.js';

/** An OTLP histogram in a window beside its baseline. */
export interface HistogramComparison {
  /** Of source `metric`. */
  readonly variable: Variable;
  /** One histogram per stretch of time; those without observations may be absent. */
  readonly current: readonly BoundedCounts[];
  readonly reference: readonly BoundedCounts[];
}
