import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.js';

describe('parseDuration', () => {
  test.each([
    ['0s', 0],
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['3d', 259_200_000],
    ['4w', 2_419_200_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5M', '5m ', '99999999999999w'])(
    '"%s" is no duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

test('formatDuration writes what parseDuration reads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});
