import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { openVectorAnalysis, type VectorAnalysis } from '@tidewatch/encoder';
import { type KernelFunction, type Matrix, plainKernels } from '@tidewatch/stats';
import { processLog } from '../harness/process-log.js';
import { softwareVulkan } from '../harness/software-vulkan.js';

/** Normal vectors around a centre that is far from the origin, as those of many models are. */
function vectors(rows: number, columns: number, seed: number, centre = 0): Matrix {
  const random = seededRandom(seed);
  return {
    rows,
    columns,
    data: Float32Array.from({ length: rows * columns }, () => centre + seededNormal(random)),
  };
}

/** What permutation tests weight vectors by: `1/n` for those of one sample, `-1/m` for those of the other. */
function signWeights(rows: number, n: number, m: number, seed: number): Matrix {
  const random = seededRandom(seed);
  const data = new Float32Array(rows * (n + m));
  for (let row = 0; row < rows; row++) {
    const order = Array.from({ length: n + m }, (_, i) => i);
    for (let i = n + m - 1; i > 0 && row > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    order.forEach((place, i) => (data[row * (n + m) + place] = i < n ? 1 / n : -1 / m));
  }
  return { rows, columns: n + m, data };
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    worst = Math.max(worst, Math.abs((found[i] as number) - (wanted[i] as number)));
  }
  expect(worst).toBeLessThanOrEqual(tolerance);
}

/** Every form within 0.1 % of its value, which is far below what permutations differ by. */
function expectForms(found: readonly number[], wanted: Float64Array): void {
  found.forEach((value, i) => expect(Math.abs(value / (wanted[i] as number) - 1)).toBeLessThan(1e-3));
  expect(found).toHaveLength(wanted.length);
}

async function expectKernelForms(
  analysis: VectorAnalysis,
  sample: Matrix,
  weights: Matrix,
  kernel: KernelFunction,
): Promise<void> {
  const { result, matrices } = await analysis.run('kernels.kernelForms', { kernel }, [sample, weights]);
  const plain = await plainKernels.kernelForms(sample, weights, kernel);
  expectForms(result as number[], plain.forms);
  // Sums in float32 of values up to 1, or of distances around 8.
  expectClose(matrices[0]?.data ?? [], plain.witness, kernel.kind === 'gaussian' ? 2e-6 : 2e-5);
}

const KERNELS: readonly KernelFunction[] = [{ kind: 'gaussian', gamma: 1 / 64 }, { kind: 'energy' }];

