import type { SegmentExplanation } from '../explain/explain-segments.js';
import type { DriftLocation } from '../metrics/drift-metric.js';
import type { DriftMetricName } from '../metrics/index.js';
import type { Verdict } from '../verdict/verdict.js';

/** The judgement of one variable in one segment by one test. JSON-serialisable. */
export interface DriftVerdict extends Verdict {
  /** Id of the variable, such as `amount` or `output:score`. */
  readonly variable: string;
  /** `region=eu-1`; empty for all samples. */
  readonly segment: string;
  /** The metric; `none` where nothing could be compared. */
  readonly test: DriftMetricName | 'none';
  /** Where the effect is seen; `null` where it has no single place. */
  readonly location: DriftLocation | null;
  /** By how much dependence between values inflates the variance of a share in the window; 1 for independent ones. */
  readonly inflation: number;
  /** The segments that carry the effect, after an alarm; `null` when nobody looked. */
  readonly explanation: SegmentExplanation | null;
}

/** Names a test of a run: `amount/ks`, `amount{region=eu-1}/ks`. Stable: it is stored. */
export function driftSubject(variable: string, segment: string, test: string): string {
  return `${variable}${segment === '' ? '' : `{${segment}}`}/${test}`;
}
