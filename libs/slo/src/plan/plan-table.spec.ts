import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS } from '../tiers.js';
import { planTable, type PlannedSlo } from './plan-table.js';
import { COUNTED_SLI } from '../../fixtures/counted-sli.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

const SLO: PlannedSlo = {
  name: 'ranker-availability',
  target: 0.999,
  periodMs: 30 * DAY_MS,
  budgeting: { method: 'Occurrences' },
  members: [member(0.999)],
  tiers: DEFAULT_TIERS,
};

function member(target: number, weight = 1): PlannedSlo['members'][number] {
  return { name: '', target, weight, sli: COUNTED_SLI };
}

/** Time to fire / time to clear for 99.9 % over 30 days: The Site Reliability Workbook's closed forms by hand, to three digits. */
const TABLE: readonly [errorRatio: number, burn: number, ...cells: string[]][] = [
  [1, 1000, '51.8 s / 4.93 m', '2.16 m / 29.8 m', '4.32 m / 1.99 h', '4.32 m / 5.99 h'],
  [0.5, 500, '1.73 m / 4.86 m', '4.32 m / 29.6 m', '8.64 m / 1.99 h', '8.64 m / 5.99 h'],
  [0.15, 150, '5.76 m / 4.52 m', '14.4 m / 28.8 m', '28.8 m / 1.96 h', '28.8 m / 5.96 h'],
  [0.1, 100, '8.64 m / 4.28 m', '21.6 m / 28.2 m', '43.2 m / 1.94 h', '43.2 m / 5.94 h'],
  [0.05, 50, '17.3 m / 3.56 m', '43.2 m / 26.4 m', '1.44 h / 1.88 h', '1.44 h / 5.88 h'],
  [0.02, 20, '43.2 m / 1.40 m', '1.80 h / 21.0 m', '3.60 h / 1.70 h', '3.60 h / 5.70 h'],
  [0.01, 10, 'never', '3.60 h / 12 m', '7.20 h / 1.40 h', '7.20 h / 5.40 h'],
  [0.005, 5, 'never', 'never', '14.4 h / 48 m', '14.4 h / 4.8 h'],
  [0.002, 2, 'never', 'never', 'never', '1.50 d / 3.0 h'],
  [0.0011, 1.1, 'never', 'never', 'never', '2.73 d / 32.7 m'],
];

describe("99.9 % over 30 days with the workbook's tiers", () => {
  const { rows } = planTable(SLO);

  test.each(TABLE.map((row, index) => [index, ...row] as const))(
    'row %i: an error ratio of %f burns %f times too fast',
    (index, errorRatio, burn, ...cells) => {
      const row = rows[index];
      expect(row?.errorRatio).toBe(errorRatio);
      expect(row?.burn).toBeCloseTo(burn, 9);
      for (const [column, printed] of cells.entries()) {
        const cell = row?.cells[column];
        if (printed === 'never') {
          expect([cell?.firesAfterMs, cell?.resetsAfterMs, cell?.spent]).toEqual([null, null, null]);
        } else {
          expectPrinted([cell?.firesAfterMs, cell?.resetsAfterMs], printed);
        }
      }
    },
  );

  test('what a tier costs is its share of the budget, whatever the error ratio', () => {
    const spent = rows[0]?.cells.map((cell) => cell.spent ?? Number.NaN) ?? [];
    [0.02, 0.05, 0.1, 0.1].forEach((share, tier) => expect(spent[tier]).toBeCloseTo(share, 12));
    expect(rows[5]?.cells[0]?.spent).toBeCloseTo(0.02, 12);
  });

  test('a full budget lasts the period divided by the burn', () => {
    expect(rows[0]?.exhaustedAfterMs).toBeCloseTo(43.2 * MINUTE_MS, 3);
    const [lasting, exact] = planTable(SLO, { errorRatios: [0.0009, 0.001] }).rows;
    expect([lasting?.exhaustedAfterMs, exact?.exhaustedAfterMs]).toEqual([
      null,
      expect.closeTo(30 * DAY_MS, 0),
    ]);
  });
});

describe('little traffic', () => {
  test('the minimum of bad events makes a tier later', () => {
    // Six requests a minute: the fifth failure of an outage comes after 50 s, less than the 51.8 s of the burn rate.
    expect(planTable(SLO, { eventsPerSecond: 0.1 }).rows[0]?.cells[0]?.gated).toBeNull();
    const [cell] = planTable(SLO, { eventsPerSecond: 0.01 }).rows[0]?.cells ?? [];
    expect(cell?.firesAfterMs).toBeCloseTo(500_000, 6);
    expect(cell?.gated).toBe('later');
    expect(cell?.spent).toBeCloseTo((1000 * 500_000) / (30 * DAY_MS), 12);
  });

  test('or keeps it from firing', () => {
    // Four requests an hour never fail five times in one.
    const [cell] = planTable(SLO, { eventsPerSecond: 4 / 3_600 }).rows[0]?.cells ?? [];
    expect([cell?.firesAfterMs, cell?.gated]).toEqual([null, 'never']);
  });
});

describe('time slices', () => {
  const slices: PlannedSlo = {
    ...SLO,
    target: 0.99,
    budgeting: { method: 'Timeslices', sliceMs: MINUTE_MS, sliceTarget: 0.95, emptySlices: 'ignore' },
  };

  test('are bad altogether or not at all, and known when they are over', () => {
    const [bad, edge, good] = planTable(slices, { errorRatios: [0.06, 0.05, 0.01] }).rows;
    expect([bad?.burn, edge?.burn, good?.burn]).toEqual([expect.closeTo(100, 9), 0, 0]);
    // 8.64 minutes by the burn rate: the ninth slice decides, and the five bad slices are long there.
    expect(bad?.cells[0]?.firesAfterMs).toBe(9 * MINUTE_MS);
    expect(edge?.cells[0]?.firesAfterMs).toBeNull();
  });

  test('of ratios burn as events do', () => {
    const ratio: PlannedSlo = {
      ...SLO,
      budgeting: { method: 'RatioTimeslices', sliceMs: MINUTE_MS, emptySlices: 'ignore' },
    };
    expect(planTable(ratio, { errorRatios: [0.15] }).rows[0]?.cells[0]?.firesAfterMs).toBe(6 * MINUTE_MS);
  });
});

test('members of a composite burn together, each times its weight', () => {
  const members = [member(0.999), member(0.998, 2)];
  const [row] = planTable({ ...SLO, target: 0.998, members }, { errorRatios: [0.1] }).rows;
  expect(row?.burn).toBeCloseTo(100 + 2 * 50, 9);
  expect(row?.cells[0]?.firesAfterMs).toBeCloseTo((14.4 / 200) * HOUR_MS, 3);
});

test('a hold comes on top', () => {
  const tiers = DEFAULT_TIERS.map((tier) => ({ ...tier, holdMs: 2 * MINUTE_MS }));
  expect(planTable({ ...SLO, tiers }).rows[0]?.cells[0]?.firesAfterMs).toBeCloseTo(171_840, 6);
});

/** Compares with "51.8 s / 4.93 m" to half a unit of the last printed digit, or one where the source cut instead. */
function expectPrinted(times: readonly (number | null | undefined)[], printed: string): void {
  for (const [index, text] of printed.split(' / ').entries()) {
    const [number = '', unit = ''] = text.split(' ');
    const digits = number.split('.')[1]?.length ?? 0;
    const value = (times[index] ?? Number.NaN) / (UNIT_MS[unit] ?? Number.NaN);
    expect(Math.abs(value - Number(number))).toBeLessThan(10 ** -digits);
  }
}
