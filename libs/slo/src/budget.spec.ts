import { describe, expect, test } from '@jest/globals';
import { budgetOf as budgetOfParts, timeToExhaustion as timeLeft } from './budget.js';
import { oneMinus, toDecimal } from './decimal.js';
import type { EventCount } from './event-count.js';
import { errorBudget } from './burn.js';

const DAY_MS = 86_400_000;
const PERIOD = { from: 0, to: 30 * DAY_MS };

/** Of an SLO that is no composite, at the end of its period. */
function budgetOf(count: EventCount, target: number, now = PERIOD.to) {
  const part = { target, weight: 1, allowed: oneMinus(toDecimal(target)) };
  return budgetOfParts([count], [part], PERIOD, now);
}

/** In a rolling window. */
function timeToExhaustion(remaining: number | null, burn: number | null, periodMs: number): number | null {
  return timeLeft(remaining, burn, { from: 0, to: periodMs }, periodMs);
}

describe('budgetOf', () => {
  // Published figures, with minutes, slices or groups as events.
  test.each([
    {
      source: 'IBM Instana: a week of 90 %, 400 bad minutes',
      good: 9_680,
      total: 10_080,
      target: 0.9,
      sli: 0.9603,
      remaining: 1 - 400 / 1_008,
    },
    {
      source: 'Datadog: 720 minutes with one bad slice of 5',
      good: 715,
      total: 720,
      target: 0.99,
      sli: 0.99305,
      remaining: 1 - 5 / 7.2,
    },
    {
      source: 'Datadog: two disjoint groups',
      good: 710,
      total: 720,
      target: 0.99,
      sli: 0.98611,
      remaining: 1 - 10 / 7.2,
    },
    {
      source: 'Elastic: 2,016 slices, 50 bad',
      good: 1_966,
      total: 2_016,
      target: 0.95,
      sli: 0.9752,
      remaining: 1 - 50 / 100.8,
    },
    {
      source: 'OpenSLO: two weeks of 95 %, 1,008 bad slices',
      good: 19_152,
      total: 20_160,
      target: 0.95,
      sli: 0.95,
      remaining: 0,
    },
  ])('$source', ({ good, total, target, sli, remaining }) => {
    const budget = budgetOf({ good, total }, target);
    expect(budget.sliValue).toBeCloseTo(sli, 4);
    expect(budget.remaining).toBeCloseTo(remaining, 12);
  });

  test('99.9 % over 30 days allows 43.2 bad minutes, and spending 43 of them leaves 0.46 %', () => {
    expect(errorBudget(0.999) * 30 * 24 * 60).toBeCloseTo(43.2, 12);
    expect(budgetOf({ good: 43_200 - 43, total: 43_200 }, 0.999).remaining).toBeCloseTo(0.2 / 43.2, 12);
  });

  test('99.95 % over a week allows 5.04 bad minutes', () => {
    expect(errorBudget(0.9995) * 7 * 24 * 60).toBeCloseTo(5.04, 12);
  });

  test('an overspent budget is negative, down to 1 - 1 / (1 - target)', () => {
    expect(budgetOf({ good: 998, total: 1_000 }, 0.999).remaining).toBe(-1);
    expect(budgetOf({ good: 0, total: 1_000 }, 0.999).remaining).toBe(-999);
  });

  test('a period without events has no value and no budget', () => {
    expect(budgetOf({ good: 0, total: 0 }, 0.999)).toEqual({ sliValue: null, remaining: null });
  });
});

describe('timeToExhaustion', () => {
  test.each([
    { remaining: 1, burn: 14.4, days: 30 / 14.4, why: 'a whole budget lasts period / burn' },
    { remaining: 0.25, burn: 14.4, days: (0.25 * 30) / 14.4, why: 'what is already spent is subtracted' },
    { remaining: 1, burn: 1, days: 30, why: 'burn 1 spends it exactly by the end of the period' },
    { remaining: 0.4, burn: 0.5, days: 24, why: 'a slow burn still finishes what little is left' },
  ])('$why: $remaining left at burn $burn is $days days', ({ remaining, burn, days }) => {
    expect((timeToExhaustion(remaining, burn, 30 * DAY_MS) ?? 0) / DAY_MS).toBeCloseTo(days, 9);
  });

  test.each([
    { remaining: 0, burn: 0, expected: 0, why: 'nothing is left' },
    { remaining: -3, burn: 0.1, expected: 0, why: 'it is overspent' },
    { remaining: 0.8, burn: 0, expected: null, why: 'nothing burns' },
    {
      remaining: 0.8,
      burn: 0.5,
      expected: null,
      why: 'today’s errors leave the window before the budget is gone',
    },
    { remaining: null, burn: 3, expected: null, why: 'the budget is unknown' },
    { remaining: 0.5, burn: null, expected: null, why: 'the burn is unknown' },
  ])('is $expected when $why', ({ remaining, burn, expected }) => {
    expect(timeToExhaustion(remaining, burn, 30 * DAY_MS)).toBe(expected);
  });
});

describe('a calendar window', () => {
  test('spends its budget by the part of the period that has passed', () => {
    // A third of the month is over, at burn 1.5: half of the whole month's budget is spent.
    const budget = budgetOf({ good: 9_985, total: 10_000 }, 0.999, 10 * DAY_MS);
    expect(budget.remaining).toBeCloseTo(0.5, 12);
    expect(budget.sliValue).toBe(0.9985);
  });

  test('at the end of the period the budget is that of a rolling window', () => {
    const count = { good: 9_985, total: 10_000 };
    expect(budgetOf(count, 0.999, 30 * DAY_MS)).toEqual(budgetOf(count, 0.999));
  });

  test.each([
    { burn: 3, days: 5, why: 'half the budget at burn 3 lasts 5 of 30 days' },
    { burn: 0.7, days: null, why: 'a new budget begins before this one is gone' },
  ])('$why', ({ burn, days }) => {
    const time = timeLeft(0.5, burn, PERIOD, 10 * DAY_MS);
    expect(time === null ? null : time / DAY_MS).toBe(days);
  });
});
