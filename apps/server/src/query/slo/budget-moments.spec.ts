import { describe, expect, test } from '@jest/globals';
import { budgetMoments } from './budget-moments.js';
import { stripResolution } from './strip-resolution.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-22T10:17:23Z');

describe('the moments at which a budget is looked at', () => {
  test.each([
    ['an hour of a window of an hour', HOUR, HOUR, MINUTE, MINUTE],
    ['a day of a window of a day', DAY, DAY, 5 * MINUTE, MINUTE],
    ['a week of a window of a week', 7 * DAY, 7 * DAY, HOUR, HOUR],
    ['a month of a window of a month', 30 * DAY, 30 * DAY, 3 * HOUR, HOUR],
    ['a day of a window of a month', DAY, 30 * DAY, HOUR, HOUR],
    ['three years', 1_095 * DAY, 30 * DAY, 3 * DAY, HOUR],
  ])('%s', (_, length, periodMs, stepMs, resolutionMs) => {
    const found = budgetMoments({ from: NOW - length, to: NOW }, periodMs, NOW);
    expect(found).toMatchObject({ stepMs, resolutionMs });
    expect(found.moments.length).toBeLessThanOrEqual(402);
    expect(found.moments.at(-1)).toBe(Date.parse('2026-11-22T10:17:00Z'));
    expect(found.moments.slice(0, -1).every((at) => at % stepMs === 0)).toBe(true);
    expect(found.moments[0]).toBeLessThanOrEqual(NOW - length);
  });

  test('old ranges are read by the hour, for minutes are kept 100 days', () => {
    const from = NOW - 120 * DAY;
    expect(budgetMoments({ from, to: from + HOUR }, HOUR, NOW).resolutionMs).toBe(HOUR);
  });

  test('there is nothing to look at in an empty range, nor in the future', () => {
    expect(() => budgetMoments({ from: NOW, to: NOW - HOUR }, DAY, NOW)).toThrow('The range is empty.');
    expect(() => budgetMoments({ from: NOW + HOUR, to: NOW + DAY }, DAY, NOW)).toThrow('The range is empty.');
  });
});

describe('the slices of a strip', () => {
  test.each([
    [4 * HOUR, 0, 10_000],
    [DAY, 0, MINUTE],
    [HOUR, 6 * HOUR, MINUTE],
    [30 * DAY, 0, HOUR],
    [HOUR, 99 * DAY, HOUR],
  ])('of %p ms that ended %p ms ago are %p ms long', (length, ago, ms) => {
    expect(stripResolution({ from: NOW - ago - length, to: NOW - ago }, NOW)).toBe(ms);
  });

  test('a range that is empty or longer than 1,500 hours is refused', () => {
    expect(() => stripResolution({ from: NOW, to: NOW }, NOW)).toThrow('The range is empty.');
    expect(() => stripResolution({ from: NOW - 63 * DAY, to: NOW }, NOW)).toThrow('The range is too long.');
  });
});
