import { centroid } from './centroid.js';
import { classifier } from './classifier.js';
import { clusters } from './clusters.js';
import { distance } from './distance.js';
import type { EmbeddingTest } from './embedding-test.js';
import { energy } from './energy.js';
import { exactMmd } from './exact-mmd.js';
import { frechet } from './frechet.js';
import { mmd } from './mmd.js';
import { scores } from './scores.js';

/** Every test of vectors, in the order in which verdicts are listed. A new one is a file and two lines here. */
export const embeddingTests = {
  centroid,
  mmd,
  clusters,
  distance,
  classifier,
  exactMmd,
  energy,
  frechet,
  scores,
} as const satisfies { readonly [Name in EmbeddingTestName]: EmbeddingTest<Name> };

/** Name of a test in rules and verdicts. */
export type EmbeddingTestName =
  'centroid' | 'mmd' | 'clusters' | 'distance' | 'classifier' | 'exactMmd' | 'energy' | 'frechet' | 'scores';
