import { expect, test } from '@jest/globals';
import { stirlingError } from './stirling-error.js';

// mpmath 1.3.0, 40 digits: loggamma(n + 1) - (n + 1/2) log(n) + n - log(2 pi) / 2.
test.each([
  [1, 0.081061466795327258],
  [2, 0.041340695955409294],
  [15, 0.0055547335519628014],
  [16, 0.0052076559196096404],
  [100, 0.00083333055563491433],
  [1_000_000, 8.3333333333330556e-8],
])('what Stirling leaves out of ln n! at n = %d', (n, expected) => {
  expect(stirlingError(n)).toBeCloseTo(expected, 14);
});

test('is 0 at n = 0, where binomial terms have no factor for it', () => {
  expect(stirlingError(0)).toBe(0);
});
