import { describe, expect, test } from '@jest/globals';
import { linearTrend } from './linear-trend.js';
import { trendStepMs, trendValue } from './measured-value.js';

const selector = { metric: 'm', match: [] };

describe('linearTrend', () => {
  test('an exact line has no scatter', () => {
    const trend = linearTrend([0, 1, 2, 3, 4, 5].map((x) => [x, 0.1 + 0.3 * x] as const));
    expect(trend?.slope).toBeCloseTo(0.3, 12);
    expect(trend?.slopeLow).toBeCloseTo(0.3, 12);
    expect(trend?.slopeHigh).toBeCloseTo(0.3, 12);
    expect(trend?.at(10)).toBeCloseTo(3.1, 12);
  });

  test('alternating residuals count in full: the textbook interval', () => {
    const trend = linearTrend([1.1, 1.9, 3.1, 3.9, 5.1, 5.9].map((y, x) => [x, y] as const));
    expect(trend?.effectivePoints).toBe(6);
    expect(trend?.slope).toBeCloseTo(0.9828571429, 9);
    // Standard error sqrt(SSR / 4 / 17.5) with the exact sum of squares 0.0548571429, Student's quantile 2.7764451052.
    const halfWidth = 2.7764451052 * Math.sqrt(0.0548571429 / 4 / 17.5);
    expect(trend?.slopeLow).toBeCloseTo(0.9828571429 - halfWidth, 8);
    expect(trend?.slopeHigh).toBeCloseTo(0.9828571429 + halfWidth, 8);
  });

  test('residuals that resemble their neighbours are worth fewer points', () => {
    const wave = linearTrend(Array.from({ length: 60 }, (_, x) => [x, x + 10 * Math.sin(x / 8)] as const));
    expect(wave?.effectivePoints).toBeLessThan(6);
    expect((wave?.slopeHigh ?? 0) - (wave?.slope ?? 0)).toBeGreaterThan(0.3);
  });

  test.each([
    ['four points', [0, 1, 2, 3]],
    ['one place', [1, 1, 1, 1, 1]],
  ])('%s make no trend', (_name, xs) => {
    expect(linearTrend(xs.map((x) => [x, x] as const))).toBeNull();
  });
});

describe('trendValue', () => {
  const HOUR = 3_600_000;
  /** A level every 6 minutes over an hour that ends at `HOUR`. */
  const levels = (level: (hours: number) => number) =>
    Array.from({ length: 10 }, (_, index) => ({ at: index * 360_000, value: level(index / 10 - 1) }));
  const toLimit = (limit: number, direction: 'rising' | 'falling') =>
    ({ kind: 'time-to-limit', gauge: selector, across: 'avg', limit, direction }) as const;

  test('rise per hour', () => {
    const found = trendValue(
      { kind: 'slope', gauge: selector, across: 'avg' },
      levels((hours) => 100 + 5 * hours),
      HOUR,
      HOUR,
    );
    expect(found?.value).toBeCloseTo(5, 9);
  });

  test.each([
    ['rising to it', 110, 'rising', (hours: number) => 100 + 5 * hours, 2],
    ['falling to it', 90, 'falling', (hours: number) => 100 - 5 * hours, 2],
    ['beyond it', 99, 'rising', (hours: number) => 100 + 5 * hours, 0],
    ['moving away from it', 110, 'rising', (hours: number) => 100 - 5 * hours, Infinity],
    ['standing still', 110, 'rising', () => 100, Infinity],
  ] as const)('hours to a limit: %s', (_name, limit, direction, level, expected) => {
    const found = trendValue(toLimit(limit, direction), levels(level), HOUR, HOUR);
    expect(found?.value).toBeCloseTo(expected, 9);
  });

  test('the interval of the time follows from that of the slope', () => {
    const noisy = levels((hours) => 100 + 5 * hours).map(({ at, value }, index) => ({
      at,
      value: value + (index % 2 === 0 ? 0.2 : -0.2),
    }));
    const found = trendValue(toLimit(110, 'rising'), noisy, HOUR, HOUR);
    expect(found!.low!).toBeLessThan(found!.value);
    expect(found!.high!).toBeGreaterThan(found!.value);
    expect(found!.high!).toBeLessThan(3);
  });

  test('scatter without a trend reaches nothing', () => {
    const scatter = levels(() => 0).map(({ at }, index) => ({
      at,
      value: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3][index]!,
    }));
    expect(trendValue(toLimit(20, 'rising'), scatter, HOUR, HOUR)).toMatchObject({
      value: Infinity,
      high: Infinity,
      note: 'no trend towards the limit can be told from the scatter',
    });
  });

  test('half a window without data tells nothing', () => {
    const slope = { kind: 'slope', gauge: selector, across: 'avg' } as const;
    expect(trendValue(slope, levels((hours) => hours).slice(5), HOUR, HOUR)).toBeNull();
  });

  test('steps: about sixty to a window', () => {
    expect([300_000, HOUR, 2 * HOUR, 24 * HOUR].map(trendStepMs)).toEqual([
      10_000, 60_000, 120_000, 1_440_000,
    ]);
  });
});
