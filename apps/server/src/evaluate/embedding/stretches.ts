import type { TimeRange } from '@tidewatch/core';

/** Stretches that a baseline is divided into to see how much its means vary. */
const MOST = 64;

/** Divides ranges into stretches of whole buckets, some 64 in all, in order. */
export function stretchesOf(ranges: readonly TimeRange[], bucketMs: number): TimeRange[] {
  const length = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const size = Math.max(1, Math.ceil(length / bucketMs / MOST)) * bucketMs;
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: Math.ceil((to - from) / size) }, (_, index) => ({
      from: from + index * size,
      to: Math.min(to, from + (index + 1) * size),
    })),
  );
}
