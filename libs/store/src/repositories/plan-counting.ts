import type { TimeRange } from '@tidewatch/core';

/** Whole buckets, and in how many parts their variables are counted. */
export interface CountingPiece {
  readonly range: TimeRange;
  /** Each statement counts the variables whose hash falls in one of so many parts. */
  readonly parts: number;
}

/** What is known of the samples to count. */
export interface CountingWork {
  readonly range: TimeRange;
  /** Buckets that have samples, in the order of time. */
  readonly buckets: readonly { readonly start: number; readonly rows: number }[];
  readonly variables: number;
  /** Segments, all samples included. */
  readonly segments: number;
  /** Segments that a sample lies in, all samples included. */
  readonly segmentsPerSample: number;
}

/**
 * Values, once per segment that they lie in, counted by one statement. They are sorted to see which neighbours they have,
 * some 200 bytes each: three million fit into half of a query's memory. Fewer would pay the joins' set-up more often: with
 * a million counting takes half as long again.
 */
export const VALUES_PER_STATEMENT = 3_000_000;
/** Arrays of cells made by one statement, 8 KB each in every thread: one per bucket, variable and segment. */
export const ARRAYS_PER_STATEMENT = 20_000;

/**
 * Splits counting into statements that each fit into a query's memory: buckets are taken together while they fit, and the
 * variables of a bucket that is too large by itself are counted in parts.
 */
export function planCounting({
  range,
  buckets,
  variables,
  segments,
  segmentsPerSample,
}: CountingWork): CountingPiece[] {
  const loadOf = (rows: number, count: number): number =>
    Math.max(
      (rows * variables * segmentsPerSample) / VALUES_PER_STATEMENT,
      (count * variables * segments) / ARRAYS_PER_STATEMENT,
    );
  const pieces: CountingPiece[] = [];
  let [from, rows, count] = [range.from, 0, 0];
  const close = (to: number): void => {
    pieces.push({ range: { from, to }, parts: Math.max(1, Math.ceil(loadOf(rows, count))) });
    [from, rows, count] = [to, 0, 0];
  };
  for (const bucket of buckets) {
    if (count > 0 && loadOf(rows + bucket.rows, count + 1) > 1) {
      close(bucket.start);
    }
    rows += bucket.rows;
    count += 1;
  }
  close(range.to);
  return pieces;
}
