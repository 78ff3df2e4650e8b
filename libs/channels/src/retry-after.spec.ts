import { expect, test } from '@jest/globals';
import { parseRetryAfter } from './retry-after.js';

// 1994-11-06T08:49:37Z, the example of RFC 9110, section 5.6.7.
const EXAMPLE = 784_111_777_000;

test.each<[header: string | null, now: number, expected: number | null]>([
  ['120', 0, 120_000],
  [' 0 ', 0, 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', EXAMPLE - 30_000, 30_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', EXAMPLE + 30_000, 0],
  ['Sunday, 06-Nov-94 08:49:37 GMT', EXAMPLE - 1_000, 1_000],
  [null, 0, null],
  ['', 0, null],
  ['-5', 0, null],
  ['7.5', 0, null],
  ['1e3', 0, null],
  ['99999999999', 0, null],
  ['tomorrow', 0, null],
  ['Sun, 99 Nov 1994', 0, null],
])('Retry-After %j is %j ms after %j', (header, now, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});
