import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { classifierAuc } from './classifier-auc.js';
import { logisticRegression } from './logistic-regression.js';
import { matrix, type Matrix } from './matrix.js';
import { rocArea } from './roc-area.js';

const { logistic, areas } = JSON.parse(
  readFileSync(new URL('fixtures/vector-models.json', import.meta.url), 'utf8'),
) as {
  logistic: {
    features: { rows: number; columns: number; data: number[] };
    labels: number[];
    penalty: number;
    weights: number[];
    intercept: number;
  }[];
  areas: {
    positives: number[];
    negatives: number[];
    auc: number;
    standardError: number;
    low: number;
    high: number;
    pValue: number;
  }[];
};
const wrong = expect.objectContaining({ code: 'stats.domain' });

function cloud(rows: number, columns: number, seed: number, shift = 0): Matrix {
  const random = seededRandom(seed);
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => shift + seededNormal(random)),
  );
}

describe('logisticRegression', () => {
  test.each(logistic)(
    '$features.rows rows of $features.columns at penalty $penalty, as scikit-learn has it',
    ({ features, labels, penalty, weights, intercept }) => {
      const rows = {
        features: Float64Array.from(features.data),
        columns: features.columns,
        labels: Uint8Array.from(labels),
      };
      const model = logisticRegression(rows, penalty);
      // Both end where the gradient is gone; scikit-learn's last steps are the less exact ones.
      weights.forEach((weight, index) => expect(model.weights[index]).toBeCloseTo(weight, 6));
      expect(model.intercept).toBeCloseTo(intercept, 6);
    },
  );

  test('a plane that separates everything, and columns of zeros, leave weights finite', () => {
    const features = Float64Array.of(-1000, 0, -999, 0, 999, 0, 1000, 0);
    const { weights } = logisticRegression({ features, columns: 2, labels: Uint8Array.of(0, 0, 1, 1) }, 1e-6);
    expect(weights[0]).toBeGreaterThan(0);
    expect(Number.isFinite(weights[0])).toBe(true);
    expect(weights[1]).toBe(0);
  });

  test('refuses one label only, and no penalty', () => {
    const features = Float64Array.of(1, 2);
    expect(() => logisticRegression({ features, columns: 1, labels: Uint8Array.of(1, 1) }, 1)).toThrow(wrong);
    expect(() => logisticRegression({ features, columns: 1, labels: Uint8Array.of(1, 0) }, 0)).toThrow(wrong);
  });
});

describe('rocArea', () => {
  test.each(areas)('an area of $auc, as scikit-learn and scipy have it', (given) => {
    const found = rocArea(Float64Array.from(given.positives), Float64Array.from(given.negatives), 0.95);
    for (const key of ['auc', 'standardError', 'low', 'high', 'pValue'] as const) {
      expect(found[key] / given[key]).toBeCloseTo(1, 10);
    }
  });

  test('pairs that all come out alike bound what the others may do', () => {
    // Three pairs without a common score: a share of 0.05^(1/3) of all is alike at least.
    const alike = 0.05 ** (1 / 3);
    const area = (positives: number[], negatives: number[]) =>
      rocArea(Float64Array.from(positives), Float64Array.from(negatives), 0.95);
    const won = area([4, 5, 6], [1, 2, 3, 3]);
    expect(won).toMatchObject({ auc: 1, standardError: 0, high: 1 });
    expect(won.low).toBeCloseTo(alike, 12);
    const lost = area([1, 1, 1], [2, 3, 4]);
    expect(lost).toMatchObject({ auc: 0, low: 0 });
    expect(lost.high).toBeCloseTo(1 - alike, 12);
    const equal = area([2, 2, 2], [2, 2, 2]);
    expect(equal).toMatchObject({ auc: 0.5, pValue: 1 });
    expect(equal.low).toBeCloseTo(alike / 2, 12);
    expect(equal.high).toBeCloseTo(1 - alike / 2, 12);
  });

  test('exchanging positives and negatives turns the area round', () => {
    const [a, b] = [Float64Array.of(0.2, 0.4, 0.4, 0.9), Float64Array.of(0.1, 0.4, 0.6)];
    const [there, back] = [rocArea(a, b, 0.9), rocArea(b, a, 0.9)];
    expect(back.auc).toBeCloseTo(1 - there.auc, 14);
    expect(back.low).toBeCloseTo(1 - there.high, 12);
    expect(back.standardError).toBeCloseTo(there.standardError, 14);
  });

  test('refuses fewer than two scores and NaN', () => {
    expect(() => rocArea(Float64Array.of(1), Float64Array.of(1, 2), 0.95)).toThrow(wrong);
    expect(() => rocArea(Float64Array.of(1, NaN), Float64Array.of(1, 2), 0.95)).toThrow(wrong);
  });
});

