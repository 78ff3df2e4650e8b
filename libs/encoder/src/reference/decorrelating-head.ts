import { symmetricEigen } from '@tidewatch/stats';
import { dot } from './random-rows.js';
import { onGrid } from './weight-grid.js';

/** A linear map with an offset: `weights x + bias`. */
export interface Head {
  readonly columns: number;
  /** Rows x columns, row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Makes the last linear map of an encoder: it centres its inputs and divides each by its spread over `samples`, projects them
 * with `projection`, and evens out the spread of what results.
 *
 * Untrained features are mostly about one or two properties of an image, its brightness and contrast; all else would be lost
 * beside those. `(C + c I)^(-1/2)`, with the covariance `C` of the projected samples and their mean variance `c`, shrinks the
 * widest directions to unit variance and leaves the narrow ones as they are but for a common factor, so that noise is not blown
 * up. It changes no information, only what counts how much in a distance.
 */
export function fitHead(samples: readonly Float64Array[], projection: readonly Float64Array[]): Head {
  const { mean, spread } = momentsOf(samples);
  const scaled = projection.map((row) => row.map((value, index) => value / spread[index]!));
  const projected = samples.map((sample) => {
    const centred = sample.map((value, index) => value - mean[index]!);
    return Float64Array.from(scaled, (row) => dot(row, centred));
  });
  const even = inverseRoot(covarianceOf(projected), scaled.length);
  const columns = mean.length;
  const rows = even.map((mix) => combined(mix, scaled, columns));
  return {
    columns,
    weights: onGrid(rows),
    bias: onGrid(Float64Array.from(rows, (row) => -dot(row, mean))),
  };
}

function momentsOf(samples: readonly Float64Array[]): { mean: Float64Array; spread: Float64Array } {
  const columns = samples[0]!.length;
  const mean = new Float64Array(columns);
  for (const sample of samples) {
    sample.forEach((value, index) => (mean[index]! += value / samples.length));
  }
  const spread = new Float64Array(columns);
  for (const sample of samples) {
    sample.forEach((value, index) => (spread[index]! += (value - mean[index]!) ** 2 / samples.length));
  }
  return { mean, spread: spread.map((value) => Math.sqrt(value)) };
}

/** Mean of the outer products; row-major. */
function covarianceOf(centred: readonly Float64Array[]): Float64Array {
  const size = centred[0]!.length;
  const covariance = new Float64Array(size * size);
  for (const row of centred) {
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) {
        covariance[i * size + j]! += (row[i]! * row[j]!) / centred.length;
      }
    }
  }
  return covariance;
}

/** Rows of `(C + c I)^(-1/2)`, where `c` is the mean of the diagonal of `C`. */
function inverseRoot(covariance: Float64Array, size: number): Float64Array[] {
  const { values, vectors } = symmetricEigen(covariance, size, { vectors: true });
  const level = values.reduce((sum, value) => sum + value, 0) / size;
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  values.forEach((value, k) => {
    const factor = 1 / Math.sqrt(value + level);
    const vector = vectors!.subarray(k * size, (k + 1) * size);
    rows.forEach((row, i) => {
      for (let j = 0; j < size; j += 1) {
        row[j]! += factor * vector[i]! * vector[j]!;
      }
    });
  });
  return rows;
}

/** The sum of `rows`, each times its entry of `mix`. */
function combined(mix: Float64Array, rows: readonly Float64Array[], columns: number): Float64Array {
  const sum = new Float64Array(columns);
  rows.forEach((row, k) => {
    for (let index = 0; index < columns; index += 1) {
      sum[index]! += mix[k]! * row[index]!;
    }
  });
  return sum;
}
