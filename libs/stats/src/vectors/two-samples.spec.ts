import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { centroidTest } from './centroid-test.js';
import { covarianceSpectrum } from './covariance-spectrum.js';
import { matrix, type Matrix } from './matrix.js';
import { fourierMmd, kernelTwoSample } from './mean-embedding-test.js';
import { permutationTest } from './permutation-test.js';
import { plainKernels } from './plain-kernels.js';
import { fourierFrequencies, medianGamma } from './random-fourier.js';
import { vectorMoments } from './vector-moments.js';

/** Made by `fixtures/two-samples.py` with numpy. */
const numpy = JSON.parse(readFileSync(new URL('fixtures/two-samples.json', import.meta.url), 'utf8')) as {
  gamma: number;
  n: number;
  m: number;
  d: number;
  x: number[];
  y: number[];
  trace: number;
  T: number;
  spectrum: { rows: number; columns: number; data: number[]; trace: number; squaredTrace: number };
} & Record<'gaussian' | 'energy' | 'centroid', { observed: number; p: number; mean: number }>;

const x = matrix(numpy.n, numpy.d, Float32Array.from(numpy.x));
const y = matrix(numpy.m, numpy.d, Float32Array.from(numpy.y));

function normals(rows: number, columns: number, seed: number, shift = 0): Matrix {
  const random = seededRandom(seed);
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => seededNormal(random) + shift),
  );
}

describe('two samples of vectors', () => {
  test.each(['gaussian', 'energy'] as const)('the %s distance is that of numpy', async (kind) => {
    const kernel = kind === 'gaussian' ? { kind, gamma: numpy.gamma } : { kind };
    const found = await kernelTwoSample(x, y, kernel, plainKernels, {
      permutations: 4_000,
      random: seededRandom(1),
    });
    expect(found.observed).toBeCloseTo(numpy[kind].observed, 6);
    // Over all 126 relabellings; 4,000 draws have a standard error of 0.007 at p = 0.2.
    expect(Math.abs(found.pValue - numpy[kind].p)).toBeLessThan(0.03);
    expect(Math.abs(found.nullMean / numpy[kind].mean - 1)).toBeLessThan(0.03);
    expect(found.excess).toBeCloseTo(found.observed - found.nullMean, 12);
    expect(found.low).toBeLessThan(found.excess);
    expect(found.high).toBeGreaterThan(found.excess);
  });

  test('the centroid statistic is that of numpy', async () => {
    const spectrum = await covarianceSpectrum([x, y], plainKernels);
    const found = centroidTest(vectorMoments(x), vectorMoments(y), { spectrum });
    expect(found.squaredDistance).toBeCloseTo(numpy.centroid.observed, 6);
    expect(found.trace).toBeCloseTo(numpy.trace, 6);
    expect(found.statistic).toBeCloseTo(numpy.T, 6);
    expect(spectrum.trace).toBeCloseTo(numpy.trace, 5);
    expect(found.low).toBeLessThanOrEqual(found.shift);
    expect(found.high).toBeGreaterThanOrEqual(found.shift);
  });

  test('random Fourier features come near the kernel', async () => {
    const frequencies = fourierFrequencies(numpy.d, {
      count: 20_000,
      gamma: numpy.gamma,
      random: seededRandom(3),
    });
    const [ofX, ofY] = [
      await plainKernels.fourierFeatures(x, frequencies),
      await plainKernels.fourierFeatures(y, frequencies),
    ];
    const found = await fourierMmd(ofX, ofY, plainKernels, { permutations: 50, random: seededRandom(1) });
    // The error of the mean of 20,000 products is below 0.01.
    expect(Math.abs(found.observed - numpy.gaussian.observed)).toBeLessThan(0.02);
  });

  test('frequencies are orthogonal within a set, and as long as normal vectors are', () => {
    const { data } = fourierFrequencies(6, { count: 12, gamma: 0.5, random: seededRandom(4) });
    const row = (index: number) => data.subarray(6 * index, 6 * index + 6);
    const product = (a: number, b: number) => row(a).reduce((sum, value, k) => sum + value * row(b)[k]!, 0);
    for (const set of [0, 6]) {
      for (let a = set; a < set + 6; a += 1) {
        for (let b = set; b < a; b += 1) {
          expect(Math.abs(product(a, b))).toBeLessThan(1e-5);
        }
        // A normal vector of 6 dimensions is between 0.6 and 4.5 long in all but one of 10,000 cases.
        expect(Math.sqrt(product(a, a))).toBeGreaterThan(0.6);
        expect(Math.sqrt(product(a, a))).toBeLessThan(4.5);
      }
    }
    expect(Math.abs(product(0, 6))).toBeGreaterThan(1e-3);
  });

  test('sums of stretches of time give the same test as all vectors together', async () => {
    const spectrum = await covarianceSpectrum([x, y], plainKernels);
    const [first, second] = [
      matrix(1, numpy.d, x.data.slice(0, numpy.d)),
      matrix(numpy.n - 1, numpy.d, x.data.slice(numpy.d)),
    ].map(vectorMoments);
    const together = {
      count: first!.count + second!.count,
      sum: first!.sum.map((value, index) => value + second!.sum[index]!),
      squares: first!.squares.map((value, index) => value + second!.squares[index]!),
    };
    const apart = centroidTest(together, vectorMoments(y), { spectrum });
    const whole = centroidTest(vectorMoments(x), vectorMoments(y), { spectrum });
    expect(apart.statistic).toBeCloseTo(whole.statistic, 12);
    expect(apart.pValue).toBeCloseTo(whole.pValue, 12);
  });

  test('means that vary more than independent vectors let them weigh less', async () => {
    const spectrum = await covarianceSpectrum([x, y], plainKernels);
    const plain = centroidTest(vectorMoments(x), vectorMoments(y), { spectrum });
    const inflated = centroidTest(vectorMoments(x), vectorMoments(y), { spectrum, inflation: 4 });
    expect(inflated.statistic).toBeCloseTo(plain.statistic / 4, 12);
    expect(inflated.pValue).toBeGreaterThan(plain.pValue);
    expect(inflated.low).toBeLessThanOrEqual(plain.low);
  });
});

