import { seededNormal } from '@tidewatch/core';
import type { EmbeddingSide, EmbeddingSpace, VectorSample } from '@tidewatch/drift';
import { openEmbeddingAnalysis, type EmbeddingAnalysis } from '@tidewatch/encoder';
import { matrix, type Matrix } from '@tidewatch/stats';
import { benchProvider } from './bench-provider.js';

/** Independent normal vectors with standard deviation 1, all dimensions shifted by the same. */
export function normalVectors(rows: number, columns: number, random: () => number, shift = 0): Matrix {
  const data = new Float32Array(rows * columns);
  for (let index = 0; index < data.length; index += 1) {
    data[index] = seededNormal(random) + shift;
  }
  return matrix(rows, columns, data);
}

/** The time of all simulated vectors, and that of those that a space is made of. */
const NOW = { from: 1, to: 2 };
export const BEFORE = { from: 0, to: 1 };

/** Vectors with made-up ids. */
export function named(vectors: Matrix): VectorSample {
  return { ids: Array.from({ length: vectors.rows }, (_, index) => `${index}`), vectors };
}

/** Vectors as one side of a comparison, with their sums. */
export async function sideOf(
  analysis: EmbeddingAnalysis,
  vectors: Matrix,
  space: EmbeddingSpace,
): Promise<EmbeddingSide> {
  const sample = named(vectors);
  return { sums: await analysis.sum(sample, { space, time: NOW }), sample, scores: new Map() };
}

/** Opens the analysis process that a server has and does `work` with it. */
export async function withAnalysis<R>(
  work: (analysis: EmbeddingAnalysis, provider: string) => Promise<R>,
): Promise<R> {
  const quiet = (): void => undefined;
  const analysis = openEmbeddingAnalysis({
    provider: benchProvider(),
    logger: {
      info: quiet,
      warn: quiet,
      error: (about: unknown) => process.stderr.write(`${JSON.stringify(about)}\n`),
    },
  });
  try {
    const { provider, problem } = await analysis.status();
    if (provider === null) {
      throw new Error(`The analysis process did not start: ${problem}`);
    }
    return await work(analysis, `${provider.provider} (${provider.device})`);
  } finally {
    await analysis.close();
  }
}
