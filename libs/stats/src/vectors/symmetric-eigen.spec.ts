import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { symmetricEigen } from './symmetric-eigen.js';

const { matrices } = JSON.parse(
  readFileSync(new URL('fixtures/symmetric-eigen.json', import.meta.url), 'utf8'),
) as {
  matrices: { name: string; n: number; matrix: number[]; values: number[] }[];
};

/** Backward stable: errors are some rounding steps of the largest value, growing slowly with n. */
const TOLERANCE = 2e-14;

/** Largest entry of `A v - value v` and of `V V' - I` over all vectors. */
function residuals(matrix: Float64Array, n: number): { equation: number; orthogonality: number } {
  const { values, vectors } = symmetricEigen(matrix, n, { vectors: true });
  let [equation, orthogonality] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    const vector = vectors!.subarray(i * n, (i + 1) * n);
    for (let j = 0; j < n; j += 1) {
      let [product, inner] = [0, 0];
      for (let k = 0; k < n; k += 1) {
        product += matrix[j * n + k]! * vector[k]!;
        inner += vectors![j * n + k]! * vector[k]!;
      }
      equation = Math.max(equation, Math.abs(product - values[i]! * vector[j]!));
      orthogonality = Math.max(orthogonality, Math.abs(inner - (i === j ? 1 : 0)));
    }
  }
  return { equation, orthogonality };
}

describe('symmetricEigen', () => {
  test.each(matrices)('$name, as numpy has it', ({ n, matrix, values }) => {
    const found = symmetricEigen(Float64Array.from(matrix), n, { vectors: false });
    const scale = Math.max(...values.map(Math.abs));
    expect(found.vectors).toBeNull();
    expect(found.values).toHaveLength(n);
    found.values.forEach((value, index) => {
      expect(Math.abs(value - values[index]!)).toBeLessThanOrEqual(TOLERANCE * scale);
    });
  });

  test.each(matrices)('$name: vectors solve the equation and are orthonormal', ({ n, matrix, values }) => {
    const { equation, orthogonality } = residuals(Float64Array.from(matrix), n);
    expect(equation).toBeLessThanOrEqual(TOLERANCE * Math.max(...values.map(Math.abs)));
    expect(orthogonality).toBeLessThanOrEqual(TOLERANCE);
  });

  test('any symmetric matrix: the values descend, add up to the trace, and are the same without vectors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer(), (n, seed) => {
        const matrix = randomSymmetric(n, seed);
        const { values } = symmetricEigen(matrix, n, { vectors: true });
        expect(symmetricEigen(matrix, n, { vectors: false }).values).toEqual(values);
        let trace = 0;
        for (let i = 0; i < n; i += 1) {
          trace += matrix[i * n + i]!;
        }
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 11);
        expect(values).toEqual(Float64Array.from(values).sort().reverse());
      }),
      { numRuns: 50 },
    );
  });

  test('reads the lower triangle and changes nothing', () => {
    const matrix = Float64Array.of(2, 99, 1, 2);
    const { values } = symmetricEigen(matrix, 2, { vectors: true });
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect([...matrix]).toEqual([2, 99, 1, 2]);
  });

  test('refuses what has no eigenvalues', () => {
    const wrong = { code: 'stats.domain' };
    const of = (matrix: Float64Array, n: number) => () => symmetricEigen(matrix, n, { vectors: false });
    expect(of(new Float64Array(3), 2)).toThrow(expect.objectContaining(wrong));
    expect(of(new Float64Array(0), 0)).toThrow(expect.objectContaining(wrong));
    expect(of(Float64Array.of(1, 0, NaN, 1), 2)).toThrow(expect.objectContaining(wrong));
    expect(of(Float64Array.of(Infinity), 1)).toThrow(expect.objectContaining(wrong));
  });
});

function randomSymmetric(n: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      matrix[i * n + j] = matrix[j * n + i] = seededNormal(random);
    }
  }
  return matrix;
}
