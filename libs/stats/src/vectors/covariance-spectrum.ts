import { domainError } from '../domain-error.js';
import { centreRows, meanRow } from './centre-rows.js';
import { stackRows, type Matrix } from './matrix.js';
import type { MatrixKernels } from './matrix-kernels.js';
import { symmetricEigen } from './symmetric-eigen.js';
import { transpose } from './transpose.js';
import type { WeightedTerm } from './weighted-chi-square.js';

/** The eigenvalues of a covariance matrix as far as samples tell them. */
export interface CovarianceSpectrum {
  /** Sum of the variances of all dimensions: `tr S`, unbiased. */
  readonly trace: number;
  /** `tr S^2`, unbiased for normal vectors. */
  readonly squaredTrace: number;
  /** Single eigenvalues that stand out, largest first, and the rest as one term: the law of a squared mean distance. */
  readonly terms: readonly WeightedTerm[];
}

/** Eigenvalues told apart at most; what lies below them acts as one. */
const MOST_SPIKES = 32;
/** Rows and columns of the largest matrix whose eigenvalues are computed: about a second. */
const LARGEST = 1_024;

/**
 * Estimates the spectrum of the covariance that two samples share, each centred on its own mean.
 *
 * With hundreds of dimensions and as many vectors the eigenvalues of a sample's covariance are spread far more than the true
 * ones, and a null law built on them would be too wide. Three corrections:
 *
 * - `tr S^2` by Bai & Saranadasa 1996 (Statistica Sinica 6, eq. 3.14): `v^2 / ((v + 2)(v - 1)) (tr S^2 - (tr S)^2 / v)` with
 *   `v = n + m - 2` degrees of freedom.
 * - Eigenvalues above the edge `s (1 + sqrt(d / v))^2` that noise alone reaches (Marchenko & Pastur 1967) are single ones,
 *   shrunk to what they are without the inflation (Baik & Silverstein 2006, Theorem 1.1).
 * - All others become one term with the trace and squared trace that are left (Satterthwaite 1946).
 *
 * @param samples at least one, of one dimension, with `n + m - samples >= 2`
 * @throws AppError `stats.domain`
 */
export async function covarianceSpectrum(
  samples: readonly Matrix[],
  kernels: MatrixKernels,
): Promise<CovarianceSpectrum> {
  const centred = centredRows(samples);
  const { rows, columns } = centred;
  const degrees = rows - samples.length;
  if (degrees < 2 || columns < 1) {
    throw domainError('A covariance spectrum', 'at least two degrees of freedom', { rows, columns, degrees });
  }
  const values = await eigenvalues(centred, degrees, kernels);
  let [trace, squares] = [0, 0];
  for (const value of values) {
    trace += value;
    squares += value * value;
  }
  const factor = degrees ** 2 / ((degrees + 2) * (degrees - 1));
  const squaredTrace = Math.max(trace ** 2 / columns, factor * (squares - trace ** 2 / degrees));
  return { trace, squaredTrace, terms: terms(values, { columns, degrees, trace, squaredTrace }) };
}

/** The spectrum of dimensions with variance 0 is empty: every vector is the same. */
function terms(
  values: Float64Array,
  about: {
    readonly columns: number;
    readonly degrees: number;
    readonly trace: number;
    readonly squaredTrace: number;
  },
): WeightedTerm[] {
  if (!(about.trace > 0)) {
    return [];
  }
  const ratio = about.columns / about.degrees;
  const spikes: WeightedTerm[] = [];
  let [left, leftSquares] = [about.trace, about.squaredTrace];
  for (let index = 0; index < Math.min(MOST_SPIKES, values.length, about.columns - 1); index += 1) {
    const noise = left / (about.columns - index);
    const value = values[index]!;
    const spike = value > noise * (1 + Math.sqrt(ratio)) ** 2 ? withoutInflation(value, noise, ratio) : 0;
    if (!(spike > noise) || !(left - spike > 0)) {
      break;
    }
    spikes.push({ weight: spike, degrees: 1 });
    left -= spike;
    leftSquares -= spike * spike;
  }
  const others = about.columns - spikes.length;
  // At least what equal eigenvalues have: the estimate may be smaller by chance.
  const squares = Math.max(leftSquares, left ** 2 / others);
  return [...spikes, { weight: squares / left, degrees: left ** 2 / squares }];
}

/** Solves `value = spike (1 + ratio noise / (spike - noise))` for the spike. */
function withoutInflation(value: number, noise: number, ratio: number): number {
  const sum = value + noise - ratio * noise;
  return (sum + Math.sqrt(Math.max(0, sum * sum - 4 * value * noise))) / 2;
}

async function eigenvalues(centred: Matrix, degrees: number, kernels: MatrixKernels): Promise<Float64Array> {
  const wide = centred.columns > centred.rows;
  const size = wide ? centred.rows : centred.columns;
  if (size > LARGEST) {
    throw domainError(
      'A covariance spectrum',
      `at most ${LARGEST} vectors or dimensions, whichever is less`,
      {
        vectors: centred.rows,
        dimensions: centred.columns,
      },
    );
  }
  // The n x n products of the rows have the same eigenvalues above 0 as the d x d ones of the columns.
  const factor = wide ? centred : transpose(centred);
  const { data } = await kernels.multiply(factor, factor);
  const products = Float64Array.from(data, (value) => value / degrees);
  return symmetricEigen(products, size, { vectors: false }).values.map((value) => Math.max(0, value));
}

/** The rows of all samples, each less the mean of its own. */
function centredRows(samples: readonly Matrix[]): Matrix {
  return samples
    .map((sample) => centreRows(sample, meanRow(sample)))
    .reduce((all, sample) => stackRows(all, sample));
}
