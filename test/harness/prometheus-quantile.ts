/** A bucket of a classic Prometheus histogram: observations at or below `le`. */
export interface CumulativeBucket {
  le: number;
  count: number;
}

/**
 * Prometheus' rules, written anew from the documentation of `histogram_quantile` and the source it describes
 * (promql/quantile.go, version 3), over cumulative buckets as Prometheus has them.
 */
export function prometheusQuantile(q: number, given: readonly CumulativeBucket[]): number {
  if (q < 0) {
    return -Infinity;
  }
  if (q > 1) {
    return Infinity;
  }
  const buckets = given.map((bucket) => ({ ...bucket })).sort((a, b) => a.le - b.le);
  for (let i = 1; i < buckets.length; i++) {
    buckets[i]!.count = Math.max(buckets[i]!.count, buckets[i - 1]!.count);
  }
  const last = buckets[buckets.length - 1];
  if (last === undefined || last.le !== Infinity || buckets.length < 2 || last.count === 0) {
    return NaN;
  }
  let rank = q * last.count;
  let b = 0;
  while (b < buckets.length - 1 && !(buckets[b]!.count >= rank)) {
    b++;
  }
  if (b === buckets.length - 1) {
    return buckets[buckets.length - 2]!.le;
  }
  if (b === 0 && buckets[0]!.le <= 0) {
    return buckets[0]!.le;
  }
  let start = 0;
  let inside = buckets[b]!.count;
  if (b > 0) {
    start = buckets[b - 1]!.le;
    inside -= buckets[b - 1]!.count;
    rank -= buckets[b - 1]!.count;
  }
  return start + (buckets[b]!.le - start) * (rank / inside);
}
