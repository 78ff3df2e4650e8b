import { AppError, ceilTime, floorTime } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';

/** What a query reads: raw points, or buckets of one minute or one hour made from them. */
export type Resolution = 'raw' | '1m' | '1h';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Bucket lengths in milliseconds. */
export const BUCKET_MS = { '1m': MINUTE, '1h': HOUR } as const;

/** Raw points answer up to this span at once; beyond it buckets do, when the step allows. */
const RAW_SPAN = 6 * HOUR;

/** Results are bounded: no chart shows more steps. */
const MAX_STEPS = 11_000;

/** How a query is answered. All times in milliseconds. */
export interface QueryPlan {
  readonly resolution: Resolution;
  /** What is answered: the asked range, begun at a full bucket if buckets are read. Step k begins at `from + k * step`. */
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Buckets answer [from, seam), raw points [seam, to). A multiple of the bucket length, or `from`. */
  readonly seam: number;
}

/** What is stored for a project. */
export interface StoredSpans {
  /** Raw points before this may be gone already. */
  readonly rawFrom: number;
  /** Buckets are complete up to here: a full hour; `null`: there are none. */
  readonly rolledTo: number | null;
}

/**
 * Chooses raw points or buckets by range and step, and the seam between them.
 *
 * Raw points for spans up to 6 hours that are still kept, and for steps that no bucket fits; else the coarsest bucket
 * that divides the step. Where raw points are gone already, a step that does not fit is rounded up to full minutes.
 *
 * @param wanted Overrules the choice, not the rounding.
 * @throws AppError `store.query-range` for an empty range, a step below 1 s, or more than 11,000 steps.
 */
export function planQuery(
  range: TimeRange,
  step: number,
  stored: StoredSpans,
  wanted: Resolution | null = null,
): QueryPlan {
  if (!(range.to > range.from) || !(step >= 1000) || (range.to - range.from) / step > MAX_STEPS) {
    throw new AppError({
      code: 'store.query-range',
      message: `From ${range.from} to ${range.to} in steps of ${step} ms cannot be answered.`,
      hint: `A range must not be empty, a step lasts a second or more, and there are at most ${MAX_STEPS} steps.`,
    });
  }
  const resolution = wanted ?? chooseResolution(range, step, stored.rawFrom);
  if (resolution === 'raw') {
    return { resolution, ...range, step, seam: range.from };
  }
  const bucket = BUCKET_MS[resolution];
  const from = floorTime(range.from, bucket);
  // Raw points cannot cut a bucket whose points are gone.
  const to = range.to < stored.rawFrom ? ceilTime(range.to, bucket) : range.to;
  const rolledTo = Math.min(stored.rolledTo ?? from, floorTime(to, bucket));
  return { resolution, from, to, step: ceilTime(step, bucket), seam: Math.max(from, rolledTo) };
}

function chooseResolution({ from, to }: TimeRange, step: number, rawFrom: number): Resolution {
  const rawIsThere = from >= rawFrom;
  if (rawIsThere && (to - from <= RAW_SPAN || step % MINUTE !== 0)) {
    return 'raw';
  }
  return step % HOUR === 0 ? '1h' : '1m';
}
