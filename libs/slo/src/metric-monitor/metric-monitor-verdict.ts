import type { ComparisonOutcome } from '../condition/evaluate-condition.js';
import type { LevelName } from './metric-monitor.js';

/** What was found for one level of a monitor. */
export interface LevelVerdict {
  readonly level: LevelName;
  /** Whether its condition holds now; `null`: unknown. */
  readonly condition: boolean | null;
  /** Whether it has held for its hold time. Stays so while the condition is unknown. */
  readonly active: boolean;
  /** Since when it has held without a break, ms; `null` when it does not. */
  readonly since: number | null;
  /** For how long it has been seen to hold, ms. Time without data does not count. */
  readonly heldMs: number;
  readonly holdMs: number;
  /** What decided, in words. */
  readonly text: string;
  readonly comparisons: readonly ComparisonOutcome[];
}

/** What a metric monitor says about one group at one time. Plain data, fit for JSON. */
export interface MetricMonitorVerdict {
  readonly monitor: string;
  /** `''` without group-by. */
  readonly group: string;
  /** End of all windows, ms. */
  readonly windowEnd: number;
  readonly state: 'ok' | 'watch' | 'alarm' | 'not-enough-data' | 'error';
  /** The most severe level that is active; `null` when none is. */
  readonly level: LevelName | null;
  /** What an alarm asks for; `''` for every other state. */
  readonly severity: 'page' | 'ticket' | '';
  /** Since when it has been in this state, ms. */
  readonly since: number;
  /** For alerting. `unknown` neither opens nor closes anything. */
  readonly condition: 'firing' | 'ok' | 'unknown';
  /** The verdict in full sentences. */
  readonly reason: string;
  /** The most severe first. */
  readonly levels: readonly LevelVerdict[];
}
