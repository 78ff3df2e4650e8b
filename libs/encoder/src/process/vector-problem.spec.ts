import { expect, test } from '@jest/globals';
import { vectorProblem } from './vector-problem.js';

test.each<[string, number[], string | null]>([
  ['numbers', [1, -2, 0], null],
  ['one number that is not zero among zeros', [0, 0, 1e-30], null],
  ['something that is no number', [1, NaN], 'the model gave a vector with NaN in place 1'],
  ['infinity', [-Infinity, 1], 'the model gave a vector with -Infinity in place 0'],
  ['zeros, of either sign', [0, -0, 0], 'the model gave a vector of zeros'],
])('%s', (_, values, problem) => {
  expect(vectorProblem(Float32Array.from(values))).toBe(problem);
});
