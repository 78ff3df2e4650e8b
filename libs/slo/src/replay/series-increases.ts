import type { BucketPoint, FixtureSeries, NumberPoint } from './fixture-series.js';

/** What a point adds to a counter. */
export interface Increase {
  readonly at: number;
  readonly value: number;
}

/** What a point adds to each bucket of a histogram. */
export interface BucketIncrease {
  readonly at: number;
  readonly counts: readonly number[];
}

/** A longer gap is not bridged: what happened in it is not known to have happened in the window. */
const LOOK_BACK_MS = 600_000;

/** How a series counts. */
type Counting = Pick<FixtureSeries, 'temporality' | 'startedAt'>;

/**
 * What each point of a counter adds, by the rules of `docs/metric-semantics.md`: a delta is its value; a total adds its difference from
 * the point before, or all of itself when it fell. A first point, and one after a gap of more than ten minutes, adds all of itself
 * if the series began within the ten minutes before it, and nothing otherwise. That a series ended in between changes nothing.
 */
export function counterIncreases(
  { temporality, startedAt }: Counting,
  points: readonly NumberPoint[],
): Increase[] {
  const known = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
  if (temporality === 'delta') {
    return known;
  }
  return known.map(({ at, value }, index) => {
    const before = known[index - 1];
    if (before === undefined || at - before.at > LOOK_BACK_MS) {
      return { at, value: beganShortlyBefore(at, startedAt) ? value : 0 };
    }
    return { at, value: value < before.value ? value : value - before.value };
  });
}

/** {@link counterIncreases} for the buckets of a histogram; it began anew when any of them fell. */
export function bucketIncreases(
  { temporality, startedAt }: Counting,
  points: readonly BucketPoint[],
): BucketIncrease[] {
  if (temporality === 'delta') {
    return [...points];
  }
  return points.map(({ at, counts }, index) => {
    const before = points[index - 1];
    if (before === undefined || at - before.at > LOOK_BACK_MS) {
      return { at, counts: beganShortlyBefore(at, startedAt) ? counts : counts.map(() => 0) };
    }
    const fell = counts.some((count, bucket) => count < (before.counts[bucket] ?? 0));
    return {
      at,
      counts: fell ? counts : counts.map((count, bucket) => count - (before.counts[bucket] ?? 0)),
    };
  });
}

function beganShortlyBefore(at: number, startedAt: number | null): boolean {
  return startedAt !== null && at - startedAt <= LOOK_BACK_MS;
}
