import { expect, test } from '@jest/globals';
import { trendCeiling, trendSeries } from './trend.js';

const point = (at: number, burn: number | null) => ({ at, burn, budgetRemaining: 0.5 });

test('points without a burn stay gaps', () => {
  expect(trendSeries([point(1_000, 2), point(2_000, null), point(3_000, 5)])).toEqual({
    times: [1, 2, 3],
    burns: [2, null, 5],
    peak: 5,
  });
});

test('an hour without any event has no peak', () => {
  expect(trendSeries([point(1_000, null)])).toMatchObject({ burns: [null], peak: null });
});

test('the axis always holds the budget line at one', () => {
  expect(trendCeiling(null)).toBe(2);
  expect(trendCeiling(0.1)).toBe(2);
  expect(trendCeiling(20)).toBeCloseTo(23);
});
