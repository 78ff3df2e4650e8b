import { describe, expect, test } from '@jest/globals';
import { countOf, durationText, listOf, shortNumber, windowText } from './wording.js';

describe('wording', () => {
  test.each([
    [0, 'no values'],
    [1, '1 value'],
    [12_345, '12,345 values'],
  ])('counts %d', (count, text) => {
    expect(countOf(count, 'value')).toBe(text);
  });

  test.each([
    [0, '0'],
    [1, '1'],
    [0.18249, '0.182'],
    [0.00123456, '0.00123'],
    [0.000123456, '1.2e-4'],
    [1.23e-40, '1.2e-40'],
    [-0.5, '-0.5'],
  ])('writes %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });

  test.each([
    ['2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z', '2026-11-22 10:00 to 11:00 UTC'],
    ['2026-11-22T23:30:00Z', '2026-11-23T00:30:00Z', '2026-11-22 23:30 to 2026-11-23 00:30 UTC'],
    ['2026-11-22T10:00:10Z', '2026-11-22T10:00:20.500Z', '2026-11-22 10:00:10 to 10:00:20.500 UTC'],
  ])('writes the window from %s to %s', (from, to, text) => {
    expect(windowText({ from: Date.parse(from), to: Date.parse(to) })).toBe(text);
  });

  test.each([
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
  ])('lists %j', (names, text) => {
    expect(listOf(names, 3)).toBe(text);
  });

  test.each([
    [3_600_000, '1 h'],
    [86_400_000, '1 d'],
    [5_400_000, '90 min'],
    [10_000, '10 s'],
    [1_500, '1.5 s'],
    [0, '0 s'],
  ])('a duration of %d ms', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
