import { seededRandom } from '@tidewatch/core';
import type { EmbeddingEffect, EmbeddingTestName } from '@tidewatch/drift';
import type { EmbeddingAnalysis } from '@tidewatch/encoder';
import { fourierFrequencies, plainKernels, type Matrix } from '@tidewatch/stats';
import { median } from 'simple-statistics';
import { figure, type Figure } from './figure.js';
import { BEFORE, named, normalVectors, sideOf, withAnalysis } from './simulated-vectors.js';

const RUNS = 7;
/** A shift that no relabelling reaches, so that none of them is saved by stopping early. */
const SHIFT = 0.3;

/**
 * The two permutation tests as a server runs them, the way to the analysis process and back included, against plain loops.
 *
 * - `rff-mmd`: random Fourier features of 1,000 and 1,000 vectors of 384 dimensions, and 500 relabellings.
 * - `exact-mmd`: the Gaussian kernel over 5,000 and 5,000 vectors of 32 dimensions, and 100 relabellings.
 */
export async function benchMmd(): Promise<Figure[]> {
  return withAnalysis(async (analysis, provider) => {
    const random = seededRandom(1);
    const fourier = await timed(analysis, 'mmd', {
      x: normalVectors(1_000, 384, random, SHIFT),
      y: normalVectors(1_000, 384, random),
      permutations: 500,
    });
    const exact = await timed(analysis, 'exactMmd', {
      x: normalVectors(5_000, 32, random, SHIFT),
      y: normalVectors(5_000, 32, random),
      permutations: 100,
    });
    const onCard = !provider.startsWith('cpu');
    return [
      figure({
        name: 'rff-mmd',
        value: fourier,
        unit: 'ms',
        baseline: await plainFourier(normalVectors(2_000, 384, random), 500),
        baselineName: 'the same products by plain loops in this process',
        floor: { atMost: onCard ? 30 : 300 },
        provider,
      }),
      figure({
        name: 'exact-mmd',
        value: exact,
        unit: 'ms',
        baseline: plainKernelForms(normalVectors(10_000, 32, random), 100),
        baselineName: 'plain loops in this process, from 20 rows of the kernel matrix',
        floor: { atMost: onCard ? 400 : 4_000 },
        provider,
      }),
    ];
  });
}

async function timed(
  analysis: EmbeddingAnalysis,
  test: EmbeddingTestName,
  { x, y, permutations }: { readonly x: Matrix; readonly y: Matrix; readonly permutations: number },
): Promise<number> {
  const space = await analysis.makeSpace(named(y), { clusters: 2, seed: 1, learnedFrom: BEFORE });
  const [current, reference] = [await sideOf(analysis, x, space), await sideOf(analysis, y, space)];
  const times: number[] = [];
  for (let run = -2; run < RUNS; run += 1) {
    const start = performance.now();
    const { tests } = await analysis.measure({
      ...{ space, current, reference, permutations },
      inflation: 1,
      seed: run,
      tests: [test],
      features: null,
      minimumSamples: 20,
    });
    const taken = performance.now() - start;
    const { pValue } = tests[test] as EmbeddingEffect;
    if (Math.abs(pValue * (permutations + 1) - 1) > 1e-9) {
      throw new Error(
        `${test} has p = ${pValue}: not every relabelling was drawn, so the time says nothing.`,
      );
    }
    if (run >= 0) {
      times.push(taken);
    }
  }
  return median(times);
}

/** Milliseconds of features and relabellings by plain loops. */
async function plainFourier(vectors: Matrix, permutations: number): Promise<number> {
  const random = seededRandom(2);
  const frequencies = fourierFrequencies(vectors.columns, { count: 512, gamma: 1 / 768, random });
  const weights = normalVectors(permutations, vectors.rows, random);
  const start = performance.now();
  const features = await plainKernels.fourierFeatures(vectors, frequencies);
  await plainKernels.squaredNorms(weights, features);
  return performance.now() - start;
}

/** Milliseconds of the kernel matrix and of its products with the weights by plain loops; a few rows are enough to know. */
function plainKernelForms({ rows, columns, data }: Matrix, permutations: number): number {
  const measured = 20;
  const weights = normalVectors(permutations, rows, seededRandom(3)).data;
  const sums = new Float64Array(permutations);
  const start = performance.now();
  for (let i = 0; i < measured; i += 1) {
    for (let j = 0; j < rows; j += 1) {
      let distance = 0;
      for (let k = 0; k < columns; k += 1) {
        distance += (data[i * columns + k]! - data[j * columns + k]!) ** 2;
      }
      const value = Math.exp(-distance / 64);
      for (let p = 0; p < permutations; p += 1) {
        sums[p]! += weights[p * rows + i]! * weights[p * rows + j]! * value;
      }
    }
  }
  return ((performance.now() - start) * rows) / measured;
}
