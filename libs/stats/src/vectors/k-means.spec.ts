import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { assignClusters, squaredDistance } from './assign-clusters.js';
import { kMeans } from './k-means.js';
import type { MatrixKernels } from './matrix-kernels.js';
import { matrix, rowOf, type Matrix } from './matrix.js';
import { plainKernels } from './plain-kernels.js';

const { clusters: blobs } = JSON.parse(
  readFileSync(new URL('fixtures/vector-models.json', import.meta.url), 'utf8'),
) as {
  clusters: {
    vectors: { rows: number; columns: number; data: number[] };
    inertia: number;
    counts: number[];
  };
};
const fourBlobs = matrix(blobs.vectors.rows, blobs.vectors.columns, Float32Array.from(blobs.vectors.data));
const wrong = expect.objectContaining({ code: 'stats.domain' });

/** Kernels that keep 10 bits of every number's mantissa, as a GPU may. */
const coarseKernels: MatrixKernels = {
  ...plainKernels,
  multiply: (a, b) => plainKernels.multiply(coarse(a), coarse(b)),
};

function coarse({ rows, columns, data }: Matrix): Matrix {
  const bits = new Uint32Array(Float32Array.from(data).buffer).map((value) => (value + 0x1000) & 0xffffe000);
  return { rows, columns, data: new Float32Array(bits.buffer) };
}

function cloud(rows: number, columns: number, seed: number, offset = 0): Matrix {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: rows * columns }, () => offset + seededNormal(random));
  return matrix(rows, columns, data);
}

describe('kMeans', () => {
  test('finds the clusters that scikit-learn finds in 20 starts', async () => {
    const found = await kMeans(
      fourBlobs,
      { clusters: 4, random: seededRandom(1), tolerance: 0 },
      plainKernels,
    );
    expect(found.converged).toBe(true);
    expect(found.inertia).toBeCloseTo(blobs.inertia, 3);
    expect([...found.counts].sort((a, b) => a - b)).toEqual(blobs.counts);
  });

  test('every vector belongs to its nearest centre, and every centre is the mean of its vectors', async () => {
    const vectors = cloud(120, 5, 2);
    const options = { clusters: 7, random: seededRandom(4), tolerance: 0 };
    const { centres, cluster, counts, converged } = await kMeans(vectors, options, plainKernels);
    expect(converged).toBe(true);
    expect(cluster).toEqual((await assignClusters(vectors, centres, plainKernels)).cluster);
    const sums = new Float64Array(centres.data.length);
    cluster.forEach((own, index) => {
      rowOf(vectors, index).forEach((value, k) => (sums[own * 5 + k]! += value / counts[own]!));
    });
    centres.data.forEach((value, index) => expect(value).toBeCloseTo(sums[index]!, 6));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(120);
  });

  test('the same seed gives the same clusters with coarse products, far from the origin as well', async () => {
    for (const offset of [0, 1000]) {
      const vectors = cloud(150, 16, 5, offset);
      const run = (kernels: MatrixKernels) =>
        kMeans(vectors, { clusters: 6, random: seededRandom(9), maximumRounds: 12 }, kernels);
      const exact = await run(plainKernels);
      expect(await run(plainKernels)).toEqual(exact);
      expect(await run(coarseKernels)).toEqual(exact);
    }
  });

  test('there are no more clusters than distinct vectors', async () => {
    const vectors = matrix(5, 1, Float32Array.of(2, 2, 5, 5, 5));
    const found = await kMeans(vectors, { clusters: 4, random: seededRandom(1) }, plainKernels);
    expect([...found.counts].sort()).toEqual([2, 3]);
    expect(found.inertia).toBe(0);
    expect([...found.centres.data].sort()).toEqual([2, 5]);
  });

  test('a cluster that runs empty starts anew where a vector lies farthest from its centre', async () => {
    // Found by search: from these first centres the first round moves two of three so that the third keeps no vector.
    const data = Float32Array.of(4, 2, 4, 32, 8, 16, 8, 64, 8, 4, 2, 4, 128, 64, 64, 32);
    const options = { clusters: 3, random: () => 0, tolerance: 0 };
    const found = await kMeans(matrix(8, 2, data), options, plainKernels);
    expect([...found.counts]).toEqual([5, 2, 1]);
    expect([...found.centres.data].every(Number.isFinite)).toBe(true);
    expect(found.inertia).toBeCloseTo(2752, 9);
  });

  test('one cluster is the mean', async () => {
    const found = await kMeans(fourBlobs, { clusters: 1, random: seededRandom(1) }, plainKernels);
    expect([...found.counts]).toEqual([60]);
    const mean = Float64Array.from([0, 1, 2], (k) => {
      const column = fourBlobs.data.filter((_, index) => index % 3 === k);
      return column.reduce((sum, value) => sum + value, 0) / 60;
    });
    found.centres.data.forEach((value, index) => expect(value).toBeCloseTo(mean[index]!, 6));
  });

  test('refuses no vectors, no clusters, and numbers that are not finite', async () => {
    const of = (vectors: Matrix, clusters: number) =>
      kMeans(vectors, { clusters, random: seededRandom(1) }, plainKernels);
    await expect(of(matrix(0, 2, new Float32Array(0)), 2)).rejects.toEqual(wrong);
    await expect(of(fourBlobs, 0)).rejects.toEqual(wrong);
    await expect(of(matrix(1, 2, Float32Array.of(1, Infinity)), 1)).rejects.toEqual(wrong);
  });
});

describe('assignClusters', () => {
  test('ties go to the lower index, and distances are exact', async () => {
    const centres = matrix(3, 2, Float32Array.of(3, 0, -3, 0, 3, 0));
    const vectors = matrix(3, 2, Float32Array.of(0, 4, 3, 0, -7, 3));
    const { cluster, distance } = await assignClusters(vectors, centres, plainKernels);
    expect([...cluster]).toEqual([0, 0, 1]);
    expect([...distance]).toEqual([5, 0, 5]);
  });

  test('agrees with the distances themselves where products overflow', async () => {
    const vectors = matrix(2, 1, Float32Array.of(2e30, -3e38));
    const centres = matrix(2, 1, Float32Array.of(1e38, -1e38));
    const { cluster, distance } = await assignClusters(vectors, centres, plainKernels);
    expect([...cluster]).toEqual([0, 1]);
    const squared = squaredDistance(rowOf(vectors, 1), rowOf(centres, 1));
    expect(distance[1]).toBe(Math.sqrt(squared));
  });

  test('takes no vectors, and refuses no centres or others than fit', async () => {
    const none = matrix(0, 3, new Float32Array(0));
    expect((await assignClusters(none, fourBlobs, plainKernels)).cluster).toHaveLength(0);
    await expect(assignClusters(fourBlobs, none, plainKernels)).rejects.toEqual(wrong);
    await expect(assignClusters(fourBlobs, cloud(2, 4, 1), plainKernels)).rejects.toEqual(wrong);
  });
});
