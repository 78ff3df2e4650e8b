import type { Verdict } from '../verdict/verdict.js';
import type { QualityCheckName } from './quality-monitor.js';

/** The judgement of one check about one thing. JSON-serialisable. */
export interface QualityVerdict extends Verdict {
  readonly check: QualityCheckName;
  /** Id of the variable; empty for what concerns samples as a whole. */
  readonly variable: string;
  /** `region=eu-1`; empty for all samples. */
  readonly segment: string;
  /** For people: `age, missing`, `samples, volume`. */
  readonly title: string;
}
