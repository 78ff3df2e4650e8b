import { describe, expect, test } from '@jest/globals';
import {
  burnRate,
  detectionTime,
  errorBudget,
  isReachableBurn,
  maximumBurn,
  reachesBurn,
  resetTime,
} from './burn.js';

describe('errorBudget and maximumBurn', () => {
  test.each([
    { target: 0.9, budget: 0.1, maximum: 10 },
    { target: 0.99, budget: 0.01, maximum: 100 },
    { target: 0.999, budget: 0.001, maximum: 1000 },
    { target: 0.9999, budget: 0.0001, maximum: 10_000 },
    { target: 0.99999, budget: 0.00001, maximum: 100_000 },
  ])(
    'a target of $target leaves exactly $budget and burns at most $maximum times',
    ({ target, budget, maximum }) => {
      expect(errorBudget(target)).toBe(budget);
      expect(maximumBurn(target)).toBeCloseTo(maximum, 9);
    },
  );

  test('the highest burn is reachable, and the next decimal above it is not', () => {
    expect(isReachableBurn(10, 0.9)).toBe(true);
    expect(isReachableBurn(10.0001, 0.9)).toBe(false);
    // The Site Reliability Workbook's 14.4 is impossible for targets of 93.05 % and less.
    expect(isReachableBurn(14.4, 0.9306)).toBe(true);
    expect(isReachableBurn(14.4, 0.9305)).toBe(false);
  });
});

describe('burnRate', () => {
  // OpenObserve's published gating example: a target of 35 % and error ratios of 64.15 % and 42.54 %.
  test.each([
    [3585, 0.987],
    [5746, 0.654],
  ])('%d good of 10,000 at a target of 35 %% burns at %d', (good, burn) => {
    expect(burnRate({ good, total: 10_000 }, 0.35)).toBeCloseTo(burn, 3);
  });

  test('is unknown without events and when good exceeds total', () => {
    expect(burnRate({ good: 0, total: 0 }, 0.99)).toBeNull();
    expect(burnRate({ good: 11, total: 10 }, 0.99)).toBeNull();
    expect(burnRate({ good: -1, total: 10 }, 0.99)).toBeNull();
  });

  test.each([
    { good: 0.5, total: 1 },
    { good: Number.NaN, total: 1 },
    { good: 0, total: -1 },
    { good: 2 ** 53, total: 2 ** 53 },
  ])('refuses $good of $total, which no counting yields', (count) => {
    expect(() => burnRate(count, 0.99)).toThrow(expect.objectContaining({ code: 'slo.count-invalid' }));
  });
});

describe('reachesBurn decides equality exactly', () => {
  // Each row: bad = burn * (1 - target) * total holds as decimals, and fails in naive floating point for some.
  test.each([
    { target: 0.9999, burn: 14.4, total: 10_000_000, bad: 14_400 },
    { target: 0.9999, burn: 14.4, total: 1_250_000, bad: 1_800 },
    { target: 0.999, burn: 14.4, total: 10_000, bad: 144 },
    { target: 0.999, burn: 6, total: 1_000, bad: 6 },
    { target: 0.9995, burn: 3, total: 2_000, bad: 3 },
    { target: 0.99999, burn: 1, total: 100_000, bad: 1 },
    { target: 0.9, burn: 10, total: 7, bad: 7 },
    { target: 0.7, burn: 1, total: 10, bad: 3 },
    { target: 0.95, burn: 1.1, total: 1_000_000, bad: 55_000 },
  ])(
    'target $target, burn $burn: $bad bad of $total reaches it and one fewer does not',
    ({ target, burn, total, bad }) => {
      expect(reachesBurn({ good: total - bad, total }, target, burn)).toBe(true);
      expect(reachesBurn({ good: total - bad + 1, total }, target, burn)).toBe(false);
    },
  );

  test('target 0.9999 with 10,000 events needs 14.4 bad ones: 14 do not reach a burn of 14.4 and 15 do', () => {
    expect(reachesBurn({ good: 9_986, total: 10_000 }, 0.9999, 14.4)).toBe(false);
    expect(reachesBurn({ good: 9_985, total: 10_000 }, 0.9999, 14.4)).toBe(true);
  });

  test('naive floating point gets at least one of these boundaries wrong', () => {
    expect(3 / 10 / (1 - 0.7) >= 1).toBe(false);
    expect(reachesBurn({ good: 7, total: 10 }, 0.7, 1)).toBe(true);
  });

  test('the largest counts lose no unit', () => {
    const total = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % 1000);
    const bad = total / 1000;
    expect(reachesBurn({ good: total - bad, total }, 0.999, 1)).toBe(true);
    expect(reachesBurn({ good: total - bad + 1, total }, 0.999, 1)).toBe(false);
  });

  test('is unknown without events', () => {
    expect(reachesBurn({ good: 0, total: 0 }, 0.99, 1)).toBeNull();
  });
});

describe('detectionTime and resetTime', () => {
  const tier = { longMs: 3_600_000, shortMs: 300_000, burn: 14.4 };

  test('an error ratio equal to the threshold fires when the long window is full, and clears at once', () => {
    expect(detectionTime({ target: 0.999, errorRatio: 0.0144, tier })).toBe(3_600_000);
    expect(resetTime({ target: 0.999, errorRatio: 0.0144, tier })).toBe(0);
  });

  test.each([0, 0.01, 0.0143999])('an error ratio of %d never fires', (errorRatio) => {
    expect(detectionTime({ target: 0.999, errorRatio, tier })).toBeNull();
    expect(resetTime({ target: 0.999, errorRatio, tier })).toBeNull();
  });

  test('the workbook’s reset of 58 minutes for burn 36 over one hour is 57.84', () => {
    const single = { longMs: 3_600_000, shortMs: 3_600_000, burn: 36 };
    expect((resetTime({ target: 0.999, errorRatio: 1, tier: single }) ?? 0) / 60_000).toBeCloseTo(57.84, 6);
  });

  // The guard pair 4x over 1h/5m of a 99.9 % target.
  test.each([
    [1, 14.4],
    [0.01, 24 * 60],
    [0.005, 48 * 60],
  ])('an error ratio of %d passes burn 4 over 1h in %d seconds', (errorRatio, seconds) => {
    const guard = { longMs: 3_600_000, shortMs: 300_000, burn: 4 };
    expect((detectionTime({ target: 0.999, errorRatio, tier: guard }) ?? 0) / 1000).toBeCloseTo(seconds, 6);
  });
});
