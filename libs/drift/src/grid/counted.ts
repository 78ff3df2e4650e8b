import type { Grid } from './grid.js';
import type { Variable } from '../variables/variable.js';

/**
 * Moments of the finite values of a numeric variable, mergeable: count, mean, and the sums of the 2nd, 3rd and 4th powers
 * of the distances from the mean. Of no values: count 0, everything else 0, `min` Infinity and `max` -Infinity.
 */
export interface MomentSums {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
  readonly min: number;
  readonly max: number;
}

/**
 * What is known of the order of values: of `pairs` of consecutive values (in time, within one session), how many lay on
 * one side of the grid's middle. For a numeric grid "below" means a bin before `floor(bins / 2)`, for a categorical one
 * the most frequent category.
 */
export interface LagPairs {
  readonly pairs: number;
  readonly sameSide: number;
}

/** A sum of buckets: how often each cell occurred. */
export interface Counted {
  /** One count per cell of the grid (`cellCount`), special cells first. */
  readonly counts: Float64Array;
  /** `null` for a categorical variable. */
  readonly moments: MomentSums | null;
  /** `null` where the order of values is not known, as in an uploaded dataset: they are taken as independent. */
  readonly lag: LagPairs | null;
}

/** One variable of one segment, window against baseline, over the same grid. */
export interface VariableComparison {
  readonly variable: Variable;
  /** `region=eu-1`, `region=eu-1,camera_id=7`; empty for all samples. */
  readonly segment: string;
  readonly grid: Grid;
  readonly reference: Counted;
  readonly current: Counted;
}

/** Nothing counted yet. */
export const NO_MOMENTS: MomentSums = {
  count: 0,
  mean: 0,
  m2: 0,
  m3: 0,
  m4: 0,
  min: Infinity,
  max: -Infinity,
};
