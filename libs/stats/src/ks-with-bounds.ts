import { domainError } from './domain-error.js';

/** Counts between ascending bounds: `counts[i]` at or below `bounds[i]` and above the bound before, the last above all. */
export interface BoundedCounts {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** What is known of a distance. */
export interface DistanceBounds {
  readonly low: number;
  readonly high: number;
  /** The shared bound at which `low` is reached; `null` where nothing differs or nothing is shared. */
  readonly location: number | null;
  readonly n: number;
  readonly m: number;
}

/**
 * Between which values the Kolmogorov-Smirnov distance of two samples lies when each is known only as counts between
 * bounds of its own.
 *
 * At a bound that both have, both cumulative shares are known: the largest difference is a lower limit. Between two
 * neighbouring shared bounds each share lies somewhere between its values at them, so the distance is at most the larger
 * of `F(right) - G(left)` and `G(right) - F(left)`.
 *
 * @throws AppError `stats.domain` for an empty sample
 */
export function ksWithBounds(a: BoundedCounts, b: BoundedCounts): DistanceBounds {
  const [n, m] = [total(a), total(b)];
  if (n === 0 || m === 0) {
    throw domainError('A distance of histograms', 'observations in both', { n, m });
  }
  const [first, second] = [cumulative(a, n), cumulative(b, m)];
  const shared = a.bounds.filter((bound) => second.has(bound));
  let [low, high, location] = [0, 0, null as number | null];
  let [left, otherLeft] = [0, 0];
  for (const bound of [...shared, Infinity]) {
    const [right, otherRight] = [first.get(bound) ?? 1, second.get(bound) ?? 1];
    const difference = Math.abs(right - otherRight);
    if (difference > low) {
      [low, location] = [difference, bound];
    }
    high = Math.max(high, right - otherLeft, otherRight - left);
    [left, otherLeft] = [right, otherRight];
  }
  return { low, high: Math.min(1, Math.max(low, high)), location, n, m };
}

function total({ counts }: BoundedCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function cumulative({ bounds, counts }: BoundedCounts, size: number): Map<number, number> {
  let sum = 0;
  return new Map(
    bounds.map((bound, index) => {
      sum += counts[index] ?? 0;
      return [bound, sum / size];
    }),
  );
}