describe('classifierAuc', () => {
  test('finds a shift and names the vectors that are most unlike the baseline', () => {
    const window = cloud(81, 4, 1);
    for (const odd of [5, 17, 40, 63]) {
      window.data.fill(6, odd * 4, odd * 4 + 4);
    }
    for (let index = 0; index < window.data.length; index += 1) {
      window.data[index]! += 0.5;
    }
    const found = classifierAuc(window, cloud(120, 4, 2), { random: seededRandom(3), most: 4 });
    expect(found).toMatchObject({ n: 41, m: 60 });
    expect(found.auc).toBeGreaterThan(0.6);
    expect(found.low).toBeLessThan(found.auc);
    expect(found.pValue).toBeLessThan(0.01);
    expect(found.mostDifferent).toHaveLength(4);
    const odd = found.mostDifferent.filter((row) => [5, 17, 40, 63].includes(row));
    // Those of them that were held out come first.
    expect(odd.length).toBeGreaterThan(0);
    expect(found.mostDifferent.slice(0, odd.length)).toEqual(odd);
  });

  test('the same seed gives the same verdict; scale and place of a dimension do not matter', () => {
    const [window, baseline] = [cloud(60, 3, 4, 0.3), cloud(60, 3, 5)];
    const moved = ({ rows, columns, data }: Matrix): Matrix =>
      // Powers of two, so that float32 loses nothing.
      matrix(
        rows,
        columns,
        data.map((value, index) => (index % 3 === 1 ? value * 64 : value)),
      );
    const run = (a: Matrix, b: Matrix) => classifierAuc(a, b, { random: seededRandom(6) });
    const found = run(window, baseline);
    expect(run(window, baseline)).toEqual(found);
    expect(run(moved(window), moved(baseline)).auc).toBeCloseTo(found.auc, 12);
  });

  test('holds its level where nothing has changed', () => {
    const random = seededRandom(21);
    let rejected = 0;
    for (let run = 0; run < 60; run += 1) {
      const found = classifierAuc(cloud(40, 2, 1000 + run), cloud(60, 2, 5000 + run), { random });
      rejected += found.pValue <= 0.05 ? 1 : 0;
    }
    // Four standard errors of 60 runs at 5 % are 11.3 %.
    expect(rejected / 60).toBeLessThan(0.163);
  });

  test('vectors that are all equal are not told apart', () => {
    const equal = matrix(10, 2, new Float32Array(20).fill(0.1));
    expect(classifierAuc(equal, equal, { random: seededRandom(1) })).toMatchObject({ auc: 0.5, pValue: 1 });
  });

  test('refuses fewer than four vectors, other lengths and NaN', () => {
    const run = (a: Matrix, b: Matrix) => () => classifierAuc(a, b, { random: seededRandom(1) });
    expect(run(cloud(3, 2, 1), cloud(9, 2, 2))).toThrow(wrong);
    expect(run(cloud(9, 2, 1), cloud(9, 3, 2))).toThrow(wrong);
    expect(run(cloud(9, 1, 1), matrix(4, 1, Float32Array.of(1, 2, NaN, 3)))).toThrow(wrong);
  });
});