describe('the spectrum of a covariance', () => {
  const { rows, columns, data, trace, squaredTrace } = numpy.spectrum;
  const sample = matrix(rows, columns, Float32Array.from(data));

  test('has the unbiased traces that numpy computes', async () => {
    const found = await covarianceSpectrum([sample], plainKernels);
    expect(found.trace / trace).toBeCloseTo(1, 5);
    expect(found.squaredTrace / squaredTrace).toBeCloseTo(1, 4);
  });

  test('tells the two large eigenvalues, 36 and 9, apart from the others and keeps both traces', async () => {
    const { terms, trace: whole } = await covarianceSpectrum([sample], plainKernels);
    expect(terms).toHaveLength(3);
    expect(terms[0]!.weight).toBeGreaterThan(20);
    expect(terms[0]!.weight).toBeLessThan(55);
    const sums = terms.reduce((sum, { weight, degrees }) => sum + weight * degrees, 0);
    expect(sums).toBeCloseTo(whole, 6);
  });

  test('is the same from the products of the rows as from those of the columns', async () => {
    const narrow = normals(12, 8, 4);
    // Padding with dimensions that never vary makes it wider than long and changes no eigenvalue above 0.
    const padded = new Float32Array(12 * 30);
    for (let row = 0; row < 12; row += 1) {
      padded.set(narrow.data.subarray(row * 8, row * 8 + 8), row * 30);
    }
    const [first, second] = [
      await covarianceSpectrum([narrow], plainKernels),
      await covarianceSpectrum([matrix(12, 30, padded)], plainKernels),
    ];
    expect(second.trace).toBeCloseTo(first.trace, 5);
    expect(second.squaredTrace).toBeCloseTo(first.squaredTrace, 4);
  });

  test('of equal vectors is empty, and a test of them is refused', async () => {
    const equal = matrix(5, 2, new Float32Array(10).fill(3));
    const spectrum = await covarianceSpectrum([equal], plainKernels);
    expect(spectrum.terms).toEqual([]);
    expect(() => centroidTest(vectorMoments(equal), vectorMoments(equal), { spectrum })).toThrow(
      'not all equal',
    );
  });

  test('asks for two degrees of freedom', async () => {
    await expect(covarianceSpectrum([matrix(2, 3, new Float32Array(6))], plainKernels)).rejects.toThrow(
      'two degrees of freedom',
    );
  });
});

