import { expect, test } from '@jest/globals';
import { budgetAxis, budgetSeries, describeBudget, tickText } from './budget-series.js';

const NOW = Date.parse('2026-11-22T10:30:00Z');
const DAY = 86_400_000;
const point = (days: number, remaining: number | null) => ({
  ...{ at: NOW + days * DAY, remaining },
  ...{ burn: null, good: 0, total: 0 },
});

test('points become columns, and what is unknown stays a gap', () => {
  expect(budgetSeries({ points: [point(0, 0.5), point(1, null), point(2, -0.25)] })).toEqual({
    times: [NOW / 1_000, NOW / 1_000 + 86_400, NOW / 1_000 + 172_800],
    percents: [50, null, -25],
    lowest: -25,
    isolated: [0, 2],
  });
  const steady = budgetSeries({ points: [point(0, 0.5), point(1, 0.4), point(2, -40)] });
  expect(steady).toMatchObject({ isolated: [], percents: [50, 40, -300], lowest: -4_000 });
  expect(budgetSeries({ points: [point(0, null)] }).lowest).toBeNull();
});

test.each([
  [null, [0, 100]],
  [40, [0, 100]],
  [0, [0, 100]],
  [-1, [-10, 100]],
  [-42, [-50, 100]],
  [-4_000, [-300, 100]],
])('with a lowest of %p the axis spans %p', (lowest, axis) => {
  expect(budgetAxis(lowest)).toEqual(axis);
});

test('says what the drawing shows', () => {
  expect(describeBudget({ points: [point(-2, 0.5), point(-1, -0.2), point(0, 0.1)] }, 'UTC')).toBe(
    'Error budget from 20 Nov 10:30 to 22 Nov 10:30: at first 50% left, in the end 10% left, at worst overspent by 20% on 21 Nov 10:30.',
  );
  expect(describeBudget({ points: [point(0, null)] })).toBe(
    'Error budget over time: nothing is known of it.',
  );
});

test.each([
  [DAY, '2026-11-22T00:00:00Z', '22 Nov'],
  [3 * 3_600_000, '2026-11-22T03:00:00Z', '03:00'],
  [3 * 3_600_000, '2026-11-22T00:00:00Z', '22 Nov'],
])('a tick every %p ms at %p reads %p', (step, at, text) => {
  expect(tickText(Date.parse(at), step, 'UTC')).toBe(text);
});
