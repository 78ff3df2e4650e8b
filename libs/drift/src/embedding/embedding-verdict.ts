import type { SummaryWords } from '../judge/summarise-monitor.js';
import type { TitledVerdict } from '../verdict/judge-findings.js';
import type { MovedCluster } from './tests/embedding-test.js';
import type { EmbeddingTestName } from './tests/index.js';

/** The judgement of one test of vectors, or of one image feature. JSON-serialisable. */
export interface EmbeddingVerdict extends TitledVerdict {
  /** Name of the embedding. */
  readonly embedding: string;
  /** `null` for an image feature. */
  readonly embeddingTest: EmbeddingTestName | null;
  /** Name of the image feature; empty for a test of the vectors. */
  readonly feature: string;
  /** Always empty: vectors are of no single variable. */
  readonly variable: '';
  readonly segment: '';
  /** Clusters that gained or lost, the most moved first. */
  readonly clusters: readonly MovedCluster[];
  /** Prediction ids of the window that show it. */
  readonly examples: readonly string[];
  /** Of an alarm: what changed most, in full sentences. */
  readonly note?: string;
}

/** How an embedding monitor speaks of its tests: "3 of 12 drifted". */
export const EMBEDDING_WORDS: SummaryWords = {
  alarm: 'drifted',
  watch: 'moved, and may be too small or too short to matter',
  ok: { one: 'shows no drift', several: 'show no drift' },
};
