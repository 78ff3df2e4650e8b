import { expect, test } from '@jest/globals';
import { mean, standardDeviation } from 'simple-statistics';
import { seededNormal, seededRandom } from './seeded-random.js';

test('the same seed gives the same sequence, another seed another one', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('uniform numbers stay in [0, 1) and have the mean and deviation of a uniform law', () => {
  const values = Array.from({ length: 50_000 }, seededRandom(1));
  expect(Math.min(...values.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
  expect(values.every((value) => value < 1)).toBe(true);
  // Six standard errors of a mean of 50,000: 6 * 0.2887 / sqrt(50,000) = 0.0077.
  expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.0077);
  expect(Math.abs(standardDeviation(values) - Math.sqrt(1 / 12))).toBeLessThan(0.0077);
});

test('normal deviates have mean 0 and deviation 1', () => {
  const random = seededRandom(2);
  const values = Array.from({ length: 50_000 }, () => seededNormal(random));
  expect(Math.abs(mean(values))).toBeLessThan(0.027);
  expect(Math.abs(standardDeviation(values) - 1)).toBeLessThan(0.027);
});
