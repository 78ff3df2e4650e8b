import { describe, expect, test } from '@jest/globals';
import { createRandom } from './random.js';
import type { Random } from './random.js';

const DRAWS = 40_000;

function mean(draw: (random: Random) => number): number {
  const random = createRandom(11);
  let sum = 0;
  for (let index = 0; index < DRAWS; index += 1) {
    sum += draw(random);
  }
  return sum / DRAWS;
}

describe('createRandom', () => {
  test('gives the same sequence for the same seed and another one for another seed', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.uniform() + random.normal() + random.exponential(3));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  // Each tolerance is at least 5 standard errors of the mean of 40,000 draws.
  test.each<[string, (random: Random) => number, number, number]>([
    ['a uniform number has mean 1/2', (random) => random.uniform(), 0.5, 0.008],
    ['a normal has mean 0', (random) => random.normal(), 0, 0.025],
    ['a normal has variance 1', (random) => random.normal() ** 2, 1, 0.036],
    ['an exponential has the mean it was asked for', (random) => random.exponential(4), 4, 0.1],
    [
      'a log-normal has its median as the mean of its logarithm',
      (random) => Math.log(random.logNormal(9, 0.5)),
      Math.log(9),
      0.013,
    ],
    ['chance is true as often as asked', (random) => (random.chance(0.15) ? 1 : 0), 0.15, 0.009],
    [
      'pick follows the weights',
      (random) =>
        random.pick([
          [1, 3],
          [0, 1],
        ]),
      0.75,
      0.011,
    ],
  ])('%s', (_, draw, expected, tolerance) => {
    expect(Math.abs(mean(draw) - expected)).toBeLessThan(tolerance);
  });

  test('pick refuses an empty list', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});
