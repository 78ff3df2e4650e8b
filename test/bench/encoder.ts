import { benchEmbeddingPower, benchEmbeddingSize } from './embedding-errors.js';
import { benchEncodeLoopDelay } from './encode-loop-delay.js';
import { benchEncodeMemory } from './encode-memory.js';
import { benchEncodePath } from './encode-path.js';
import type { Figure } from './figure.js';
import { benchMmd } from './mmd.js';

/** What `npm run bench -- encoder` measures, by name. */
export const ENCODER_BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  'encode-path': benchEncodePath,
  'encode-loop-delay': benchEncodeLoopDelay,
  'encode-memory': benchEncodeMemory,
  mmd: benchMmd,
  'embedding-size': benchEmbeddingSize,
  'embedding-power': benchEmbeddingPower,
};
