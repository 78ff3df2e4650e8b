import { describe, expect, test } from '@jest/globals';
import { planQuery } from './query-plan.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 20_000 * DAY + 13 * HOUR + 37 * MINUTE + 20_000;
const stored = { rawFrom: NOW - 30 * DAY, rolledTo: 20_000 * DAY + 12 * HOUR };

/** Range as ages before NOW. */
const range = (from: number, to: number) => ({ from: NOW - from, to: NOW - to });

describe('what a query reads', () => {
  test.each([
    ['an hour: points', range(HOUR, 0), MINUTE, 'raw'],
    ['six hours in steps of an hour: points', range(6 * HOUR, 0), HOUR, 'raw'],
    ['a day in steps that no bucket divides: points', range(DAY, 0), 10_000, 'raw'],
    ['a day in steps of five minutes: minutes', range(DAY, 0), 5 * MINUTE, '1m'],
    ['a week in steps of an hour: hours', range(7 * DAY, 0), HOUR, '1h'],
    ['a short range whose points are gone: minutes', range(60 * DAY, 60 * DAY - HOUR), 10_000, '1m'],
    ['a long range whose points are gone: hours', range(60 * DAY, 30 * DAY), DAY, '1h'],
  ])('%s', (_name, asked, step, resolution) => {
    expect(planQuery(asked, step, stored).resolution).toBe(resolution);
  });

  test('begins at a full bucket, and the seam is where buckets are complete', () => {
    expect(planQuery(range(DAY, 0), HOUR, stored)).toEqual({
      resolution: '1h',
      from: 20_000 * DAY + 13 * HOUR - DAY,
      to: NOW,
      step: HOUR,
      seam: 20_000 * DAY + 12 * HOUR,
    });
  });

  test('a range that ends inside complete buckets ends with points, which cut the bucket', () => {
    const to = stored.rolledTo - 90_000;
    expect(planQuery({ from: to - DAY, to }, HOUR, stored)).toMatchObject({
      to,
      seam: stored.rolledTo - HOUR,
    });
  });

  test('where the points are gone it ends at a full bucket, and its steps are full minutes', () => {
    const to = 19_000 * DAY + 30_500;
    expect(planQuery({ from: to - HOUR, to }, 90_000, stored)).toEqual({
      resolution: '1m',
      from: 19_000 * DAY - HOUR,
      to: 19_000 * DAY + MINUTE,
      step: 2 * MINUTE,
      seam: 19_000 * DAY + MINUTE,
    });
  });

  test('without any bucket points answer everything', () => {
    const plan = planQuery(range(DAY, 0), HOUR, { ...stored, rolledTo: null });
    expect(plan.seam).toBe(plan.from);
  });

  test.each([
    ['an empty range', range(0, 0), MINUTE],
    ['a step below a second', range(HOUR, 0), 500],
    ['too many steps', range(DAY, 0), 1_000],
    ['no number', { from: NaN, to: NOW }, MINUTE],
  ])('%s is refused', (_name, asked, step) => {
    expect(() => planQuery(asked, step, stored)).toThrow(
      expect.objectContaining({ code: 'store.query-range' }),
    );
  });
});
