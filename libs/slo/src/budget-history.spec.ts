import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { budgetHistory, periodEndingAt } from './budget-history.js';
import { RATIO_UNIT } from './counting/budget-slices.js';
import type { SliceCount } from './counting/slice-count.js';
import type { SloDefinition, SloMember } from './definition.js';
import type { CalendarWindow } from './window/slo-window.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T00:00:00Z');

const member = (name: string, target: number, weight: number): SloMember => ({
  ...{ name, target, weight },
  sli: { kind: 'foreign', sourceType: 'x' },
});
const SLO: Pick<SloDefinition, 'window' | 'budgeting' | 'members' | 'target'> = {
  window: { kind: 'rolling', periodMs: 2 * DAY },
  budgeting: { method: 'Occurrences' },
  target: 0.99,
  members: [member('', 0.99, 1)],
};

/** One slice an hour from the beginning, each of 100 events. */
const hours = (bad: readonly number[]): SliceCount[] =>
  bad.map((each, index) => ({ start: START + index * HOUR, good: 100 - each, total: 100 }));
const everyHours = (from: number, to: number, step: number): number[] =>
  Array.from(
    { length: Math.floor((to - from) / step) + 1 },
    (_, index) => START + (from + index * step) * HOUR,
  );

describe('the history of a rolling budget', () => {
  test('errors are spent when they happen, and come back when they leave the period', () => {
    const slices = hours([...Array<number>(24).fill(0), 24, ...Array<number>(71).fill(0)]);
    const points = budgetHistory({
      slo: SLO,
      parts: [slices],
      sliceMs: HOUR,
      moments: everyHours(24, 96, 24),
    });
    expect(points.map(({ at }) => (at - START) / HOUR)).toEqual([48, 72, 96]);
    // 24 bad events of 4,800 in the period, where 48 are allowed.
    expect(points.map(({ remaining }) => remaining)).toEqual([0.5, 0.5, 1]);
    expect(points.map(({ burn }) => burn)).toEqual([1, 0, 0]);
    expect(points[0]).toMatchObject({ good: 2_376, total: 2_400 });
  });

  test('time without events has neither a budget nor a burn rate', () => {
    const points = budgetHistory({
      slo: SLO,
      parts: [hours([0])],
      sliceMs: HOUR,
      moments: everyHours(0, 50, 1).slice(-3),
    });
    expect(points.map(({ remaining, burn }) => [remaining, burn])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  test('agrees with adding up every slice of every period', () => {
    const random = seededRandom(7);
    const slices = hours(Array.from({ length: 240 }, () => Math.floor(random() * 5))).filter(
      () => random() < 0.8,
    );
    const moments = everyHours(48, 240, 5);
    const points = budgetHistory({ slo: SLO, parts: [slices], sliceMs: HOUR, moments });
    for (const { at, remaining } of points) {
      const inside = slices.filter(({ start }) => start >= at - 2 * DAY && start < at);
      const total = inside.reduce((sum, slice) => sum + slice.total, 0);
      const good = inside.reduce((sum, slice) => sum + slice.good, 0);
      expect(remaining).toBeCloseTo(1 - (total - good) / total / 0.01, 12);
    }
  });
});

describe('the history of a calendar budget', () => {
  const daily: CalendarWindow = {
    ...{ kind: 'calendar', amount: 1, unit: 'd' },
    ...{ startTime: '2026-01-01 00:00:00', timeZone: 'Asia/Kolkata' },
  };

  test('begins anew with each period; a boundary shows what was left in the end', () => {
    // The day begins at 18:30 UTC: the slice of 18:00 counts for both days.
    const slices = hours(Array.from({ length: 48 }, (_, hour) => (hour < 18 ? 1 : 0)));
    const end = START + 18.5 * HOUR;
    const points = budgetHistory({
      slo: { ...SLO, window: daily },
      parts: [slices],
      sliceMs: HOUR,
      moments: [end - HOUR, end, end + HOUR],
    });
    // 18 bad of 1,900 events of the first day, all of it passed.
    expect(points[0]?.remaining).toBeCloseTo(1 - 18 / 1_900 / 0.01, 12);
    expect(points[1]?.remaining).toBe(1);
    expect(periodEndingAt(daily, end)).toEqual({ from: end - DAY, to: end });
    expect(periodEndingAt(daily, end + 1)).toEqual({ from: end, to: end + DAY });
  });
});

test('the members of a composite spend one budget together, by weight', () => {
  const composite = { ...SLO, members: [member('a', 0.99, 0.5), member('b', 0.9, 0.5)] };
  const points = budgetHistory({
    slo: composite,
    parts: [hours(Array<number>(48).fill(1)), hours(Array<number>(48).fill(2))],
    sliceMs: HOUR,
    moments: everyHours(47, 48, 1),
  });
  expect(points[0]?.remaining).toBeCloseTo(1 - (0.5 * 1 + 0.5 * 0.2), 12);
  expect(points[0]).toMatchObject({ good: 197, total: 200 });
});

test('shares of slices are shown as slices', () => {
  const ratio = {
    ...SLO,
    budgeting: { method: 'RatioTimeslices', sliceMs: HOUR, emptySlices: 'ignore' },
  } as const;
  const points = budgetHistory({
    slo: ratio,
    parts: [[{ start: START, good: 0.75 * RATIO_UNIT, total: RATIO_UNIT }]],
    sliceMs: HOUR,
    moments: everyHours(0, 1, 1),
  });
  expect(points[0]).toMatchObject({ good: 0.75, total: 1 });
});
