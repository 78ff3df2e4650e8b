/** Counts between ascending bounds: `counts[i]` at or below `bounds[i]` and above the bound before, the last above all. */
export interface BoundedCounts {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Histograms over the same bounds. */
export interface CommonCounts {
  readonly bounds: readonly number[];
  /** In the order of the histograms, each with one more count than there are bounds. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Brings histograms with bounds of their own to the finest bounds at which all of their cumulative counts are known.
 *
 * A histogram's cumulative count is known at each of its bounds, and anywhere within a bucket that is empty: so those that
 * list populated buckets only, as exponential ones do, lose nothing. The counts stay exact and only become coarser.
 */
export function toCommonBounds(histograms: readonly BoundedCounts[]): CommonCounts {
  const cumulated = histograms.map(cumulate);
  const candidates = [...new Set(histograms.flatMap(({ bounds }) => bounds))].sort((a, b) => a - b);
  const bounds: number[] = [];
  const counts = histograms.map((): number[] => []);
  const reached = histograms.map(() => 0);
  for (const bound of candidates) {
    const below = cumulated.map((each) => countBelow(each, bound));
    if (below.every((count) => count !== null)) {
      bounds.push(bound);
      below.forEach((count, index) => {
        counts[index]!.push(count - reached[index]!);
        reached[index] = count;
      });
    }
  }
  cumulated.forEach(({ total }, index) => counts[index]!.push(total - reached[index]!));
  return { bounds, counts };
}

/** The sum of histograms, at the bounds that {@link toCommonBounds} leaves. */
export function addBoundedCounts(histograms: readonly BoundedCounts[]): BoundedCounts {
  const { bounds, counts } = toCommonBounds(histograms);
  return {
    bounds,
    counts: Array.from({ length: bounds.length + 1 }, (_, index) =>
      counts.reduce((sum, each) => sum + each[index]!, 0),
    ),
  };
}

interface Cumulated extends BoundedCounts {
  /** Counts at or below each bound. */
  readonly below: readonly number[];
  readonly total: number;
}

function cumulate({ bounds, counts }: BoundedCounts): Cumulated {
  let total = 0;
  const below = counts.map((count) => (total += count));
  return { bounds, counts, below, total };
}

/** How many values lie at or below `x`; `null` where `x` cuts a populated bucket. */
function countBelow({ bounds, counts, below, total }: Cumulated, x: number): number | null {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (bounds[low] === x) {
    return below[low] ?? total;
  }
  return (counts[low] ?? 0) === 0 ? (below[low - 1] ?? 0) : null;
}
