import { seededRandom } from '@tidewatch/core';
import { expect, test } from '@jest/globals';
import { dot, orthonormalRows } from './random-rows.js';

test.each([
  ['fewer rows than columns', 20, 50],
  ['as many rows as columns', 30, 30],
  ['a single row', 1, 9],
])('%s are of length 1 and at right angles', (_, count, columns) => {
  const rows = orthonormalRows(count, columns, seededRandom(5));
  expect(rows).toHaveLength(count);
  const products = rows.flatMap((a, i) => rows.map((b, j) => dot(a, b) - (i === j ? 1 : 0)));
  expect(Math.max(...products.map(Math.abs))).toBeLessThan(1e-12);
});

test('more rows than columns come in blocks that are each at right angles, and no block is another', () => {
  const rows = orthonormalRows(10, 4, seededRandom(6));
  expect(rows.map(({ length }) => length)).toEqual(new Array(10).fill(4));
  expect(Math.abs(dot(rows[4]!, rows[5]!))).toBeLessThan(1e-12);
  expect(Math.abs(dot(rows[8]!, rows[9]!))).toBeLessThan(1e-12);
  expect(Math.abs(dot(rows[0]!, rows[4]!))).toBeLessThan(1 - 1e-6);
});
