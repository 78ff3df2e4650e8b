import { expect, test } from '@jest/globals';
import { readSeriesNotation, type SeriesValue } from './series-notation.js';

test.each<[string, SeriesValue[]]>([
  ['1', [1]],
  ['-2+4x3', [-2, 2, 6, 10]],
  ['1-2x4', [1, -1, -3, -5, -7]],
  ['1x4', [1, 1, 1, 1, 1]],
  ['1 _x3', [1, null, null, null]],
  ['5 stale _x3 0.5+.25x2', [5, 'stale', null, null, null, 0.5, 0.75, 1]],
  [' 1e3+1e2x1\n_ Inf -Inf ', [1000, 1100, null, Infinity, -Infinity]],
  ['NaN', [NaN]],
])('%j', (text, values) => {
  expect(readSeriesNotation(text)).toEqual({ values, fault: null });
});

test.each([
  ['1+2', /the entry "1\+2", which is none of a, a\+bxn/],
  ['', /the entry ""/],
  ['1x', /the entry "1x"/],
  ['one', /the entry "one"/],
  ['0+1x999999 0+1x9', /holds more than 1,000,000 values/],
  ['0x9999999999999', /holds more than 1,000,000 values/],
])('%j is refused', (text, fault) => {
  expect(readSeriesNotation(text).fault).toMatch(fault);
});
