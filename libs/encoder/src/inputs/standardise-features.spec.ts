import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { standardiseFeatures } from './standardise-features.js';

const preprocess = {
  kind: 'features',
  names: ['a', 'b', 'c'],
  mean: [1, -2, 0],
  std: [2, 0.5, 1e-3],
} as const;

function standardised(values: number[], width = values.length) {
  const data = new Uint8Array(Float64Array.from(values).buffer);
  return standardiseFeatures({ dataType: 'features', shape: [], data, maskedBoxes: [] }, preprocess, width);
}

describe('features', () => {
  test('are standardised in the order of the rule', () => {
    expect(standardised([5, -2.25, 0.002])).toEqual(Float32Array.of(2, -0.5, 2));
  });

  test('a missing one counts as its mean', () => {
    expect(standardised([NaN, -1, NaN])).toEqual(Float32Array.of(0, 2, 0));
  });

  test('are cut to ten standard deviations', () => {
    expect(standardised([1e300, -1e300, 0.0101])).toEqual(Float32Array.of(10, -10, 10));
  });

  test('places beyond the names are 0', () => {
    expect(standardised([3, -2, 0], 5)).toEqual(Float32Array.of(1, 0, 0, 0, 0));
  });

  test('can be turned back where they are not cut', () => {
    const numbers = fc.double({ min: -9, max: 9, noNaN: true });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 3, maxLength: 3 }), (scores) => {
        const values = scores.map((score, index) => score * preprocess.std[index]! + preprocess.mean[index]!);
        const found = standardised(values) as Float32Array;
        scores.forEach((score, index) => expect(Math.abs(found[index]! - score)).toBeLessThan(1e-6));
      }),
    );
  });

  test.each([
    ['an infinite one', standardised([1, Infinity, 1]), 'the feature b is Infinity'],
    ['another infinite one', standardised([1, 1, -Infinity]), 'the feature c is -Infinity'],
    ['too few', standardised([1, 2]), "16 bytes were stored, and the rule's 3 features have 24"],
    [
      'no features',
      standardiseFeatures(
        { dataType: 'float64', shape: [3], data: new Uint8Array(24), maskedBoxes: [] },
        preprocess,
        3,
      ),
      'the rule encodes numeric features, and the input was sent as float64',
    ],
  ])('%s: refused', (_, found, reason) => {
    expect(found).toEqual({ refused: reason });
  });
});
