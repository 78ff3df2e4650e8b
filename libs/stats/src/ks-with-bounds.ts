import { toCommonBounds, type BoundedCounts } from './bounded-counts.js';
import { domainError } from './domain-error.js';

/** What is known of a distance. */
export interface DistanceBounds {
  readonly low: number;
  readonly high: number;
  /** The bound at which `low` is reached; `null` where nothing differs or no bound is known of both. */
  readonly location: number | null;
  readonly n: number;
  readonly m: number;
}

/**
 * Between which values the Kolmogorov-Smirnov distance of two samples lies when each is known only as counts between
 * bounds of its own.
 *
 * At a bound where both cumulative shares are known the largest difference is a lower limit. Between two neighbouring
 * such bounds each share lies somewhere between its values at them, so the distance is at most the larger of
 * `F(right) - G(left)` and `G(right) - F(left)`.
 *
 * @throws AppError `stats.domain` for an empty sample
 */
export function ksWithBounds(a: BoundedCounts, b: BoundedCounts): DistanceBounds {
  const { bounds, counts } = toCommonBounds([a, b]);
  const [n, m] = [total(a), total(b)];
  if (n === 0 || m === 0) {
    throw domainError('A distance of histograms', 'observations in both', { n, m });
  }
  let [low, high, location] = [0, 0, null as number | null];
  let [left, otherLeft, x, y] = [0, 0, 0, 0];
  for (let cell = 0; cell <= bounds.length; cell += 1) {
    [x, y] = [x + counts[0]![cell]!, y + counts[1]![cell]!];
    const [right, otherRight] = [x / n, y / m];
    if (cell < bounds.length && Math.abs(right - otherRight) > low) {
      [low, location] = [Math.abs(right - otherRight), bounds[cell]!];
    }
    high = Math.max(high, right - otherLeft, otherRight - left);
    [left, otherLeft] = [right, otherRight];
  }
  return { low, high: Math.min(1, Math.max(low, high)), location, n, m };
}

function total({ counts }: BoundedCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
