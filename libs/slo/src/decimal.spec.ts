import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneMinus, toDecimal, toNumber } from './decimal.js';

describe('toDecimal', () => {
  test.each([
    [0.9999, 9999n, 4],
    [14.4, 144n, 1],
    [1000, 1000n, 0],
    [1e21, 10n ** 21n, 0],
    [1.5e-7, 15n, 8],
    [0, 0n, 0],
  ])('%d is %d / 10^%d', (value, units, scale) => {
    expect(toDecimal(value)).toEqual({ units, scale });
  });

  test('gives back every finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // A decimal has no negative zero.
        expect(toNumber(toDecimal(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

test('oneMinus has no rounding error where floating point has', () => {
  expect(1 - 0.9999).not.toBe(0.0001);
  expect(toNumber(oneMinus(toDecimal(0.9999)))).toBe(0.0001);
});
