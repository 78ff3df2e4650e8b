import { describeMoments, type MomentDescription } from '@tidewatch/stats';
import type { MomentSums } from '../grid/counted.js';

/** The moments of one stretch of time. */
export interface MomentPoint extends MomentDescription {
  /** Beginning of the stretch, ms. */
  readonly at: number;
}

const CONFIDENCE = 0.95;

/** Moments per stretch of time with 95 % intervals, in order of time. */
export function momentSeries(points: Iterable<readonly [at: number, sums: MomentSums]>): MomentPoint[] {
  return [...points]
    .sort(([a], [b]) => a - b)
    .map(([at, sums]) => ({ at, ...describeMoments(sums, CONFIDENCE) }));
}
