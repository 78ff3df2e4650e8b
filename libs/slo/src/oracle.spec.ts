import { describe, expect, test } from '@jest/globals';
import { ceilTime } from '@tidewatch/core';
import { DEFAULT_TIERS, detectionTime, resetTime, type BurnTier } from '@tidewatch/slo';
import { firstEvaluation } from '../fixtures/outage-trace.js';

const MINUTE_MS = 60_000;
const STEP_MS = 10_000;
const TARGET = 0.999;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 1440 * MINUTE_MS,
};

/**
 * Time to detect / time to clear for a target of 99.9 %: the closed forms of The Site Reliability Workbook, chapter 5,
 * evaluated by hand to three digits. Columns are the workbook's four pairs, in the order of `COLUMNS`.
 */
const TABLE: readonly [errorRatio: number, ...cells: string[]][] = [
  [1, '51.8 s / 4.93 m', '2.16 m / 29.8 m', '4.32 m / 1.99 h', '4.32 m / 5.99 h'],
  [0.5, '1.73 m / 4.86 m', '4.32 m / 29.6 m', '8.64 m / 1.99 h', '8.64 m / 5.99 h'],
  [0.15, '5.76 m / 4.52 m', '14.4 m / 28.8 m', '28.8 m / 1.96 h', '28.8 m / 5.96 h'],
  [0.1, '8.64 m / 4.28 m', '21.6 m / 28.2 m', '43.2 m / 1.94 h', '43.2 m / 5.94 h'],
  [0.05, '17.3 m / 3.56 m', '43.2 m / 26.4 m', '1.44 h / 1.88 h', '1.44 h / 5.88 h'],
  [0.02, '43.2 m / 1.40 m', '1.80 h / 21.0 m', '3.60 h / 1.70 h', '3.60 h / 5.70 h'],
  [0.01, 'never', '3.60 h / 12 m', '7.20 h / 1.40 h', '7.20 h / 5.40 h'],
  [0.005, 'never', 'never', '14.4 h / 48 m', '14.4 h / 4.8 h'],
  [0.002, 'never', 'never', 'never', '1.50 d / 3.0 h'],
  [0.0011, 'never', 'never', 'never', '2.73 d / 32.7 m'],
];
const COLUMNS = ['page-fast', 'page-slow', 'ticket-fast', 'ticket-slow'];

interface Cell {
  readonly errorRatio: number;
  readonly tier: BurnTier;
  readonly name: string;
  readonly printed: string;
}

const cells: Cell[] = TABLE.flatMap(([errorRatio, ...row]) =>
  row.map((printed, column) => {
    const tier = DEFAULT_TIERS.find((each) => each.name === COLUMNS[column]);
    if (tier === undefined) {
      throw new Error(`no default tier ${COLUMNS[column] ?? ''}`);
    }
    return { errorRatio, tier, name: tier.name, printed };
  }),
);

describe('a constant error ratio after a clean history, evaluated every 10 seconds', () => {
  test.each(cells.filter((cell) => cell.printed !== 'never'))(
    '$name at an error ratio of $errorRatio fires and clears after $printed',
    ({ errorRatio, tier, printed }) => {
      const detection = detectionTime({ target: TARGET, errorRatio, tier }) ?? Number.NaN;
      const reset = resetTime({ target: TARGET, errorRatio, tier }) ?? Number.NaN;
      expectPrinted([detection, reset], printed);

      // Errors go on long enough to fill the short window, the condition of the closed form of the reset.
      const errorsEndMs = ceilTime(detection, STEP_MS) + tier.shortMs;
      const outage = { target: TARGET, tier, errorRatio, errorsEndMs, stepMs: STEP_MS };
      const fired = firstEvaluation(outage, { from: -STEP_MS, to: errorsEndMs }, true) ?? Number.NaN;
      expectFirstStepFrom(fired, detection);
      const cleared =
        firstEvaluation(outage, { from: fired, to: errorsEndMs + 2 * tier.shortMs }, false) ?? Number.NaN;
      expectFirstStepFrom(cleared - errorsEndMs, reset);
    },
  );

  test.each(cells.filter((cell) => cell.printed === 'never'))(
    '$name never fires at an error ratio of $errorRatio',
    ({ errorRatio, tier }) => {
      expect(detectionTime({ target: TARGET, errorRatio, tier })).toBeNull();
      // After one long window of errors nothing changes any more.
      const outage = { target: TARGET, tier, errorRatio, errorsEndMs: Infinity, stepMs: MINUTE_MS };
      expect(firstEvaluation(outage, { from: 0, to: tier.longMs + 10 * MINUTE_MS }, true)).toBeNull();
    },
  );
});

describe('a bounded trouble on a grid of one minute', () => {
  // fires: the closed form, counted up to the next whole minute, which is the same minute when it is whole already:
  // a burn equal to the threshold fires, and so keeps firing for one more minute at the end.
  test.each([
    { errorRatio: 0.15, minutes: 10, tier: 'page-fast', fires: 6, clears: 5 },
    { errorRatio: 0.15, minutes: 10, tier: 'page-slow', fires: null, clears: null },
    { errorRatio: 0.02, minutes: 60, tier: 'page-fast', fires: 44, clears: 2 },
    { errorRatio: 0.02, minutes: 60, tier: 'page-slow', fires: null, clears: null },
    { errorRatio: 0.005, minutes: 2000, tier: 'ticket-fast', fires: 864, clears: 49 },
    { errorRatio: 0.005, minutes: 2000, tier: 'page-slow', fires: null, clears: null },
  ])(
    '$errorRatio for $minutes minutes: $tier fires at minute $fires and clears $clears minutes after the end',
    ({ errorRatio, minutes, tier: name, fires, clears }) => {
      const tier = DEFAULT_TIERS.find((each) => each.name === name) as BurnTier;
      const errorsEndMs = minutes * MINUTE_MS;
      const outage = { target: TARGET, tier, errorRatio, errorsEndMs, stepMs: MINUTE_MS };
      const fired = firstEvaluation(outage, { from: 0, to: errorsEndMs + tier.longMs }, true);
      expect(fired === null ? null : fired / MINUTE_MS).toBe(fires);
      if (fired !== null) {
        const cleared = firstEvaluation(outage, { from: fired, to: errorsEndMs + tier.longMs }, false);
        expect(((cleared ?? Number.NaN) - errorsEndMs) / MINUTE_MS).toBe(clears);
      }
    },
  );
});

/** The evaluation at or next after the exact time. At equality a burn still counts as reached, hence `<=` for both. */
function expectFirstStepFrom(evaluation: number, exact: number): void {
  // 1e-3 ms: the closed forms are doubles, evaluations are whole steps.
  expect(evaluation).toBeGreaterThanOrEqual(exact - 1e-3);
  expect(evaluation).toBeLessThanOrEqual(exact + STEP_MS);
}

/** Compares with "51.8 s / 4.93 m" to half a unit of the last printed digit, or one where the source cut instead. */
function expectPrinted(times: readonly number[], printed: string): void {
  for (const [index, text] of printed.split(' / ').entries()) {
    const [number = '', unit = ''] = text.split(' ');
    const digits = number.split('.')[1]?.length ?? 0;
    const value = (times[index] ?? Number.NaN) / (UNIT_MS[unit] ?? Number.NaN);
    expect(Math.abs(value - Number(number))).toBeLessThan(10 ** -digits);
  }
}
