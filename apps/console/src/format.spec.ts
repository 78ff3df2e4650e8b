import { describe, expect, test } from '@jest/globals';
import {
  formatAge,
  formatBudget,
  formatBurn,
  formatBytes,
  formatClock,
  formatCompactCount,
  formatInterval,
  formatLatency,
  formatProbability,
  formatQuantity,
  formatShare,
  formatSli,
  formatSpan,
  formatStatistic,
  formatTarget,
  formatWindow,
} from './format.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('formatBurn', () => {
  test.each([
    [null, '–'],
    [0, '0×'],
    [0.01, '<0.1×'],
    [0.05, '0.1×'],
    [1, '1×'],
    [14.4, '14.4×'],
    [99.96, '100×'],
    [1000, '1,000×'],
    [Infinity, '–'],
  ])('writes a burn of %p as %p', (burn, text) => {
    expect(formatBurn(burn)).toBe(text);
  });
});

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [3543, '3.46 KiB'],
    [67_108_864, '64 MiB'],
    [1_072_693_248, '1023 MiB'],
    [4 * 1024 ** 3, '4 GiB'],
    [5 * 1024 ** 5, '5120 TiB'],
  ])('writes %p bytes as %p', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatLatency', () => {
  test.each([
    [null, '–'],
    [0, '0 ms'],
    [4.26, '4.3 ms'],
    [812.4, '812 ms'],
    [999.9, '1 s'],
    [12_340, '12.3 s'],
  ])('writes %p ms as %p', (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });
});

describe('formatTarget', () => {
  test.each([
    [0.9995, '99.95%'],
    [0.999, '99.9%'],
    [0.9, '90%'],
    [0.99999, '99.999%'],
  ])('writes %p without float noise as %p', (ratio, text) => {
    expect(formatTarget(ratio)).toBe(text);
  });
});

describe('formatSli', () => {
  test.each([
    [null, '–'],
    [1, '100%'],
    [0.9995, '99.95%'],
    [0.99949, '99.949%'],
    [0.98999, '98.99%'],
    [0.998999, '99.89%'],
    [0.999999999, '99.9999%'],
    [0, '0%'],
  ])('never rounds %p up: %p', (ratio, text) => {
    expect(formatSli(ratio)).toBe(text);
  });
});

describe('formatBudget', () => {
  test.each([
    [null, 'no events yet'],
    [1, '100% left'],
    [0.624, '62.4% left'],
    [0, '0% left'],
    [-0.34, 'overspent by 34%'],
    [-12.5, 'overspent by 1,250%'],
  ])('writes %p as %p', (remaining, text) => {
    expect(formatBudget(remaining)).toBe(text);
  });
});

describe('formatSpan and formatAge', () => {
  test.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [5 * MINUTE + 40_000, '5 min'],
    [90 * MINUTE, '1 h 30 min'],
    [2 * HOUR, '2 h'],
    [3 * DAY + 4 * HOUR + 5 * MINUTE, '3 d 4 h'],
  ])('writes a span of %p ms as %p', (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });

  test('an age below two seconds, or in the future, is just now', () => {
    expect(formatAge(10_000, 11_900)).toBe('just now');
    expect(formatAge(20_000, 11_900)).toBe('just now');
    expect(formatAge(10_000, 22_000)).toBe('12 s ago');
  });
});

describe('formatWindow', () => {
  test.each([
    [5 * MINUTE, '5m'],
    [HOUR, '1h'],
    [90 * MINUTE, '90m'],
    [3 * DAY, '3d'],
    [90_000, '90s'],
    [250, '250ms'],
  ])('writes a window of %p ms as %p', (ms, text) => {
    expect(formatWindow(ms)).toBe(text);
  });
});

describe('formatCompactCount', () => {
  test.each([
    [0, '0'],
    [9_999, '9,999'],
    [12_400, '12.4 k'],
    [999_499, '999 k'],
    [999_999, '1 M'],
    [3_070_000, '3.07 M'],
    [18_234_567, '18.2 M'],
    [2_000_000_000, '2 G'],
  ])('writes %p as %p', (count, text) => {
    expect(formatCompactCount(count)).toBe(text);
  });
});

describe('formatProbability', () => {
  test.each([
    [null, '–'],
    [0, '<1e-300'],
    [3.14e-12, '3.1e-12'],
    [0.0009, '9.0e-4'],
    [0.0421, '0.042'],
    [1, '1.000'],
  ])('writes %p as %p', (value, text) => {
    expect(formatProbability(value)).toBe(text);
  });
});

describe('formatStatistic, formatInterval and formatShare', () => {
  test.each([
    [null, '–'],
    [-0.0123, '-0.012'],
    [0.03, '0.030'],
    [9.9, '9.900'],
    [12.345, '12.35'],
    [999.4, '999.4'],
    [48_210, '48.2 k'],
  ])('writes a statistic of %p as %p', (value, text) => {
    expect(formatStatistic(value)).toBe(text);
  });

  test('an interval without an upper end says so', () => {
    expect(formatInterval(0.021, 0.064)).toBe('0.021 to 0.064');
    expect(formatInterval(0.021, null)).toBe('0.021 or more');
  });

  test.each([
    [0, '0.0 %'],
    [0.0004, '<0.1 %'],
    [0.041, '4.1 %'],
    [0.234, '23 %'],
    [1, '100 %'],
  ])('writes a share of %p as %p', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

test('a clock time is written with seconds in the zone asked for', () => {
  expect(formatClock(Date.UTC(2026, 10, 22, 9, 4, 5), 'UTC')).toBe('09:04:05');
  expect(formatClock(Date.UTC(2026, 10, 22, 23, 4, 5), 'Europe/Berlin')).toBe('00:04:05');
});

test('a quantity takes the singular for one only', () => {
  expect(formatQuantity(1, 'SLO')).toBe('1 SLO');
  expect(formatQuantity(0, 'SLO')).toBe('0 SLOs');
  expect(formatQuantity(1200, 'query', 'queries')).toBe('1,200 queries');
});
