import type { TimeRange } from '@tidewatch/core';

/** What is counted of one arm within one stratum. */
export interface ArmCounts {
  readonly requests: number;
  /** Requests whose status is not `ok`. */
  readonly failures: number;
  /** Requests with a label, and those answered right. */
  readonly labelled: number;
  readonly correct: number;
  /** Latencies in milliseconds, by `valueBin`. */
  readonly latencies: ReadonlyMap<number, number>;
  readonly labels: ReadonlyMap<string, number>;
  /** By `valueBin`. */
  readonly scores: ReadonlyMap<number, number>;
  readonly values: ReadonlyMap<number, number>;
}

/** Requests of like circumstances: of one hour, or one value of a tag. */
export interface Stratum {
  readonly name: string;
  readonly control: ArmCounts;
  readonly candidate: ArmCounts;
}

/** How much worse a candidate may be. */
export interface CanaryMargins {
  /** Relative rise of the 95th percentile of latency. */
  readonly latency: number;
  /** Loss of success rate. */
  readonly success: number;
  /** Loss of accuracy. */
  readonly accuracy: number;
  /** Distance D between distributions of outputs. */
  readonly drift: number;
}

/** What a user gives up without noticing: a tenth of speed, one request and one answer in a hundred or fifty. */
export const DEFAULT_MARGINS: CanaryMargins = { latency: 0.1, success: 0.01, accuracy: 0.02, drift: 0.1 };

/** A comparison of two arms since its start. */
export interface CanaryInput {
  readonly range: TimeRange;
  readonly strata: readonly Stratum[];
  readonly margins: CanaryMargins;
  readonly minimumDurationMs: number;
  /** The probability of a wrong verdict of any metric at any look. */
  readonly alpha: number;
}
