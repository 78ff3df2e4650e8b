import { benjaminiHochberg } from '../benjamini-hochberg.js';
import { chiSquareHomogeneity, type HomogeneityResult } from '../chi-square-homogeneity.js';
import { differenceOfProportionsInterval, type Difference } from '../difference-of-proportions.js';
import { domainError } from '../domain-error.js';
import { totalVariation } from '../total-variation.js';
import { twoProportionExact } from '../two-proportion-exact.js';
import type { Interval } from '../wilson-interval.js';

/** How the share of one cluster has changed. */
export interface ClusterShare {
  readonly cluster: number;
  readonly referenceShare: number;
  readonly windowShare: number;
  /** Share in the window less that in the reference, with Newcombe's interval. */
  readonly change: Difference;
  /** Fisher's exact test of this cluster against all others. */
  readonly pValue: number;
  /** Adjusted for the number of clusters (Benjamini & Hochberg 1995). */
  readonly adjustedPValue: number;
}

/** How the shares of all clusters have changed. */
export interface ClusterShares {
  /** Pearson's test over all clusters. */
  readonly homogeneity: HomogeneityResult;
  /** Total variation: the share of vectors that would have to move to another cluster. */
  readonly distance: number;
  /** Its interval. */
  readonly interval: Interval;
  /** From the largest change of share to the smallest, either way. */
  readonly clusters: readonly ClusterShare[];
}

/**
 * Compares how vectors of a reference and of a window fall into the same clusters.
 *
 * The clusters must not have been made from the vectors that are counted as the reference: `referenceClusters` keeps
 * them apart.
 *
 * The interval of the distance holds for any shares: an empirical distribution over k cells is farther than
 * `sqrt((k ln 2 + ln(1/a)) / (2 n))` from its own with probability at most a (Bretagnolle & Huber 1979), and a is half of
 * what `confidence` leaves for either sample.
 *
 * @param reference whole counts, one for each cluster; at least 1 vector in all
 * @param window counts over the same clusters
 * @param confidence of every interval, in (0, 1)
 * @throws AppError `stats.domain`
 */
export function clusterShares(
  reference: ArrayLike<number>,
  window: ArrayLike<number>,
  confidence: number,
): ClusterShares {
  const [before, after] = [Array.from(reference), Array.from(window)];
  const [m, n] = [sum(before), sum(after)];
  const valid =
    before.length === after.length &&
    [...before, ...after].every((count) => Number.isSafeInteger(count) && count >= 0) &&
    m > 0 &&
    n > 0 &&
    confidence > 0 &&
    confidence < 1;
  if (!valid) {
    throw domainError(
      'A comparison of clusters',
      'whole counts over the same clusters, a vector on either side and a confidence between 0 and 1',
      { reference: before.join(' '), window: after.join(' '), confidence },
    );
  }
  const distance = totalVariation(after, before);
  const exponent = before.length * Math.LN2 - Math.log((1 - confidence) / 2);
  const half = Math.sqrt(exponent / 2) * (1 / Math.sqrt(n) + 1 / Math.sqrt(m));
  return {
    homogeneity: chiSquareHomogeneity(after, before),
    distance,
    interval: { low: Math.max(0, distance - half), high: Math.min(1, distance + half) },
    clusters: changes({ before, after, n, m }, confidence),
  };
}

interface Counts {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly n: number;
  readonly m: number;
}

function changes({ before, after, n, m }: Counts, confidence: number): ClusterShare[] {
  const pValues = after.map((count, cluster) => twoProportionExact(count, n, before[cluster]!, m).pValue);
  const adjusted = benjaminiHochberg(pValues);
  const shares = after.map((count, cluster): ClusterShare => ({
    cluster,
    referenceShare: before[cluster]! / m,
    windowShare: count / n,
    change: differenceOfProportionsInterval(count, n, before[cluster]!, m, confidence),
    pValue: pValues[cluster]!,
    adjustedPValue: adjusted[cluster]!,
  }));
  return shares.sort((a, b) => Math.abs(b.change.difference) - Math.abs(a.change.difference));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
