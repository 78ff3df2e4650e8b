import { benchEmbeddingPower, benchEmbeddingSize } from './embedding-errors.js';
import type { Figure } from './figure.js';
import { benchMmd } from './mmd.js';

/** What `npm run bench -- encoder` measures, by name. */
export const ENCODER_BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  mmd: benchMmd,
  'embedding-size': benchEmbeddingSize,
  'embedding-power': benchEmbeddingPower,
};
