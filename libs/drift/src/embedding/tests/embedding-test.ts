import type { EmbeddingComparison } from '../embedding-comparison.js';

/** What one test found. JSON-serialisable. */
export interface EmbeddingEffect {
  /** The effect: larger is worse. */
  readonly statistic: number;
  /** Ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  /** Law of the p-value: `chi-square mixture`, `permutation`. */
  readonly method: string;
  /** Vectors on each side that went into it. */
  readonly n: number;
  readonly m: number;
  /** A sentence with the numbers, without its full stop. */
  readonly finding: string;
  /** Vectors of the window that show it best, their prediction ids. */
  readonly examples: readonly string[];
  /** Clusters that gained or lost, the most moved first; of the test `clusters` only. */
  readonly clusters?: readonly MovedCluster[];
}

/** How the share of one cluster changed. */
export interface MovedCluster {
  /** Number of the cluster in its space, from 1. */
  readonly cluster: number;
  /** Share of the window's vectors and of the baseline's. */
  readonly share: number;
  readonly referenceShare: number;
  /** Corrected for the number of clusters (Benjamini-Hochberg). */
  readonly pAdjusted: number;
  /** Prediction ids of the window's vectors nearest to its centre. */
  readonly examples: readonly string[];
}

/** One test of vectors. A new one is a file, a line in the index and a name in the list. */
export interface EmbeddingTest<Name extends string = string> {
  readonly name: Name;
  /** What it looks at, in titles: `frame centroid`. */
  readonly label: string;
  readonly effectName: string;
  readonly byDefault: boolean;
  readonly defaultMinimumEffect: number;
  /** Minimum effects must be below it. */
  readonly largestEffect: number;
  /** What it found, or a sentence that says what was missing. */
  measure(comparison: EmbeddingComparison): Promise<EmbeddingEffect | { readonly missing: string }>;
}
