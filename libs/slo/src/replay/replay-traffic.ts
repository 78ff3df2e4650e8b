import type { TimeRange } from '@tidewatch/core';
import type { SliceCount } from '../counting/slice-count.js';

/** What was counted for one group of an SLO. */
export interface ReplayGroup {
  /** `''` for an SLO without groups. */
  readonly group: string;
  /** Good and total events for each member of the SLO, ascending; absent slices had none. */
  readonly members: readonly (readonly SliceCount[])[];
}

/** Counted events of a stretch of time at one resolution. Several make up a history, such as a coarse one before a fine one. */
export interface ReplayTraffic {
  /** Aligned to the time slices of the SLO, where it has them. */
  readonly range: TimeRange;
  /** Length of the slices in milliseconds, a multiple of the finest one among all parts. */
  readonly sliceMs: number;
  readonly groups: readonly ReplayGroup[];
}
