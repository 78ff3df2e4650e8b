import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { matrix, rowOf, type Matrix } from './matrix.js';
import { plainKernels } from './plain-kernels.js';
import { principalComponents, projectOnComponents } from './principal-components.js';

interface Case {
  vectors: { rows: number; columns: number; data: number[] };
  count: number;
  axes: number[];
  variances: number[];
  totalVariance: number;
  projected: number[];
}

const { components: cases } = JSON.parse(
  readFileSync(new URL('fixtures/vector-models.json', import.meta.url), 'utf8'),
) as { components: Case[] };

const wrong = expect.objectContaining({ code: 'stats.domain' });

/** Products are rounded to float32, whose step is 6e-8 of a number. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(actual[index]! - value)).toBeLessThanOrEqual(2e-5 * (1 + Math.abs(value)));
  });
}

describe('principalComponents', () => {
  test.each(cases)(
    '$vectors.rows vectors of $vectors.columns dimensions, as scikit-learn has it',
    async (given) => {
      const vectors = matrix(
        given.vectors.rows,
        given.vectors.columns,
        Float32Array.from(given.vectors.data),
      );
      const found = await principalComponents(vectors, given.count, plainKernels);
      expectClose(found.variances, given.variances);
      expectClose([found.totalVariance], [given.totalVariance]);
      expectClose(found.axes.data, given.axes);
      expectClose((await projectOnComponents(vectors, found, plainKernels)).data, given.projected);
    },
  );

  test('there are as many as the vectors span dimensions', async () => {
    const line = matrix(4, 3, Float32Array.of(0, 0, 0, 1, 2, 2, 2, 4, 4, -1, -2, -2));
    const found = await principalComponents(line, 3, plainKernels);
    expectClose(found.axes.data, [1 / 3, 2 / 3, 2 / 3]);
    expectClose(found.variances, [15]);
    const equal = matrix(3, 2, new Float32Array(6).fill(7));
    const none = await principalComponents(equal, 2, plainKernels);
    expect(none).toMatchObject({ axes: { rows: 0, columns: 2 }, totalVariance: 0 });
    expect(await projectOnComponents(equal, none, plainKernels)).toMatchObject({ rows: 3, columns: 0 });
  });

  test('axes are orthonormal, their largest number is positive, and the order of the vectors does not matter', async () => {
    const random = seededRandom(3);
    const data = Float32Array.from(
      { length: 30 * 7 },
      (_, index) => seededNormal(random) * (1 + (index % 7)),
    );
    const vectors = matrix(30, 7, data);
    const { axes } = await principalComponents(vectors, 7, plainKernels);
    const { data: products } = await plainKernels.multiply(axes, axes);
    expectClose(
      products,
      Array.from(products, (_, index) => (index % 8 === 0 ? 1 : 0)),
    );
    for (let index = 0; index < 7; index += 1) {
      const axis = rowOf(axes, index);
      expect(Math.max(...axis)).toBe(Math.max(...axis.map(Math.abs)));
    }
    expectClose((await principalComponents(reversed(vectors), 7, plainKernels)).axes.data, [...axes.data]);
  });

  test('refuses one vector, no dimension, NaN, a count of 0, and vectors that do not fit', async () => {
    const two = matrix(2, 2, Float32Array.of(1, 2, 3, 4));
    await expect(principalComponents(matrix(1, 2, new Float32Array(2)), 1, plainKernels)).rejects.toEqual(
      wrong,
    );
    await expect(principalComponents(matrix(3, 0, new Float32Array(0)), 1, plainKernels)).rejects.toEqual(
      wrong,
    );
    await expect(principalComponents(matrix(2, 1, Float32Array.of(1, NaN)), 1, plainKernels)).rejects.toEqual(
      wrong,
    );
    await expect(principalComponents(two, 0, plainKernels)).rejects.toEqual(wrong);
    const found = await principalComponents(two, 1, plainKernels);
    await expect(projectOnComponents(matrix(1, 3, new Float32Array(3)), found, plainKernels)).rejects.toEqual(
      wrong,
    );
  });
});

function reversed({ rows, columns, data }: Matrix): Matrix {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    turned.set(data.subarray(row * columns, (row + 1) * columns), (rows - 1 - row) * columns);
  }
  return { rows, columns, data: turned };
}
