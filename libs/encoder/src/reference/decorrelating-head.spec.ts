import { seededNormal, seededRandom } from '@tidewatch/core';
import { expect, test } from '@jest/globals';
import { fitHead } from './decorrelating-head.js';
import { dot, orthonormalRows } from './random-rows.js';

const random = seededRandom(3);
/** Three numbers of which the first two hang together, with means and spreads far apart. */
const samples = Array.from({ length: 400 }, () => {
  const common = seededNormal(random);
  return Float64Array.of(
    50 + 8 * common,
    -2 + 0.1 * (0.9 * common + 0.3 * seededNormal(random)),
    0.5 * seededNormal(random),
  );
});
const unit = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0), Float64Array.of(0, 0, 1)];

function covarianceOfOutputs(projection: readonly Float64Array[]): {
  means: number[];
  covariance: number[][];
} {
  const { weights, bias, columns } = fitHead(samples, projection);
  const outputs = samples.map((sample) =>
    [...bias].map(
      (offset, row) =>
        dot(Float64Array.from(weights.subarray(row * columns, (row + 1) * columns)), sample) + offset,
    ),
  );
  const means = [...bias].map((_, i) => outputs.reduce((sum, row) => sum + row[i]!, 0) / outputs.length);
  const covariance = means.map((a, i) =>
    means.map(
      (b, j) => outputs.reduce((sum, row) => sum + (row[i]! - a) * (row[j]! - b), 0) / outputs.length,
    ),
  );
  return { means, covariance };
}

test('outputs have mean 0, and directions of variance v are left with v / (v + 1)', () => {
  // Of standardised numbers with correlations r12, r13, r23 and mean variance 1: C (C + I)^-1.
  const standard = [0, 1, 2].map((column) => {
    const mean = samples.reduce((sum, sample) => sum + sample[column]!, 0) / samples.length;
    const variance = samples.reduce((sum, sample) => sum + (sample[column]! - mean) ** 2, 0) / samples.length;
    return samples.map((sample) => (sample[column]! - mean) / Math.sqrt(variance));
  });
  const correlation = standard.map((a) =>
    standard.map((b) => a.reduce((sum, value, index) => sum + value * b[index]!, 0) / samples.length),
  );
  const { means, covariance } = covarianceOfOutputs(unit);
  // Weights are rounded to 2^-12 and act on numbers of up to 80: 0.02.
  expect(Math.max(...means.map(Math.abs))).toBeLessThan(0.02);
  // K = C (C + I)^-1 solves K (C + I) = C.
  correlation.forEach((row, i) =>
    row.forEach((wanted, j) => {
      const product = correlation.reduce(
        (sum, column, k) => sum + covariance[i]![k]! * (column[j]! + (k === j ? 1 : 0)),
        0,
      );
      expect(Math.abs(product - wanted)).toBeLessThan(0.01);
    }),
  );
});

test('a projection gives as many outputs as it has rows', () => {
  const { means } = covarianceOfOutputs(orthonormalRows(2, 3, seededRandom(4)));
  expect(means).toHaveLength(2);
});
