import { floorTime, type TimeRange } from '@tidewatch/core';
import type { DriftMonitor } from '@tidewatch/drift';

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;

/** A long baseline moves in steps of a hundredth of its length: it need not be summed anew for every window. */
const STEPS = 100;

/**
 * The stretches of recorded samples that the baseline of a window consists of; none for an uploaded dataset.
 *
 * All are made of whole buckets. A rolling baseline ends at the window's start, less the gap, or up to a hundredth of its
 * length before.
 */
export function baselineRanges(
  { baseline, bucketMs }: Pick<DriftMonitor, 'baseline' | 'bucketMs'>,
  window: TimeRange,
): TimeRange[] {
  const whole = ({ from, to }: TimeRange): TimeRange => ({
    from: floorTime(from, bucketMs),
    to: floorTime(to, bucketMs),
  });
  switch (baseline.kind) {
    case 'fixed':
      return [];
    case 'range':
      return [whole(baseline)];
    case 'rolling': {
      const step = Math.max(bucketMs, floorTime(baseline.lengthMs / STEPS, bucketMs));
      const to = floorTime(window.from - baseline.gapMs, step);
      return [whole({ from: to - baseline.lengthMs, to })];
    }
    case 'hour-of-week':
      return Array.from({ length: baseline.weeks }, (_, index) => {
        const shift = (index + 1) * WEEK_MS;
        return whole({ from: window.from - shift, to: window.to - shift });
      });
    case 'previous-version':
      return [whole({ from: window.to - WEEK_MS, to: window.to })];
    case 'concurrent':
      return [whole(window)];
  }
}
