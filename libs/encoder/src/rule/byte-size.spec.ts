import { expect, test } from '@jest/globals';
import { parseByteSize } from './byte-size.js';

test.each([
  ['64MiB', 67_108_864],
  ['1.5GiB', 1_610_612_736],
  ['500 MB', 500_000_000],
  ['1kB', 1_000],
  ['4096B', 4_096],
  [' 2KiB ', 2_048],
])('%s is %d bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each(['', '64', 'MiB', '64mib', '-1MiB', '0MiB', '1e3MiB', '9999999999GiB', '1 toString', '64 M iB'])(
  '%j is no size',
  (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  },
);
