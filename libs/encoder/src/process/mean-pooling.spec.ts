import { expect, test } from '@jest/globals';
import { meanPooling } from './mean-pooling.js';

test('the mean is taken over the tokens that the mask keeps', () => {
  // Two rows of three tokens with two numbers each.
  const data = Float32Array.of(1, 10, 3, 30, 99, 99, 5, 50, 99, 99, 7, 70);
  const mask = BigInt64Array.of(1n, 1n, 0n, 1n, 0n, 1n);
  expect([...meanPooling({ data, rows: 2, tokens: 3, dimension: 2 }, mask)]).toEqual([2, 20, 6, 60]);
});

test('a row without tokens becomes zeros, which no vector is', () => {
  const data = Float32Array.of(1, 2, 3);
  expect([...meanPooling({ data, rows: 1, tokens: 1, dimension: 3 }, BigInt64Array.of(0n))]).toEqual([
    0, 0, 0,
  ]);
});
