import { describe, expect, test } from '@jest/globals';
import { historyRanges } from './history-ranges.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WINDOW = { from: 100 * DAY, to: 100 * DAY + HOUR };

describe('windows to compare traffic with', () => {
  test('the same time of day over two weeks', () => {
    const ranges = historyRanges(WINDOW, 0);
    expect(ranges).toHaveLength(14);
    expect(ranges[0]).toEqual({ from: 99 * DAY, to: 99 * DAY + HOUR });
    expect(ranges[13]).toEqual({ from: 86 * DAY, to: 86 * DAY + HOUR });
  });

  test('without a week of samples, the windows just before; none before the first sample', () => {
    const ranges = historyRanges(WINDOW, WINDOW.from - 6 * HOUR);
    expect(ranges).toHaveLength(6);
    expect(ranges[0]).toEqual({ from: WINDOW.from - HOUR, to: WINDOW.from });
    expect(ranges[5]).toEqual({ from: WINDOW.from - 6 * HOUR, to: WINDOW.from - 5 * HOUR });
    expect(historyRanges(WINDOW, WINDOW.from - 3 * DAY)).toHaveLength(23);
  });

  test('windows longer than a day do not overlap', () => {
    const week = { from: 100 * DAY, to: 107 * DAY };
    const ranges = historyRanges(week, 0);
    expect(ranges[0]).toEqual({ from: 93 * DAY, to: 100 * DAY });
    ranges.slice(1).forEach((range, index) => expect(range.to).toBeLessThanOrEqual(ranges[index]!.from));
  });

  test('none without samples', () => {
    expect(historyRanges(WINDOW, null)).toEqual([]);
  });
});
