import { describe, expect, test } from '@jest/globals';
import { parseMilliseconds, parseSeconds, parseValue, wholeCount } from './number-text.js';

describe('values', () => {
  test.each([
    ['0', 0],
    ['-0', -0],
    ['+12', 12],
    ['.5', 0.5],
    ['5.', 5],
    ['1.7560473e+07', 17_560_473],
    ['4.2E-5', 0.000042],
    ['+Inf', Infinity],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['NaN', NaN],
    ['Nan', NaN],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%s', (text, number) => {
    expect(parseValue(text)).toEqual({ number, integer: null });
  });

  test.each([
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['18446744073709551615', 2n ** 64n - 1n],
    ['+9223372036854775794', 9_223_372_036_854_775_794n],
  ])('%s is exact, which a double is not', (text, integer) => {
    expect(parseValue(text)?.integer).toBe(integer);
  });

  test.each(['', 'x', '1,5', '1e', '0x10', '1_000', '--1', '1e400', 'infinite', '1 2', '٣'])(
    '"%s" is none',
    (text) => {
      expect(parseValue(text)).toBeUndefined();
    },
  );
});

describe('times', () => {
  test.each([
    ['1520879607.789', 1_520_879_607_789_000_000n],
    ['1520879607.789123456', 1_520_879_607_789_123_456n],
    ['1520879607.7891234565', 1_520_879_607_789_123_457n],
    ['1.6710664809811184e+09', 1_671_066_480_981_118_400n],
    ['1700000000', 1_700_000_000_000_000_000n],
  ])('%s seconds, to the nanosecond', (text, nanoseconds) => {
    expect(parseSeconds(text)).toBe(nanoseconds);
  });

  test.each(['0', '-1', 'NaN', '1e30', '1e-300', '9e9999', '', '10000000000'])(
    '"%s" seconds are none',
    (text) => {
      expect(parseSeconds(text)).toBeUndefined();
    },
  );

  test('whole milliseconds', () => {
    expect(parseMilliseconds('1395066363000')).toBe(1_395_066_363_000_000_000n);
    expect(['1.5', '-1', '0', '1e3', '99999999999999999999'].map(parseMilliseconds)).toEqual(
      Array(5).fill(undefined),
    );
  });
});

test('counts are whole, from 0 to 64 bits', () => {
  const counts = ['7.0', '1.2e+01', '18446744073709551615', '-1', '1.5', '+Inf', 'NaN', '2e19'];
  expect(counts.map((text) => wholeCount(parseValue(text) ?? { number: NaN, integer: null }))).toEqual([
    7n,
    12n,
    2n ** 64n - 1n,
    ...Array(5).fill(undefined),
  ]);
});