describe('a permutation test', () => {
  const difference = async (weights: Matrix): Promise<Float64Array> =>
    plainKernels.squaredNorms(weights, matrix(6, 1, Float32Array.from([5, 6, 7, 1, 2, 3])));

  test('counts the observed labelling', async () => {
    const found = await permutationTest(
      difference,
      { n: 3, m: 3 },
      { permutations: 3_000, random: seededRandom(2) },
    );
    // 2 of the 20 labellings are as far apart as the observed one.
    expect(Math.abs(found.pValue - 0.1)).toBeLessThan(0.02);
    expect(found.pValue).toBeCloseTo((found.reached + 1) / 3_001, 12);
  });

  test('is never 0', async () => {
    const [low, high] = [normals(40, 2, 1), normals(40, 2, 2, 3)];
    const stacked = matrix(80, 2, Float32Array.from([...low.data, ...high.data]));
    const found = await permutationTest(
      (weights) => plainKernels.squaredNorms(weights, stacked),
      { n: 40, m: 40 },
      { permutations: 99, random: seededRandom(2) },
    );
    expect(found.pValue).toBe(0.01);
  });

  test('ends early where nothing has changed', async () => {
    const found = await permutationTest(
      difference,
      { n: 3, m: 3 },
      { permutations: 100_000, stopAfter: 10, random: seededRandom(4) },
    );
    expect(found.reached).toBe(10);
    expect(found.permutations).toBeLessThan(300);
    expect(found.pValue).toBe(10 / found.permutations);
  });

  test.each([
    [1, 7],
    [7, 1],
    [3, 5],
  ])('draws every label as often, with %p and %p objects', async (n, m) => {
    const counts = new Float64Array(n + m);
    await permutationTest(
      (weights) => {
        for (let row = 0; row < weights.rows; row += 1) {
          const inside = weights.data
            .subarray(row * weights.columns, (row + 1) * weights.columns)
            .reduce((sum, weight, index) => {
              counts[index]! += weight > 0 ? 1 : 0;
              return sum + (weight > 0 ? 1 : 0);
            }, 0);
          expect(inside).toBe(n);
        }
        return Promise.resolve(new Float64Array(weights.rows));
      },
      { n, m },
      { permutations: 4_000, random: seededRandom(8) },
    );
    for (const count of counts) {
      expect(Math.abs(count / 4_001 - n / (n + m))).toBeLessThan(0.04);
    }
  });

  test('needs objects on both sides', async () => {
    await expect(
      permutationTest(difference, { n: 0, m: 6 }, { permutations: 9, random: seededRandom(1) }),
    ).rejects.toThrow('both sides');
  });
});

describe('the kernel width', () => {
  test('is that of the median distance', () => {
    // |x - y|^2 of two normal vectors in 50 dimensions has mean 100 and median 98.7.
    const gamma = medianGamma(normals(400, 50, 6), seededRandom(1));
    expect(1 / (2 * gamma!)).toBeGreaterThan(95);
    expect(1 / (2 * gamma!)).toBeLessThan(102);
  });

  test('is unknown where vectors are equal', () => {
    expect(medianGamma(matrix(5, 2, new Float32Array(10)), seededRandom(1))).toBeNull();
  });
});
