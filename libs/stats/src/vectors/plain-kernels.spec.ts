import { describe, expect, test } from '@jest/globals';
import { matrix } from './matrix.js';
import { plainKernels } from './plain-kernels.js';

const a = matrix(2, 3, Float32Array.of(1, 2, 3, 4, 5, 6));
const b = matrix(3, 3, Float32Array.of(1, 0, 0, 0, 1, 1, -1, 2, -3));

describe('plainKernels', () => {
  test("multiplies A by B'", async () => {
    const { rows, columns, data } = await plainKernels.multiply(a, b);
    expect([rows, columns]).toEqual([2, 3]);
    // numpy: A @ B.T
    expect([...data]).toEqual([1, 5, -6, 4, 11, -12]);
  });

  test('lays out cosines first, then sines, over the root of the number of frequencies', async () => {
    const frequencies = matrix(2, 3, Float32Array.of(0, 0, 0, 0.5, 0, -0.5));
    const { rows, columns, data } = await plainKernels.fourierFeatures(a, frequencies);
    expect([rows, columns]).toEqual([2, 4]);
    const angles = [0, -1, 0, -1];
    const wanted = [
      ...angles.slice(0, 2).map(Math.cos),
      ...angles.slice(0, 2).map(Math.sin),
      ...angles.slice(2).map(Math.cos),
      ...angles.slice(2).map(Math.sin),
    ].map((value) => value / Math.SQRT2);
    data.forEach((value, index) => expect(value).toBeCloseTo(wanted[index]!, 6));
  });

  test('takes the squared norm of every weighted sum of rows', async () => {
    const weights = matrix(3, 2, Float32Array.of(1, 0, 1, -1, 0.5, 0.5));
    // Rows (1, 2, 3), then -(3, 3, 3), then (2.5, 3.5, 4.5).
    expect([...(await plainKernels.squaredNorms(weights, a))]).toEqual([14, 27, 38.75]);
  });

  test('sums a Gaussian kernel matrix with the weights on both sides', async () => {
    const points = matrix(3, 1, Float32Array.of(0, 1, 3));
    const weights = matrix(2, 3, Float32Array.of(1, 0, -1, 1, 1, 1));
    const { forms, witness } = await plainKernels.kernelForms(points, weights, {
      kind: 'gaussian',
      gamma: 0.5,
    });
    const [k1, k2, k3] = [Math.exp(-0.5), Math.exp(-2), Math.exp(-4.5)];
    expect(forms[0]).toBeCloseTo(2 - 2 * k3, 12);
    expect(forms[1]).toBeCloseTo(3 + 2 * (k1 + k2 + k3), 12);
    [1 - k3, k1 - k2, k3 - 1].forEach((value, index) => expect(witness[index]).toBeCloseTo(value, 6));
  });

  test('a form of the energy kernel is the energy distance squared', async () => {
    const points = matrix(4, 2, Float32Array.of(0, 0, 3, 4, 0, 0, 6, 8));
    // Two samples of two: 2 (0 + 10 + 5 + 5) / 4 - 2 * 5 / 4 - 2 * 10 / 4 = 2.5.
    const weights = matrix(1, 4, Float32Array.of(0.5, 0.5, -0.5, -0.5));
    const { forms, witness } = await plainKernels.kernelForms(points, weights, { kind: 'energy' });
    expect(forms[0]).toBeCloseTo(2.5, 12);
    expect([...witness]).toEqual([2.5, 2.5, 2.5, -2.5]);
  });

  test('refuses sizes that do not fit', async () => {
    const wrong = expect.objectContaining({ code: 'stats.domain' });
    const none = matrix(0, 2, new Float32Array(0));
    await expect(plainKernels.multiply(a, matrix(1, 2, new Float32Array(2)))).rejects.toEqual(wrong);
    await expect(plainKernels.fourierFeatures(a, matrix(1, 2, new Float32Array(2)))).rejects.toEqual(wrong);
    await expect(plainKernels.squaredNorms(b, a)).rejects.toEqual(wrong);
    await expect(plainKernels.kernelForms(a, b, { kind: 'energy' })).rejects.toEqual(wrong);
    await expect(plainKernels.kernelForms(a, none, { kind: 'energy' })).rejects.toEqual(wrong);
  });
});
