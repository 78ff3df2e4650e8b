import { describe, expect, test } from '@jest/globals';
import { alphaOf } from './alpha.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

describe('alphaOf', () => {
  test.each([
    { budget: '1 per 30d', everyMs: 5 * MINUTE, features: 1, tests: 8_640 },
    { budget: '1 per 30d', everyMs: 5 * MINUTE, features: 10, tests: 86_400 },
    { budget: '1 per 30d', everyMs: 60 * MINUTE, features: 10, tests: 7_200 },
    { budget: '6 per 30d', everyMs: 60 * MINUTE, features: 10, tests: 1_200 },
  ])(
    '$budget, every $everyMs ms, $features features: 1 in $tests',
    ({ budget, everyMs, features, tests }) => {
      const falseAlarmBudget = { count: Number(budget.split(' ')[0]), periodMs: 30 * DAY };
      expect(alphaOf({ falseAlarmBudget, everyMs }, features)).toBeCloseTo(1 / tests, 15);
    },
  );

  test.each([0, -1, 1.5, NaN])('refuses to share a budget among %d features', (features) => {
    const monitor = { falseAlarmBudget: { count: 1, periodMs: DAY }, everyMs: MINUTE };
    expect(() => alphaOf(monitor, features)).toThrow(
      expect.objectContaining({ code: 'drift.feature-count' }),
    );
  });
});
