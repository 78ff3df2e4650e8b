import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { weightedChiSquareSurvival } from './weighted-chi-square.js';

/** Made by `fixtures/weighted-chi-square.py` with mpmath. */
const cases = JSON.parse(
  readFileSync(new URL('fixtures/weighted-chi-square.json', import.meta.url), 'utf8'),
) as { terms: [number, number][]; x: number; p: number }[];

const termsOf = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([weight, degrees]) => ({ weight, degrees }));

test.each(cases)('P(Q > $x) for $terms is that of mpmath', ({ terms, x, p }) => {
  // The trapezoidal rule is good to 1e-10; the closed forms of the reference are exact.
  expect(weightedChiSquareSurvival(termsOf(terms), x) / p).toBeCloseTo(1, 9);
});

test('the scale does not matter', () => {
  const terms = termsOf([
    [3, 1],
    [0.2, 40],
  ]);
  const tiny = terms.map(({ weight, degrees }) => ({ weight: weight * 1e-200, degrees }));
  expect(weightedChiSquareSurvival(tiny, 30e-200)).toBeCloseTo(weightedChiSquareSurvival(terms, 30), 12);
});

test('equal terms can be put together', () => {
  const apart = termsOf([
    [0.5, 2.5],
    [0.5, 7.5],
    [2, 1],
  ]);
  const together = termsOf([
    [0.5, 10],
    [2, 1],
  ]);
  expect(weightedChiSquareSurvival(apart, 21)).toBeCloseTo(weightedChiSquareSurvival(together, 21), 13);
});

describe('beyond the range of the law', () => {
  test.each([
    [-1, 1],
    [0, 1],
    [Infinity, 0],
    [1e6, 0],
  ])('P(Q > %p) is %p', (x, p) => {
    expect(weightedChiSquareSurvival([{ weight: 1, degrees: 2 }], x)).toBeCloseTo(p, 12);
  });

  test.each([[[]], [[[0, 1]]], [[[1, 0]]], [[[-1, 2]]]] as [number, number][][][])(
    'terms %j are refused',
    (terms) => {
      expect(() => weightedChiSquareSurvival(termsOf(terms), 1)).toThrow('weights and degrees above 0');
    },
  );
});
