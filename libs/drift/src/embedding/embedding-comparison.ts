import { seededRandom } from '@tidewatch/core';
import {
  covarianceSpectrum,
  type CovarianceSpectrum,
  type Matrix,
  type MatrixKernels,
  type PermutationOptions,
} from '@tidewatch/stats';
import { frequenciesOf, thinned, type EmbeddingSpace } from './embedding-space.js';
import type { VectorSample } from './vector-sample.js';
import type { VectorSums } from './vector-sums.js';

/** One side of a comparison. */
export interface EmbeddingSide {
  readonly sums: VectorSums;
  /** A uniform sample of the vectors; `null` where they are gone, as they are after a week. */
  readonly sample: VectorSample | null;
  /** Scores that the served model gave its classes, by class, for the same predictions; empty where it gives none. */
  readonly scores: ReadonlyMap<string, Float64Array>;
}

/** What a window is compared with its baseline by. */
export interface ComparisonOptions {
  readonly space: EmbeddingSpace;
  readonly current: EmbeddingSide;
  readonly reference: EmbeddingSide;
  /** See `inflationOfStretches`. */
  readonly inflation: number;
  /** Relabellings at most of each permutation test. */
  readonly permutations: number;
  readonly seed: number;
  readonly kernels: MatrixKernels;
}

/** Relabellings that reach the observed value before drawing stops: p is then known within a quarter or so. */
const ENOUGH = 20;

/** A window beside its baseline; what several tests need is computed once. */
export class EmbeddingComparison {
  readonly space: EmbeddingSpace;
  readonly current: EmbeddingSide;
  readonly reference: EmbeddingSide;
  readonly inflation: number;
  readonly kernels: MatrixKernels;
  private readonly options: ComparisonOptions;
  private shared: Promise<CovarianceSpectrum> | null = null;
  private features: Promise<readonly [Matrix, Matrix]> | null = null;

  constructor(options: ComparisonOptions) {
    this.space = options.space;
    this.current = options.current;
    this.reference = options.reference;
    this.inflation = options.inflation;
    this.kernels = options.kernels;
    this.options = options;
  }

  /** Both samples, or `null` while one side has fewer than two vectors left. */
  samples(): { readonly current: VectorSample; readonly reference: VectorSample } | null {
    const { current, reference } = this;
    return current.sample !== null &&
      reference.sample !== null &&
      current.sample.vectors.rows >= 2 &&
      reference.sample.vectors.rows >= 2
      ? { current: current.sample, reference: reference.sample }
      : null;
  }

  /** Spectrum of the covariance that both sides share; the space's own while there are no samples. */
  spectrum(): Promise<CovarianceSpectrum> {
    const samples = this.samples();
    this.shared ??=
      samples === null
        ? Promise.resolve(this.space.spectrum)
        : covarianceSpectrum([samples.current.vectors, samples.reference.vectors].map(thinned), this.kernels);
    return this.shared;
  }

  /** Random Fourier features of both samples. */
  fourierFeatures(current: Matrix, reference: Matrix): Promise<readonly [Matrix, Matrix]> {
    const frequencies = frequenciesOf(this.space);
    this.features ??= Promise.all([
      this.kernels.fourierFeatures(current, frequencies),
      this.kernels.fourierFeatures(reference, frequencies),
    ]);
    return this.features;
  }

  /** How a permutation test is drawn: the same data give the same p-value. */
  permutation(): PermutationOptions {
    const { permutations, seed } = this.options;
    return { permutations, stopAfter: ENOUGH, random: seededRandom(seed) };
  }

  /** Uniform numbers for whatever else is random, the same for the same data. */
  random(): () => number {
    return seededRandom(this.options.seed + 1);
  }
}
