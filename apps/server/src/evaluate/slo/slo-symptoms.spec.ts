import { describe, expect, test } from '@jest/globals';
import { RATIO_UNIT, type Budgeting } from '@tidewatch/slo';
import type { SliceRow } from '@tidewatch/store';
import { constantBurn, sparseSlices } from './slo-symptoms.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const NOW = 500_000 * HOUR;

const hours = (bad: readonly number[], total = 10_000): SliceRow[] =>
  bad.map((each, index) => ({
    ...{ slo: 'a', group: '', resolution: HOUR, start: NOW - (bad.length - index) * HOUR },
    ...{ good: total - each, total },
  }));
const day = (bad: (hour: number) => number): number[] => Array.from({ length: 24 }, (_, hour) => bad(hour));

describe('a constant burn', () => {
  test('is the same share of bad events in every hour of a day', () => {
    expect(constantBurn(hours(day(() => 500)))).toBeCloseTo(0.05, 12);
    expect(constantBurn(hours(day((hour) => 500 + (hour % 2) * 9)))).toBeCloseTo(0.05045, 12);
  });

  test('whatever the traffic', () => {
    const rows = day(() => 0).flatMap((_, hour) => hours([50 + hour * 5], 1_000 + hour * 100));
    expect(constantBurn(rows)).toBeCloseTo(0.05, 12);
  });

  test.each([
    ['when the share varies', day((hour) => 500 + hour)],
    ['when there was an hour without trouble', day((hour) => (hour === 7 ? 0 : 500))],
    ['when so few are bad that chance decides', day(() => 19)],
    ['before a day is known', Array.from({ length: 22 }, () => 500)],
    ['without any history', []],
  ])('is none %s', (_when, bad) => {
    expect(constantBurn(hours(bad))).toBeNull();
  });
});

describe('time slices that stay empty although data comes', () => {
  const budgeting = (sliceMs: number): Budgeting => ({
    ...{ method: 'Timeslices', sliceMs, sliceTarget: 0.9, emptySlices: 'ignore' },
  });
  const minutes = (total: (minute: number) => number): SliceRow[] =>
    Array.from({ length: 60 }, (_, minute) => ({
      ...{ slo: 'a', group: '', resolution: MINUTE, start: NOW - HOUR + minute * MINUTE },
      ...{ good: 0, total: total(minute) },
    }));

  test('are told with their number', () => {
    expect(
      sparseSlices(
        budgeting(10_000),
        minutes(() => 2),
        NOW,
      ),
    ).toEqual({ filled: 120, slices: 360 });
    const halves = minutes((minute) => minute % 2);
    expect(sparseSlices(budgeting(MINUTE), halves, NOW)).toEqual({ filled: 30, slices: 60 });
    const shares = halves.map((row) => ({ ...row, total: row.total * RATIO_UNIT }));
    expect(
      sparseSlices({ method: 'RatioTimeslices', sliceMs: MINUTE, emptySlices: 'ignore' }, shares, NOW),
    ).toEqual({ filled: 30, slices: 60 });
  });

  test.each<[string, Budgeting, SliceRow[]]>([
    ['of which few are empty', budgeting(MINUTE), minutes((minute) => (minute % 5 === 0 ? 0 : 1))],
    ['of an SLO that counts events', { method: 'Occurrences' }, minutes((minute) => minute % 2)],
    ['that are long', budgeting(10 * MINUTE), minutes(() => 0)],
    ['after which data has stopped', budgeting(MINUTE), minutes((minute) => (minute < 25 ? 1 : 0))],
    ['without any data', budgeting(MINUTE), []],
    [
      'that are older than an hour',
      budgeting(MINUTE),
      minutes((minute) => minute % 2).map((row) => ({ ...row, start: row.start - HOUR })),
    ],
    [
      'in hours, which are counted apart',
      budgeting(MINUTE),
      minutes((minute) => minute % 2).map((row) => ({ ...row, resolution: HOUR })),
    ],
  ])('are no symptom %s', (_what, how, rows) => {
    expect(sparseSlices(how, rows, NOW)).toBeNull();
  });
});
