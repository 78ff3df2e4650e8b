import { assignClusters, chiSquareSurvival, clusterShares } from '@tidewatch/stats';
import { countOf, shortNumber } from '../../wording.js';
import type { EmbeddingComparison } from '../embedding-comparison.js';
import { highest } from '../examples.js';
import type { VectorSums } from '../vector-sums.js';
import type { EmbeddingTest, MovedCluster } from './embedding-test.js';

/** Clusters that a verdict names. */
const NAMED = 3;
/** Clusters below this corrected p-value are named as moved. */
const MOVED = 0.05;

/**
 * Have groups of vectors grown or shrunk? The baseline is divided into clusters once, and Pearson's test compares how many vectors
 * of both sides are nearest to each. From sums alone; where the samples are still there, it names the vectors to look at.
 */
export const clusters: EmbeddingTest<'clusters'> = {
  name: 'clusters',
  label: 'clusters',
  effectName: 'the share of vectors in another cluster',
  byDefault: true,
  defaultMinimumEffect: 0.05,
  largestEffect: 1,
  measure: async (comparison) => {
    const { current, reference, inflation } = comparison;
    const [n, m] = [countedIn(current.sums), countedIn(reference.sums)];
    if (n < 1 || m < 1) {
      return { missing: 'there are no vectors to compare' };
    }
    const found = clusterShares(reference.sums.clusters, current.sums.clusters, 0.95);
    const { statistic, df, pValue, method } = found.homogeneity;
    const moved = await movedClusters(comparison, found.clusters);
    const { low, high } = found.interval;
    return {
      statistic: found.distance,
      low,
      high,
      // Vectors of one session fall into one cluster together.
      pValue:
        inflation > 1 && df > 0 ? Math.max(pValue, chiSquareSurvival(statistic / inflation, df)) : pValue,
      method,
      n,
      m,
      finding: `${shortNumber(100 * found.distance)} % of ${countOf(n, 'vector')} would have to be in another cluster for the shares to be those of the baseline (95 % interval ${shortNumber(100 * low)} to ${shortNumber(100 * high)} %)`,
      examples: moved[0]?.examples ?? [],
      clusters: moved,
    };
  },
};

/** Vectors that count for a cluster: all but those that the clusters were made of. */
function countedIn({ clusters: counts }: VectorSums): number {
  return counts.reduce((total, own) => total + own, 0);
}

type Shares = ReturnType<typeof clusterShares>['clusters'];

async function movedClusters(comparison: EmbeddingComparison, shares: Shares): Promise<MovedCluster[]> {
  const moved = shares.filter(({ adjustedPValue }) => adjustedPValue < MOVED).slice(0, NAMED);
  const { sample } = comparison.current;
  const nearest =
    sample === null || moved.length === 0
      ? null
      : await assignClusters(sample.vectors, comparison.space.clusters, comparison.kernels);
  return moved.map(({ cluster, windowShare, referenceShare, adjustedPValue }) => {
    const members = sample === null || nearest === null ? [] : membersOf(nearest.cluster, cluster);
    return {
      cluster: cluster + 1,
      share: windowShare,
      referenceShare,
      pAdjusted: adjustedPValue,
      examples: highest(
        members.map((index) => sample!.ids[index]!),
        members.map((index) => -nearest!.distance[index]!),
      ),
    };
  });
}

function membersOf(assigned: Uint32Array, cluster: number): number[] {
  return Array.from(assigned.keys()).filter((index) => assigned[index] === cluster);
}
