/** Counts of observations between explicit bounds. */
export interface ExplicitHistogram {
  /** Ascending, finite upper bounds; bucket i is (bounds[i-1], bounds[i]]. */
  readonly bounds: readonly number[];
  /** One more than `bounds`: the last bucket has no upper bound. Without bounds it says no more than `count`, and may be empty. */
  readonly counts: readonly bigint[];
  /** All observations. */
  readonly count: bigint;
  /** `null` when it was not recorded for every observation; likewise `min` and `max`. */
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * The histograms added up, exactly.
 *
 * Histograms with different bounds are brought to the bounds that all of them have: what lies at or below such a bound
 * is known in each of them, so that the sum stays exact and only becomes coarser. Those without buckets add to count,
 * sum, min and max only.
 *
 * @returns `mapped` tells that bounds were given up. Without any bound in common a single bucket is left, of which no
 *   quantile can be told.
 */
export function mergeExplicit(histograms: readonly ExplicitHistogram[]): {
  readonly histogram: ExplicitHistogram;
  readonly mapped: boolean;
} {
  const bucketed = histograms.filter(({ bounds }) => bounds.length > 0);
  const first = bucketed[0]?.bounds ?? [];
  const bounds = first.filter((bound) => bucketed.every((each) => each.bounds.includes(bound)));
  const mapped = bucketed.some((each) => each.bounds.length !== bounds.length);
  const counts = bucketed.length === 0 ? [] : new Array<bigint>(bounds.length + 1).fill(0n);
  for (const each of bucketed) {
    let bucket = 0;
    each.counts.forEach((count, index) => {
      counts[bucket] = (counts[bucket] ?? 0n) + count;
      if (each.bounds[index] === bounds[bucket]) {
        bucket++;
      }
    });
  }
  return {
    histogram: {
      bounds,
      counts,
      count: histograms.reduce((sum, { count }) => sum + count, 0n),
      sum: combine(histograms, 'sum', (a, b) => a + b),
      min: combine(histograms, 'min', Math.min),
      max: combine(histograms, 'max', Math.max),
    },
    mapped,
  };
}

/** Known only where it is known of every histogram that observed something. */
export function combine<Key extends 'sum' | 'min' | 'max'>(
  histograms: readonly (Readonly<Record<Key, number | null>> & { readonly count: bigint })[],
  key: Key,
  both: (a: number, b: number) => number,
): number | null {
  let result: number | null = null;
  for (const histogram of histograms) {
    const value = histogram[key];
    if (value === null) {
      if (histogram.count !== 0n) {
        return null;
      }
    } else {
      result = result === null ? value : both(result, value);
    }
  }
  return result;
}

/** `value` between the smallest and the largest observation, as far as they are known. */
export function clamp(value: number, { min, max }: { min: number | null; max: number | null }): number {
  return Math.max(Math.min(value, max ?? Infinity), min ?? -Infinity);
}
