import type { Finding } from '../verdict/judge-findings.js';
import type { QualityInput } from './quality-input.js';
import type { QualityCheckName, QualityChecks } from './quality-monitor.js';

/** What a check finds about one thing. */
export interface CheckFinding extends Pick<
  Finding,
  'effectName' | 'n' | 'm' | 'measured' | 'certain' | 'finding'
> {
  /** Id of the variable; empty for what concerns samples as a whole. */
  readonly variable: string;
  readonly segment: string;
  /** What it is about where that is no variable: `camera_id=7`; else empty. */
  readonly about: string;
  /** Title for people: `age`, `camera_id=7`, `samples`. */
  readonly title: string;
}

/** One check of data quality: a pure function of what was counted. */
export interface QualityCheck<Name extends QualityCheckName = QualityCheckName> {
  readonly name: Name;
  /** The verdict's title behind what it is about: `missing` in "age, missing". */
  readonly label: string;
  /** Whether it needs a baseline of samples. */
  readonly needsBaseline: boolean;
  /** One finding for each thing that it looked at, also where all is well. */
  find(input: QualityInput, settings: NonNullable<QualityChecks[Name]>): CheckFinding[];
}

/** Fields of a finding about all samples. */
export const ABOUT_SAMPLES = { variable: '', segment: '', about: '', title: 'samples' } as const;
