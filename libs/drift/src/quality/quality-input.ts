import type { TimeRange } from '@tidewatch/core';
import type { VariableComparison } from '../grid/counted.js';
import type { PreviousDecision } from '../verdict/decide.js';
import type { QualityCheckName, QualityMonitor } from './quality-monitor.js';

/** What is counted of the samples of one stretch of time, whatever they hold. */
export interface TrafficWindow {
  readonly range: TimeRange;
  readonly samples: number;
  /** Samples that are not the first with their prediction id. */
  readonly repeatedIds: number;
  /** Samples that have an input hash, and those of them that are not the first with it. */
  readonly hashed: number;
  readonly repeatedInputs: number;
  /** Samples stamped later than they came, by more than the rule allows; and earlier. */
  readonly ahead: number;
  readonly behind: number;
}

/** Samples of one value of a dimension, such as one camera. */
export interface SourceTraffic {
  readonly dimension: string;
  readonly value: string;
  readonly current: number;
  /** Per window of the history. */
  readonly history: readonly number[];
}

/** One batch job: the samples that share a job id. Times in milliseconds. */
export interface BatchJob {
  readonly jobId: string;
  readonly from: number;
  readonly to: number;
  readonly records: number;
}

/** How many values of a variable lie outside limits of the rule. */
export interface OutsideLimits {
  readonly variable: string;
  readonly values: number;
  readonly below: number;
  readonly above: number;
}

/** The checksums under which one version of a model, or one variant of it, was deployed. */
export interface DeployedArtifacts {
  readonly version: string;
  /** Such as `int8`; empty for none. */
  readonly variant: string;
  readonly checksums: readonly string[];
}

/** What a run of a quality monitor is made of. */
export interface QualityInput {
  readonly monitor: QualityMonitor;
  readonly window: TimeRange;
  /** `null` while there is none. */
  readonly baseline: { readonly name: string; readonly version: number } | null;
  readonly comparisons: readonly VariableComparison[];
  /** Ids of the variables that samples of the window have, and of those that the baseline has. */
  readonly columns: { readonly window: readonly string[]; readonly baseline: readonly string[] };
  readonly traffic: TrafficWindow;
  /** Earlier windows of the same length to compare with, without those before the first sample. */
  readonly history: readonly TrafficWindow[];
  /** Time of the newest sample before the window's end; `null` when there never was one. */
  readonly newestAt: number | null;
  readonly outside: readonly OutsideLimits[];
  readonly sources: readonly SourceTraffic[];
  /** Oldest first. */
  readonly jobs: readonly BatchJob[];
  readonly artifacts: readonly DeployedArtifacts[];
  /** Checks whose data could not be read, and why. */
  readonly failures: Readonly<Partial<Record<QualityCheckName, string>>>;
  readonly previous: ReadonlyMap<string, PreviousDecision>;
  readonly revised: boolean;
}
