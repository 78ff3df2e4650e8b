import { seededRandom } from '@tidewatch/core';
import type { EmbeddingEffect, EmbeddingSpace } from '@tidewatch/drift';
import type { EmbeddingAnalysis } from '@tidewatch/encoder';
import { medianGamma, permutationTest, plainKernels, stackRows, type Matrix } from '@tidewatch/stats';
import { figure, type Figure } from './figure.js';
import { BEFORE, named, normalVectors, sideOf, withAnalysis } from './simulated-vectors.js';

const DIMENSIONS = 384;
const ALPHA = 0.05;
const PERMUTATIONS = 500;
/** A peer's test takes seconds a run; a share of 60 is known within 6 points at worst. */
const PEER_RUNS = 60;

/** How often tests call it drift, as shares of the runs. */
interface Rates {
  readonly centroid: number;
  readonly mmd: number;
  /** The Euclidean distance of the centroids above 0.2, Evidently's default for embeddings. */
  readonly fixedDistance: number;
  /** Alibi Detect's MMD: 100 permutations and p = k / N. */
  readonly hundredPermutations: number;
}

/**
 * `embedding-size`: how often a test with alpha = 0.05 calls it drift when nothing has changed, over 1,000 runs, for 500 vectors
 * against 100 and 1,000 against 1,000 of 384 dimensions. Within 2.1 points of 5 is three standard errors.
 */
export async function benchEmbeddingSize(): Promise<Figure[]> {
  return withAnalysis(async (analysis, provider) => {
    const figures: Figure[] = [];
    for (const [n, m] of [
      [500, 100],
      [1_000, 1_000],
    ] as const) {
      const rates = await ratesOf(analysis, { n, m, shift: 0, runs: 1_000, seed: n });
      for (const [test, peer, peerName] of [
        ['centroid', rates.fixedDistance, 'distance of the centroids above 0.2 (default of Evidently)'],
        ['mmd', rates.hundredPermutations, 'exact MMD, 100 permutations, p = k/N (default of Alibi Detect)'],
      ] as const) {
        figures.push(
          figure({
            name: `embedding-size-${test}-${n}-${m}, off 5 %`,
            value: Math.abs(rates[test] - ALPHA) * 100,
            unit: 'points',
            baseline: Math.abs(peer - ALPHA) * 100,
            baselineName: `${peerName}, alarms in ${(peer * 100).toFixed(1)} %; ours in ${(rates[test] * 100).toFixed(1)} %`,
            floor: { atMost: 2.1 },
            provider,
          }),
        );
      }
    }
    return figures;
  });
}

/** `embedding-power`: how often a shift of 0.03 standard deviations in every one of 384 dimensions is found, 500 against 500. */
export async function benchEmbeddingPower(): Promise<Figure[]> {
  return withAnalysis(async (analysis, provider) => {
    const rates = await ratesOf(analysis, { n: 500, m: 500, shift: 0.03, runs: 1_000, seed: 3 });
    const found = (name: string, value: number, atLeast: number, baseline: number, baselineName: string) =>
      figure({ name, value, unit: 'of runs', baseline, baselineName, floor: { atLeast }, provider });
    return [
      found(
        'embedding-power-centroid',
        rates.centroid,
        0.9,
        rates.fixedDistance,
        'distance of the centroids above 0.2 (default of Evidently), which alarms without drift as well',
      ),
      found(
        'embedding-power-mmd',
        rates.mmd,
        0.75,
        rates.hundredPermutations,
        'exact MMD, 100 permutations, p = k/N (default of Alibi Detect)',
      ),
    ];
  });
}

async function ratesOf(
  analysis: EmbeddingAnalysis,
  about: {
    readonly n: number;
    readonly m: number;
    readonly shift: number;
    readonly runs: number;
    readonly seed: number;
  },
): Promise<Rates> {
  const { n, m, shift, runs, seed } = about;
  const random = seededRandom(seed);
  const space = await analysis.makeSpace(named(normalVectors(1_000, DIMENSIONS, random)), {
    clusters: 4,
    seed: 1,
    learnedFrom: BEFORE,
  });
  const counts = { centroid: 0, mmd: 0, fixedDistance: 0, hundredPermutations: 0 };
  for (let run = 0; run < runs; run += 1) {
    const [x, y] = [normalVectors(n, DIMENSIONS, random, shift), normalVectors(m, DIMENSIONS, random)];
    const { centroid, mmd } = await pValues(analysis, { x, y, space, run });
    counts.centroid += centroid <= ALPHA ? 1 : 0;
    counts.mmd += mmd <= ALPHA ? 1 : 0;
    counts.fixedDistance += centroidDistance(x, y) > 0.2 ? 1 : 0;
    if (run < PEER_RUNS) {
      counts.hundredPermutations += (await alibiPValue(x, y, random)) < ALPHA ? 1 : 0;
    }
  }
  return {
    centroid: counts.centroid / runs,
    mmd: counts.mmd / runs,
    fixedDistance: counts.fixedDistance / runs,
    hundredPermutations: counts.hundredPermutations / Math.min(runs, PEER_RUNS),
  };
}

async function pValues(
  analysis: EmbeddingAnalysis,
  {
    x,
    y,
    space,
    run,
  }: { readonly x: Matrix; readonly y: Matrix; readonly space: EmbeddingSpace; readonly run: number },
): Promise<{ centroid: number; mmd: number }> {
  const { tests } = await analysis.measure({
    space,
    current: await sideOf(analysis, x, space),
    reference: await sideOf(analysis, y, space),
    inflation: 1,
    permutations: PERMUTATIONS,
    seed: run,
    tests: ['centroid', 'mmd'],
    features: null,
    minimumSamples: 20,
  });
  return {
    centroid: (tests.centroid as EmbeddingEffect).pValue,
    mmd: (tests.mmd as EmbeddingEffect).pValue,
  };
}

function centroidDistance(x: Matrix, y: Matrix): number {
  let sum = 0;
  for (let column = 0; column < x.columns; column += 1) {
    let difference = 0;
    for (let row = 0; row < x.rows; row += 1) {
      difference += x.data[row * x.columns + column]! / x.rows;
    }
    for (let row = 0; row < y.rows; row += 1) {
      difference -= y.data[row * y.columns + column]! / y.rows;
    }
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** The share of 100 relabellings above the observed MMD, the observed one not counted. */
async function alibiPValue(x: Matrix, y: Matrix, random: () => number): Promise<number> {
  const pooled = stackRows(x, y);
  const gamma = medianGamma(pooled, random)!;
  const { reached, permutations } = await permutationTest(
    async (weights) => (await plainKernels.kernelForms(pooled, weights, { kind: 'gaussian', gamma })).forms,
    { n: x.rows, m: y.rows },
    { permutations: 100, random },
  );
  return reached / permutations;
}
