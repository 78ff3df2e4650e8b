import { beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { matrix, plainKernels, type Matrix } from '@tidewatch/stats';
import type { EmbeddingSide } from './embedding-comparison.js';
import { makeSpace, type EmbeddingSpace } from './embedding-space.js';
import { isLearned } from './learning-half.js';
import { measureEmbedding, type MeasureOptions } from './measure-embedding.js';
import { projectVectors } from './project-vectors.js';
import { spaceDocument, spaceFromDocument } from './space-document.js';
import type { EmbeddingEffect } from './tests/embedding-test.js';
import { embeddingTests, type EmbeddingTestName } from './tests/index.js';
import type { VectorSample } from './vector-sample.js';
import { addSums, emptySums, inflationOfStretches, sumVectors } from './vector-sums.js';

const DIMENSION = 8;
const LEARNED = { from: 0, to: 1_000 };
const LATER = { from: 5_000, to: 6_000 };

const named = (sample: Matrix, prefix: string): VectorSample => ({
  ids: Array.from({ length: sample.rows }, (_, index) => `${prefix}-${index}`),
  vectors: sample,
});
const summed = (sample: Matrix, of: EmbeddingSpace = space, time = LATER) =>
  sumVectors(named(sample, 'p'), { space: of, time }, plainKernels);
const ALL = Object.keys(embeddingTests) as EmbeddingTestName[];

/** Vectors of two groups, around (4, 0, …) and (-4, 0, …); `share` of them in the first. */
function vectors(rows: number, seed: number, { share = 0.5, shift = 0 } = {}): Matrix {
  const random = seededRandom(seed);
  const data = new Float32Array(rows * DIMENSION);
  for (let row = 0; row < rows; row += 1) {
    const group = random() < share ? 4 : -4;
    for (let column = 0; column < DIMENSION; column += 1) {
      data[row * DIMENSION + column] = seededNormal(random) + shift + (column === 0 ? group : 0);
    }
  }
  return matrix(rows, DIMENSION, data);
}

let space: EmbeddingSpace;
let reference: EmbeddingSide;
beforeAll(async () => {
  const sample = vectors(600, 1);
  space = await makeSpace(named(sample, 'p'), { clusters: 4, seed: 7, learnedFrom: LEARNED }, plainKernels);
  reference = { sums: await summed(sample, space, LEARNED), sample: named(sample, 'p'), scores: new Map() };
});

async function side(sample: Matrix, scores: EmbeddingSide['scores'] = new Map()): Promise<EmbeddingSide> {
  return {
    sums: await summed(sample),
    sample: named(sample, 'p'),
    scores,
  };
}

async function measured(current: Matrix, partial: Partial<MeasureOptions> = {}) {
  return measureEmbedding({
    space,
    current: await side(current),
    reference,
    inflation: 1,
    permutations: 199,
    seed: 3,
    tests: ALL,
    features: null,
    minimumSamples: 20,
    kernels: plainKernels,
    ...partial,
  });
}

const effect = (outcome: unknown): EmbeddingEffect => {
  expect(outcome).toHaveProperty('pValue');
  return outcome as EmbeddingEffect;
};

describe('without drift', () => {
  test('no test finds much, and every interval holds its effect', async () => {
    const { tests } = await measured(vectors(250, 12));
    for (const name of ALL.filter((each) => each !== 'scores')) {
      const { statistic, low, high, pValue } = effect(tests[name]);
      expect([name, pValue > 0.01]).toEqual([name, true]);
      expect(low).toBeLessThanOrEqual(statistic);
      expect(high).toBeGreaterThanOrEqual(statistic);
      expect(low).toBeLessThanOrEqual(embeddingTests[name].defaultMinimumEffect);
    }
    expect(tests.scores).toEqual({ missing: 'the model gives too few scores to its classes' });
  });
});

describe('when all vectors move', () => {
  test('the centre, the mean embedding and the classifier say so, and agree on how far', async () => {
    const { tests } = await measured(vectors(250, 12, { shift: 0.8 }));
    const [centre, mean, exact] = [effect(tests.centroid), effect(tests.mmd), effect(tests.exactMmd)];
    // Eight dimensions by 0.8 in a spread of sqrt(8 + 16).
    expect(centre.statistic).toBeGreaterThan(0.38);
    expect(centre.statistic).toBeLessThan(0.55);
    expect(centre.pValue).toBeLessThan(1e-10);
    expect(centre.examples).toHaveLength(5);
    // The law goes on where relabelling ends.
    expect(mean.pValue).toBeLessThan(1e-6);
    expect(mean.method).toBe('permutation, chi-square mixture');
    expect(exact.pValue).toBe(1 / 200);
    expect(Math.abs(mean.statistic - exact.statistic)).toBeLessThan(0.05);
    expect(effect(tests.energy).pValue).toBe(1 / 200);
    expect(effect(tests.frechet).pValue).toBe(1 / 100);
    expect(effect(tests.classifier).low).toBeGreaterThan(0.8);
  });

  test('means that vary with the hour of the baseline make a test more careful', async () => {
    const current = vectors(250, 12, { shift: 0.12 });
    const plain = effect((await measured(current)).tests.centroid);
    const careful = effect((await measured(current, { inflation: 5 })).tests.centroid);
    expect(careful.pValue).toBeGreaterThan(plain.pValue);
    expect(careful.low).toBeLessThanOrEqual(plain.low);
  });
});

test('when a group grows its cluster is named, with vectors nearest to its centre', async () => {
  const { tests } = await measured(vectors(250, 12, { share: 0.9 }));
  const { clusters = [], pValue, statistic } = effect(tests.clusters);
  expect(pValue).toBeLessThan(1e-8);
  expect(statistic).toBeGreaterThan(0.3);
  const [moved] = clusters;
  expect(Math.abs(moved!.share - moved!.referenceShare)).toBeGreaterThan(0.1);
  const grown = clusters.find(({ share, referenceShare }) => share > referenceShare);
  expect(grown?.examples[0]).toMatch(/^p-\d+$/);
});

test('when vectors spread out their mean distance grows', async () => {
  const { data, rows } = vectors(250, 12);
  const { tests } = await measured(
    matrix(
      rows,
      DIMENSION,
      data.map((value) => 2 * value),
    ),
  );
  const { statistic, low, pValue } = effect(tests.distance);
  expect(statistic).toBeGreaterThan(0.9);
  expect(low).toBeGreaterThan(0.8);
  expect(pValue).toBeLessThan(1e-10);
});

test('scores of the served model are tested class by class', async () => {
  const scores = (seed: number, shift: number) => {
    const random = seededRandom(seed);
    const draw = () => Float64Array.from({ length: 200 }, () => seededNormal(random));
    return new Map([
      ['car', draw()],
      ['person', draw().map((value) => value + shift)],
      ['absent', new Float64Array(200).fill(Number.NaN)],
    ]);
  };
  const { tests } = await measured(vectors(250, 12), {
    tests: ['scores'],
    current: await side(vectors(250, 12), scores(1, 1)),
    reference: { ...reference, scores: scores(2, 0) },
  });
  const { finding, pValue } = effect(tests.scores);
  expect(pValue).toBeLessThan(1e-6);
  expect(finding).toContain('class person differ most of 2');
});

describe('what is missing', () => {
  test('a baseline whose vectors are gone is still judged by its sums', async () => {
    const { tests } = await measured(vectors(250, 12, { shift: 0.8 }), {
      reference: { ...reference, sample: null },
    });
    expect(effect(tests.centroid).pValue).toBeLessThan(1e-10);
    expect(effect(tests.clusters).n).toBe(250);
    // Half of the baseline made the clusters and the centre.
    expect(effect(tests.centroid).m).toBe(600);
    expect(effect(tests.distance).m).toBe(600);
    expect(effect(tests.clusters).m).toBeGreaterThan(250);
    expect(effect(tests.clusters).m).toBeLessThan(350);
    for (const name of ['mmd', 'exactMmd', 'energy', 'frechet', 'classifier'] as const) {
      expect(tests[name]).toEqual({
        missing: 'it needs the vectors of both sides, and those of one side are no longer kept',
      });
    }
  });

  test('an empty window, and vectors that are all equal, fail no test that can be made', async () => {
    const empty = { sums: emptySums(space), sample: null, scores: new Map() };
    const { tests } = await measured(vectors(20, 2), { current: empty });
    expect(tests.centroid).toEqual({ missing: 'there are no vectors to compare' });
    const equal = matrix(50, DIMENSION, new Float32Array(50 * DIMENSION).fill(2));
    const flat = await makeSpace(
      named(equal, 'e'),
      { clusters: 4, seed: 1, learnedFrom: LEARNED },
      plainKernels,
    );
    const flatSide = {
      sums: await summed(equal, flat),
      sample: named(equal, 'e'),
      scores: new Map(),
    };
    const outcome = await measureEmbedding({
      space: flat,
      current: flatSide,
      reference: flatSide,
      inflation: 1,
      permutations: 99,
      seed: 1,
      tests: ALL,
      features: null,
      minimumSamples: 20,
      kernels: plainKernels,
    });
    expect(outcome.tests.centroid).toMatchObject({ missing: expect.stringContaining('are equal') });
    expect(effect(outcome.tests.mmd).pValue).toBe(1);
    expect(effect(outcome.tests.clusters).statistic).toBe(0);
  });

  test('vectors of another dimension are refused', async () => {
    await expect(summed(matrix(2, 3, new Float32Array(6)))).rejects.toThrow(
      'Vectors of 3 dimensions cannot be summed in a space of 8.',
    );
  });
});

test('image features are compared where both sides have enough of them', async () => {
  const random = seededRandom(5);
  const draw = (rows: number, mean: number) =>
    Float64Array.from({ length: rows }, () => mean + seededNormal(random));
  const { features } = await measured(vectors(250, 12), {
    tests: [],
    features: {
      current: new Map([
        ['brightness', draw(250, 0)],
        ['sharpness', draw(250, 3)],
        ['occlusion_rate', new Float64Array(250).fill(Number.NaN)],
      ]),
      reference: new Map([
        ['brightness', draw(300, 0)],
        ['sharpness', draw(300, 0)],
        ['occlusion_rate', draw(300, 0)],
      ]),
    },
  });
  expect(features.map(({ feature }) => feature)).toEqual(['brightness', 'sharpness']);
  expect(features[0]!.pValue).toBeGreaterThan(0.01);
  expect(features[1]).toMatchObject({ n: 250, m: 300 });
  expect(features[1]!.low).toBeGreaterThan(0.5);
  expect(features[1]!.median - features[1]!.referenceMedian).toBeGreaterThan(2.5);
});

test('vectors that a space was made of count for no cluster, and the same ones later do', async () => {
  const sample = vectors(200, 9);
  const counted = ({ clusters }: { clusters: Float64Array }) =>
    clusters.reduce((sum, count) => sum + count, 0);
  const left = named(sample, 'p').ids.filter((id) => !isLearned(id)).length;
  expect(left).toBeGreaterThan(70);
  expect(left).toBeLessThan(130);
  expect(counted(await summed(sample, space, LEARNED))).toBe(left);
  expect(counted(await summed(sample, space, LATER))).toBe(200);
  expect((await summed(sample, space, LEARNED)).count).toBe(200);
});

describe('sums', () => {
  test('of stretches add up to those of all vectors', async () => {
    const all = vectors(60, 4);
    const [first, second] = [
      matrix(20, DIMENSION, all.data.slice(0, 20 * DIMENSION)),
      matrix(40, DIMENSION, all.data.slice(20 * DIMENSION)),
    ];
    const added = addSums([await summed(first), await summed(second)], space);
    const whole = await summed(all);
    expect(added.count).toBe(60);
    expect(added.distance).toBeCloseTo(whole.distance, 8);
    expect([...added.clusters]).toEqual([...whole.clusters]);
    added.fourier.forEach((value, index) => expect(value).toBeCloseTo(whole.fourier[index]!, 4));
    added.sum.forEach((value, index) => expect(value).toBeCloseTo(whole.sum[index]!, 6));
    expect((await summed(matrix(0, DIMENSION, new Float32Array(0)))).count).toBe(0);
  });

  test('tell how much more the means of stretches vary than by chance', async () => {
    const parts = (shift: (index: number) => number) =>
      Promise.all(
        Array.from({ length: 10 }, (_, index) => summed(vectors(30, 20 + index, { shift: shift(index) }))),
      );
    expect(inflationOfStretches(await parts(() => 0))).toBeLessThan(1.6);
    expect(inflationOfStretches(await parts((index) => (index % 2 === 0 ? 1 : -1)))).toBeGreaterThan(5);
    expect(inflationOfStretches((await parts(() => 0)).slice(0, 7))).toBe(1);
  });
});

test('a space survives being stored', () => {
  expect(spaceFromDocument(spaceDocument(space))).toEqual(space);
  const { facts, numbers } = spaceDocument(space);
  expect(() => spaceFromDocument({ facts, numbers: numbers.slice(1) })).toThrow('numbers, and');
});

test('the picture shows both groups apart along the first axis', () => {
  const {
    reference: before,
    clusters,
    shares,
  } = projectVectors(space, {
    current: vectors(50, 2, { share: 1 }),
    reference: vectors(100, 3),
  });
  const far = before.filter(([x]) => Math.abs(x) > 2);
  expect(far.length).toBeGreaterThan(90);
  expect(clusters).toHaveLength(4);
  expect(clusters.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(shares[0]).toBeGreaterThan(0.5);
  expect(shares[0] + shares[1]).toBeLessThan(1);
});