describe('the analysis process on the processor', () => {
  let analysis: VectorAnalysis;
  beforeAll(() => {
    analysis = openVectorAnalysis({ logger: processLog(), provider: 'cpu' });
  });
  afterAll(() => analysis.close());

  test('says what it runs on', async () => {
    expect(await analysis.ready()).toMatchObject({
      state: 'ready',
      provider: { provider: 'cpu', device: expect.stringMatching(/\d+ threads$/), rejected: [] },
    });
  });

  test.each([
    [1, 1, 1],
    [7, 5, 3],
    [300, 130, 64],
  ])('multiplies %i x %i with %i x as many, as plain loops do', async (p, k, q) => {
    const [a, b] = [vectors(p, k, 1), vectors(q, k, 2)];
    const { matrices } = await analysis.run('kernels.multiply', null, [a, b]);
    const plain = await plainKernels.multiply(a, b);
    expect(matrices[0]).toMatchObject({ rows: p, columns: q });
    expectClose(matrices[0]?.data ?? [], plain.data, 1e-4);
  });

  test('makes the Fourier features that plain loops make', async () => {
    const [x, frequencies] = [vectors(400, 20, 3), vectors(50, 20, 4)];
    const { matrices } = await analysis.run('kernels.fourierFeatures', null, [x, frequencies]);
    const plain = await plainKernels.fourierFeatures(x, frequencies);
    expect(matrices[0]).toMatchObject({ rows: 400, columns: 100 });
    expectClose(matrices[0]?.data ?? [], plain.data, 2e-6);
  });

  test('gives the squared norms that plain loops give', async () => {
    const [weights, values] = [signWeights(20, 200, 100, 5), vectors(300, 40, 6)];
    const { result } = await analysis.run('kernels.squaredNorms', null, [weights, values]);
    expectForms(result as number[], await plainKernels.squaredNorms(weights, values));
  });

  test.each(KERNELS)('gives the forms that plain loops give, of small samples: $kind', async (kernel) => {
    await expectKernelForms(analysis, vectors(40, 8, 7, 3), signWeights(10, 25, 15, 8), kernel);
  });

  test.each(KERNELS)('gives the forms that plain loops give, in several blocks: $kind', async (kernel) => {
    // 1500 columns make blocks of 699 rows.
    await expectKernelForms(analysis, vectors(1500, 16, 9, 10), signWeights(6, 1000, 500, 10), kernel);
  });

  test('knows the distance of equal vectors, which rounding would hide', async () => {
    const one = vectors(1, 16, 11, 50);
    const data = new Float32Array(64 * 16).map((_, i) => one.data[i % 16] as number);
    const same = { rows: 64, columns: 16, data };
    const weights = signWeights(2, 32, 32, 12);
    const { result } = await analysis.run('kernels.kernelForms', { kernel: { kind: 'energy' } }, [
      same,
      weights,
    ]);
    expectClose(result as number[], [0, 0], 1e-9);
  });

  test('refuses a task that it does not know, and one without its matrices', async () => {
    await expect(analysis.run('kernels.invert', null, [])).rejects.toMatchObject({
      code: 'analysis.no-task',
      hint: expect.stringContaining('kernels.multiply'),
    });
    await expect(analysis.run('kernels.multiply', null, [])).rejects.toMatchObject({
      code: 'analysis.no-matrix',
    });
  });
});

describe('the analysis process on WebGPU', () => {
  const opened: VectorAnalysis[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((analysis) => analysis.close()));
  });

  test('equals plain loops, on a software Vulkan driver', async () => {
    const analysis = openVectorAnalysis({
      logger: processLog(),
      provider: 'webgpu',
      environment: softwareVulkan(),
    });
    opened.push(analysis);
    expect((await analysis.ready()).provider).toMatchObject({
      provider: 'webgpu',
      device: expect.stringContaining('SwiftShader'),
    });
    const [x, frequencies] = [vectors(60, 12, 13), vectors(16, 12, 14)];
    const { matrices } = await analysis.run('kernels.fourierFeatures', null, [x, frequencies]);
    // A quarter of a cosine, to which WebGPU allows an error of 2^-11.
    expectClose(matrices[0]?.data ?? [], (await plainKernels.fourierFeatures(x, frequencies)).data, 1.3e-4);
    for (const kernel of KERNELS) {
      await expectKernelForms(analysis, vectors(60, 8, 15, 2), signWeights(5, 40, 20, 16), kernel);
    }
  });
});

describe('the analysis process when it is killed', () => {
  test('does its tasks again', async () => {
    const analysis = openVectorAnalysis({ logger: processLog(), provider: 'cpu' });
    await analysis.ready();
    const [sample, weights] = [vectors(4000, 32, 17), signWeights(101, 2000, 2000, 18)];
    const kernel = KERNELS[0];
    const tasks = Promise.all(
      [0, 1, 2].map(() => analysis.run('kernels.kernelForms', { kernel }, [sample, weights])),
    );
    await sleep(30);
    process.kill(analysis.status().pid as number, 'SIGKILL');
    const answers = await tasks;
    expect(answers[1]?.result).toEqual(answers[0]?.result);
    expect(analysis.status().restarts).toBe(1);
    await analysis.close();
    await expect(analysis.run('kernels.multiply', null, [])).rejects.toMatchObject({
      code: 'analysis.closed',
    });
  });
});
