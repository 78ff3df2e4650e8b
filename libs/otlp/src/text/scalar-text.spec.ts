import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { attributeText } from '../attributes.js';
import { ByteArena } from './byte-arena.js';
import { appendBool, appendDouble, appendInt64 } from './scalar-text.js';

function written(append: (arena: ByteArena) => void): string {
  // Something in front, and no room behind: the text must be appended, and the arena must grow for it.
  const arena = ByteArena.over(Buffer.from('front:'));
  append(arena);
  return Buffer.from(arena.finish()).toString('latin1');
}

function int64(value: bigint): string {
  const low = Number(BigInt.asUintN(32, value));
  const high = Number(BigInt.asUintN(32, value >> 32n));
  return written((arena) => appendInt64(arena, low, high));
}

test.each([
  0n,
  9n,
  10n,
  -1n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  -(2n ** 32n),
  2n ** 53n - 1n,
  2n ** 53n,
  10n ** 16n,
  10n ** 18n,
  2n ** 63n - 1n,
  -(2n ** 63n),
])('the int64 %p in decimal', (value) => {
  expect(int64(value)).toBe(`front:${value}`);
});

test('every int64 in decimal', () => {
  const anyInt = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const anyBits = fc.tuple(anyInt, fc.nat({ max: 63 })).map(([value, shift]) => value >> BigInt(shift));
  fc.assert(
    fc.property(anyBits, (value) => {
      expect(int64(value)).toBe(`front:${value}`);
    }),
    { seed: 1, numRuns: 5_000 },
  );
});

test.each([
  0,
  -0,
  1,
  -1,
  0.1,
  0.25,
  -637.704,
  0.30000000000000004,
  1e-6,
  9.99e-7,
  1e21,
  1e20,
  123456789012345.6,
  999999999999999.9,
  0.000001234567890123,
  2 ** 53,
  -(2 ** 53) - 2,
  5e-324,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  NaN,
  Infinity,
  -Infinity,
])('the double %p as attributes are stored', (value) => {
  expect(written((arena) => appendDouble(arena, value))).toBe(`front:${attributeText(value)}`);
});

test('every double as attributes are stored, short decimals above all', () => {
  const decimal = fc
    .tuple(fc.integer(), fc.integer({ min: -2, max: 17 }))
    .map(([digits, places]) => digits / 10 ** places);
  const neighbour = decimal.map((value) => value * (1 + Number.EPSILON));
  fc.assert(
    fc.property(fc.oneof(fc.double(), decimal, neighbour), (value) => {
      expect(written((arena) => appendDouble(arena, value))).toBe(`front:${attributeText(value)}`);
    }),
    { seed: 2, numRuns: 20_000 },
  );
});

test('bools as words', () => {
  expect(written((arena) => appendBool(arena, true))).toBe('front:true');
  expect(written((arena) => appendBool(arena, false))).toBe('front:false');
});
