import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { frechetDistance, frechetNull } from './frechet-distance.js';
import { ledoitWolf } from './ledoit-wolf.js';
import { matrix, type Matrix } from './matrix.js';
import { plainKernels } from './plain-kernels.js';

interface Packed {
  rows: number;
  columns: number;
  data: number[];
}

const { frechet } = JSON.parse(
  readFileSync(new URL('fixtures/vector-models.json', import.meta.url), 'utf8'),
) as {
  frechet: {
    a: Packed;
    b: Packed;
    shrinkage: [number, number];
    covariance: number[];
    meanTerm: number;
    covarianceTerm: number;
  }[];
};
const options = { kernels: plainKernels };
const wrong = expect.objectContaining({ code: 'stats.domain' });

function unpacked({ rows, columns, data }: Packed): Matrix {
  return matrix(rows, columns, Float32Array.from(data));
}

function cloud(rows: number, columns: number, seed: number, shift = 0): Matrix {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: rows * columns }, () => shift + seededNormal(random));
  return matrix(rows, columns, data);
}

describe('ledoitWolf', () => {
  test.each(frechet)(
    '$a.rows vectors of $a.columns, as scikit-learn has it',
    async ({ a, covariance, shrinkage }) => {
      const found = await ledoitWolf(unpacked(a), plainKernels);
      // Products are rounded to float32.
      expect(Math.abs(found.shrinkage - shrinkage[0])).toBeLessThan(1e-5);
      covariance.forEach((value, index) => {
        expect(Math.abs(found.covariance[index]! - value)).toBeLessThan(1e-5 * (1 + Math.abs(value)));
      });
    },
  );

  test('one vector, and equal vectors, have no variance', async () => {
    const { covariance, shrinkage } = await ledoitWolf(
      matrix(3, 2, new Float32Array(6).fill(4)),
      plainKernels,
    );
    expect([...covariance]).toEqual([0, 0, 0, 0]);
    expect(shrinkage).toBe(0);
    expect([...(await ledoitWolf(cloud(1, 1, 1), plainKernels)).covariance]).toEqual([0]);
  });
});

describe('frechetDistance', () => {
  test.each(frechet)(
    '$a.rows against $b.rows vectors of $a.columns, as scipy has it',
    async ({ a, b, meanTerm, covarianceTerm }) => {
      const found = await frechetDistance(unpacked(a), unpacked(b), options);
      expect(found.meanTerm).toBeCloseTo(meanTerm, 10);
      expect(Math.abs(found.covarianceTerm - covarianceTerm)).toBeLessThan(1e-5 * (1 + covarianceTerm));
      expect(found.distance).toBe(found.meanTerm + found.covarianceTerm);
      expect(found).toMatchObject({ dimensions: a.columns, varianceShare: 1 });
    },
  );

  test('is 0 for equal samples and symmetric', async () => {
    const [a, b] = [cloud(30, 5, 1), cloud(20, 5, 2, 0.5)];
    expect((await frechetDistance(a, a, options)).distance).toBeCloseTo(0, 10);
    const there = await frechetDistance(a, b, options);
    expect((await frechetDistance(b, a, options)).distance).toBeCloseTo(there.distance, 6);
  });

  test('above its largest dimension it works in the components of both samples, which hold the shift', async () => {
    const [a, b] = [cloud(40, 12, 3), cloud(50, 12, 4, 1)];
    const whole = await frechetDistance(a, b, options);
    const reduced = await frechetDistance(a, b, { ...options, largestDimension: 4 });
    expect(reduced.dimensions).toBe(4);
    expect(reduced.varianceShare).toBeGreaterThan(0.4);
    expect(reduced.varianceShare).toBeLessThan(1);
    expect(reduced.meanTerm).toBeGreaterThan(0.9 * whole.meanTerm);
    expect(reduced.meanTerm).toBeLessThanOrEqual(whole.meanTerm * (1 + 1e-6));
  });

  test('vectors that are all equal are at distance 0 at any dimension', async () => {
    const equal = matrix(3, 6, new Float32Array(18).fill(2));
    expect(await frechetDistance(equal, equal, { ...options, largestDimension: 2 })).toMatchObject({
      distance: 0,
      varianceShare: 1,
    });
  });

  test('refuses one vector, other lengths and NaN', async () => {
    await expect(frechetDistance(cloud(1, 2, 1), cloud(5, 2, 2), options)).rejects.toEqual(wrong);
    await expect(frechetDistance(cloud(5, 2, 1), cloud(5, 3, 2), options)).rejects.toEqual(wrong);
    const broken = matrix(2, 1, Float32Array.of(1, NaN));
    await expect(frechetDistance(broken, cloud(5, 1, 1), options)).rejects.toEqual(wrong);
  });
});

describe('frechetNull', () => {
  test('a distance without drift lies within its deviations, one with drift far outside', async () => {
    const chance = { ...options, relabellings: 20, random: seededRandom(5) };
    const [a, same, moved] = [cloud(60, 4, 6), cloud(40, 4, 7), cloud(40, 4, 8, 1)];
    const quiet = await frechetNull(a, same, chance);
    const { distance } = await frechetDistance(a, same, options);
    expect(quiet.mean).toBeGreaterThan(0);
    expect(Math.abs(distance - quiet.mean)).toBeLessThan(4 * quiet.deviation);
    const loud = await frechetNull(a, moved, chance);
    const far = await frechetDistance(a, moved, options);
    expect(far.distance).toBeGreaterThan(loud.mean + 10 * loud.deviation);
  });

  test('the same seed gives the same law, in components as well', async () => {
    const [a, b] = [cloud(12, 6, 1), cloud(10, 6, 2)];
    const run = () =>
      frechetNull(a, b, { ...options, largestDimension: 3, relabellings: 3, random: seededRandom(9) });
    expect(await run()).toEqual(await run());
  });

  test('needs two relabellings at least', async () => {
    const [a, b] = [cloud(5, 2, 1), cloud(5, 2, 2)];
    const run = frechetNull(a, b, { ...options, relabellings: 1, random: seededRandom(1) });
    await expect(run).rejects.toEqual(wrong);
  });
});
