import { seededRandom, type TimeRange } from '@tidewatch/core';
import {
  covarianceSpectrum,
  fourierFrequencies,
  kMeans,
  meanRow,
  medianGamma,
  pickRows,
  principalComponents,
  type CovarianceSpectrum,
  type Matrix,
  type MatrixKernels,
} from '@tidewatch/stats';
import { isLearned } from './learning-half.js';
import type { VectorSample } from './vector-sample.js';

/** Frequencies at most, half as many as there are sums of features. The error of a kernel value is 1/sqrt of it. */
const MOST_FREQUENCIES = 512;

/** Random Fourier features of vectors of a dimension: twice the frequencies, which come in whole sets of orthogonal directions. */
export function featureCount(dimension: number): number {
  return (
    2 * Math.max(Math.floor(MOST_FREQUENCIES / dimension) * dimension, Math.min(MOST_FREQUENCIES, dimension))
  );
}

/**
 * The frozen coordinates in which vectors of one encoder are summed up, made once from a baseline: sums of any stretches of time
 * can be compared as long as they were taken in the same space.
 */
export interface EmbeddingSpace {
  readonly dimension: number;
  /** Width of the Gaussian kernel `exp(-gamma |x - y|^2)`; 0 when the baseline's vectors are all equal. */
  readonly gamma: number;
  /** Of the frequencies, see {@link frequenciesOf}. */
  readonly seed: number;
  /** Mean of the baseline's vectors, from which distances are taken: dimension numbers. */
  readonly centre: Float32Array;
  /** Centres of the clusters that the baseline falls into, k x dimension. */
  readonly clusters: Matrix;
  /** Directions in which the baseline varies most, for pictures: 2 x dimension. */
  readonly axes: Matrix;
  readonly spectrum: CovarianceSpectrum;
  /** Vectors that it was made from. */
  readonly vectors: number;
  /** When they were: of that time the learning half counts for no cluster and no distance. */
  readonly learnedFrom: TimeRange;
}

/** How a space is made. */
export interface SpaceOptions {
  readonly clusters: number;
  readonly seed: number;
  readonly learnedFrom: TimeRange;
}

/**
 * Makes the space of a baseline: kernel width by the median heuristic, clusters by k-means, the two main axes, and the spectrum
 * of the covariance. Centre, clusters and axes are those of one half of the vectors; see `isLearned`.
 *
 * @param sample vectors of the baseline with their ids; at least two, and at least one in either half
 */
export async function makeSpace(
  { ids, vectors }: VectorSample,
  { clusters, seed, learnedFrom }: SpaceOptions,
  kernels: MatrixKernels,
): Promise<EmbeddingSpace> {
  const random = seededRandom(seed);
  const half = pickRows(
    vectors,
    Uint32Array.from(ids.keys()).filter((row) => isLearned(ids[row]!)),
  );
  const found = await kMeans(half, { clusters, random }, kernels);
  const { axes } = await principalComponents(thinned(half), Math.min(2, vectors.columns), kernels);
  return {
    dimension: vectors.columns,
    gamma: medianGamma(vectors, random) ?? 0,
    seed,
    centre: Float32Array.from(meanRow(half)),
    clusters: found.centres,
    axes,
    spectrum: await covarianceSpectrum([thinned(vectors)], kernels),
    vectors: vectors.rows,
    learnedFrom,
  };
}

/** Drawing the frequencies takes longer than using them on a bucket of vectors: those of the last few spaces are remembered. */
const REMEMBERED = 8;
const drawn = new Map<string, Matrix>();

/** The frequencies of a space: the same ones whenever and wherever they are drawn. */
export function frequenciesOf({ dimension, gamma, seed }: EmbeddingSpace): Matrix {
  const key = `${dimension} ${gamma} ${seed}`;
  const frequencies =
    drawn.get(key) ??
    fourierFrequencies(dimension, {
      count: featureCount(dimension) / 2,
      // Any width will do where all vectors are equal.
      gamma: gamma > 0 ? gamma : 1,
      random: seededRandom(seed + 1),
    });
  drawn.delete(key);
  drawn.set(key, frequencies);
  if (drawn.size > REMEMBERED) {
    drawn.delete(drawn.keys().next().value!);
  }
  return frequencies;
}

/** Dimensions up to which a spectrum takes less than a second, and vectors per side beyond them. */
const MANY_DIMENSIONS = 1_024;
const FEW_VECTORS = 512;

/** As many of the first rows as a spectrum can be computed of; rows of a sample are in no order. */
export function thinned(sample: Matrix): Matrix {
  const { rows, columns, data } = sample;
  return columns <= MANY_DIMENSIONS || rows <= FEW_VECTORS
    ? sample
    : { rows: FEW_VECTORS, columns, data: data.subarray(0, FEW_VECTORS * columns) };
}
