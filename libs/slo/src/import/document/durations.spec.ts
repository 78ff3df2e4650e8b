import { describe, expect, test } from '@jest/globals';
import { prometheusDuration, shorthand } from './durations.js';

const DAY_MS = 86_400_000;

describe('durations of Prometheus', () => {
  test.each([
    ['28d', 28 * DAY_MS, '28d'],
    ['4w', 28 * DAY_MS, '28d'],
    ['1h30m', 5_400_000, '90m'],
    ['36h', 1.5 * DAY_MS, '36h'],
    ['1y', 365 * DAY_MS, '365d'],
    ['1y1w', 372 * DAY_MS, '372d'],
    ['90s', 90_000, undefined],
    ['0s', undefined, undefined],
    ['month', undefined, undefined],
    ['', undefined, undefined],
  ])('%j is %p ms, and %p in OpenSLO', (text, ms, short) => {
    expect(prometheusDuration(text)).toBe(ms);
    expect(ms === undefined ? undefined : shorthand(ms)).toBe(short);
  });
});
