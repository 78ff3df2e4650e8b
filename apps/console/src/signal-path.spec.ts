import { expect, test } from '@jest/globals';
import { chartPath } from './signal-path.js';

test('a measure runs from edge to edge, with zero at the bottom and its limit inside', () => {
  expect(
    chartPath(
      [
        [0, 0],
        [50, 5],
        [100, 10],
      ],
      5,
    ),
  ).toEqual({ line: 'M0 45L120 24L240 3', limit: 24 });
});

test.each([
  ['nothing', []],
  ['one moment', [[5, 1] as const]],
  ['values that are no numbers', [[0, NaN] as const, [1, 2] as const]],
])('%s is not drawn', (_name, points) => {
  expect(chartPath(points, null)).toBeNull();
});

test('a measure that does not move is a straight line', () => {
  expect(
    chartPath(
      [
        [0, 0],
        [1, 0],
      ],
      null,
    ),
  ).toEqual({ line: 'M0 45L240 45', limit: null });
});
