import { domainError } from './domain-error.js';

/**
 * The exact two-sided p-value of the two-sample Kolmogorov-Smirnov statistic given the ties of the pooled sample:
 * `P(D >= numerator / (n m))` when all ways to deal the pooled values out to the samples are equally likely
 * (G. Schröer & D. Trenkler, Computational Statistics & Data Analysis 20 (1995), 185-202).
 *
 * A way to deal them out is a lattice path from (0, 0) to (n, m), and distances count only where a group of equal values
 * ends. So the boundary `|i m - j n| >= numerator` is looked at on the diagonals at which a group ends, and between them the
 * path is free. `q(i, s)`, the probability that a path to point i of diagonal s has met the boundary, follows
 *
 *     q(i, s) = i/s q(i-1, s-1) + (s-i)/s q(i, s-1)
 *
 * which adds positive numbers only, so that a p of 1e-200 keeps its digits. O((n + m) (band + largest group)).
 *
 * @param ties sizes of the groups of equal values in ascending order of the values; zeros are allowed; they add up to n + m
 * @throws AppError `stats.domain`
 *
 * @example ksPExactTied(5, 7, 15, [1, 3, 4, 1, 1, 1, 1]) // {1,2,2,3,3} and {1,2,3,3,4,5,6}: see the spec
 */
export function ksPExactTied(n: number, m: number, numerator: number, ties: ArrayLike<number>): number {
  requireDomain(n, m, numerator, ties);
  if (numerator === 0) {
    return 1;
  }
  const steps = n + m;
  const met = new Float64Array(n + 1);
  // Points that can still be unmet, on the diagonal of the last group's end.
  let [low, high, s] = [0, 0, 0];
  for (let group = 0; group < ties.length; group += 1) {
    const size = ties[group]!;
    if (size === 0) {
      continue;
    }
    advance(met, { low, high, s, size, n, m });
    s += size;
    const from = Math.max(low, s - m, Math.floor((s * n - numerator) / steps) + 1);
    const to = Math.min(n, high + size, Math.ceil((s * n + numerator) / steps) - 1);
    if (from > to) {
      return 1;
    }
    met.fill(1, Math.max(0, low), from);
    met.fill(1, to + 1, Math.min(n, high + size) + 1);
    low = from;
    high = to;
  }
  return Math.min(1, met[n]!);
}

/** Carries q over `size` diagonals on which no distance counts. Points that were outside before are met for good. */
function advance(
  met: Float64Array,
  { low, high, s, size, n, m }: { low: number; high: number; s: number; size: number; n: number; m: number },
): void {
  for (let step = 1; step <= size; step += 1) {
    const diagonal = s + step;
    const share = 1 / diagonal;
    const top = Math.min(n, high + step);
    const bottom = Math.max(low, diagonal - m, 0);
    if (top === high + step) {
      // Enters from above: its neighbour on the same side was outside, hence met, unless there is none.
      met[top] = diagonal === top ? 0 : 1;
    }
    for (let i = top; i > bottom; i -= 1) {
      met[i] = (i * met[i - 1]! + (diagonal - i) * met[i]!) * share;
    }
    const before = bottom > 0 ? (low < bottom ? met[bottom - 1]! : 1) : 0;
    met[bottom] = (bottom * before + (diagonal - bottom) * met[bottom]!) * share;
  }
}

function requireDomain(n: number, m: number, numerator: number, ties: ArrayLike<number>): void {
  let total = 0;
  for (let i = 0; i < ties.length; i += 1) {
    total += ties[i]!;
  }
  const whole = [n, m, numerator, n * m, total].every(Number.isSafeInteger);
  if (!whole || n < 1 || m < 1 || numerator < 0 || numerator > n * m || total !== n + m) {
    throw domainError(
      'The exact law of D with ties',
      'sizes of at least 1, 0 <= D n m <= n m and groups that add up to n + m',
      {
        n,
        m,
        'D n m': numerator,
        groups: total,
      },
    );
  }
}
