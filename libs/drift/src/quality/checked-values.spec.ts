import { describe, expect, test } from '@jest/globals';
import {
  MINUTE,
  HOUR,
  END,
  monitorWith,
  random,
  numbers,
  GRID,
  colours,
  numeric,
  coloured,
  judge,
  of,
  alarms,
} from '../../../../test/harness/quality-runs.js';
import { countValues } from '../grid/count-values.js';
import { gridFromCategories } from '../grid/make-grid.js';
import { gridFromQuantiles } from '../grid/make-grid.js';
import type { SampleValue } from '../grid/count-values.js';
import type { VariableComparison } from '../grid/counted.js';

describe('values', () => {
  test('a surge of nulls in one segment is named with its shares, its interval and its baseline', () => {
    const broken = [...numbers(900), ...Array.from({ length: 100 }, () => null)];
    const verdicts = judge({
      comparisons: [
        numeric(numbers(2_000)),
        numeric(broken, { segment: 'region=eu-1' }),
        numeric(numbers(1_000), { segment: 'region=us-1' }),
      ],
      columns: { window: ['age'], baseline: ['age'] },
    });
    expect(alarms(verdicts)).toEqual(['missing/age{region=eu-1}']);
    const verdict = of(verdicts, 'missing/age{region=eu-1}');
    expect(verdict).toMatchObject({
      n: 1_000,
      m: 10_000,
      statistic: 0.1,
      baseline: 'training',
      baselineVersion: 2,
      title: 'age in region=eu-1, missing',
      conditions: { significant: true, large: true, held: true },
    });
    expect(verdict.statisticLow).toBeGreaterThan(0.08);
    expect(verdict.statisticHigh).toBeLessThan(0.13);
    expect(verdict.reason).toMatch(
      /^Age in region=eu-1 has no value in 10 % of 1,000 samples, and in none of 10,000 samples of the baseline; p = .* below alpha/,
    );
  });

  test('it is watched until it has lasted for the hold time', () => {
    const comparisons = [numeric([...numbers(900), ...Array.from({ length: 100 }, () => null)])];
    const monitor = monitorWith({ hold: '1h' });
    expect(of(judge({ monitor, comparisons }), 'missing/age')).toMatchObject({ state: 'watch', since: END });
    const previous = new Map([['missing/age', { windowEnd: END - 5 * MINUTE, since: END - HOUR }]]);
    expect(of(judge({ monitor, comparisons, previous }), 'missing/age').state).toBe('alarm');
  });

  test.each([
    ['all null', Array.from({ length: 500 }, () => null)],
    ['all NaN', Array.from({ length: 500 }, () => NaN)],
    ['all infinite', Array.from({ length: 500 }, () => Infinity)],
  ])('a column that is %s is missing', (_, current) => {
    const verdicts = judge({
      comparisons: [numeric(current)],
      columns: { window: ['age'], baseline: ['age'] },
    });
    expect(alarms(verdicts)).toEqual(['missing/age']);
    expect(of(verdicts, 'missing/age').statistic).toBe(1);
  });

  test('numbers that became text are another type, and not out of range', () => {
    const mixed = [...numbers(700), ...Array.from({ length: 300 }, () => '42')];
    const verdicts = judge({
      comparisons: [numeric(mixed)],
      columns: { window: ['age'], baseline: ['age'] },
    });
    expect(alarms(verdicts)).toEqual(['type/age']);
    expect(of(verdicts, 'type/age').statistic).toBeCloseTo(0.3, 12);
  });

  test('values beyond those of the baseline are out of range, on both sides', () => {
    const spread = [
      ...numbers(900),
      ...Array.from({ length: 50 }, () => -3),
      ...Array.from({ length: 50 }, () => 7),
    ];
    const verdicts = judge({
      comparisons: [numeric(spread)],
      columns: { window: ['age'], baseline: ['age'] },
    });
    expect(of(verdicts, 'range/age')).toMatchObject({ state: 'alarm', statistic: 0.1 });
  });

  test('limits of the rule stand instead of the ends of the baseline, and need not last', () => {
    const monitor = monitorWith({ hold: '1h', checks: { range: { limits: { age: { min: 0, max: 0.5 } } } } });
    const verdicts = judge({
      monitor,
      comparisons: [numeric(numbers(1_000))],
      outside: [{ variable: 'age', values: 1_000, below: 0, above: 480 }],
    });
    expect(verdicts.filter(({ check }) => check === 'range')).toHaveLength(1);
    expect(of(verdicts, 'range/age:limits')).toMatchObject({
      state: 'alarm',
      reason:
        'Age must lie between 0 and 0.5, and does not in 48 % of 1,000 values (no values below, 480 values above).',
    });
    const none = judge({ monitor, outside: [{ variable: 'age', values: 0, below: 0, above: 0 }] });
    expect(of(none, 'range/age:limits').state).toBe('not-enough-data');
  });

  test('a constant column that stays constant passes; one beside it is out of range', () => {
    const grid = gridFromQuantiles(Array.from({ length: 1_001 }, () => 5));
    const constant = (value: number): VariableComparison => ({
      variable: { source: 'feature', name: 'age' },
      segment: '',
      grid,
      reference: {
        ...countValues(
          grid,
          Array.from({ length: 1_000 }, () => 5),
        ),
        lag: null,
      },
      current: countValues(
        grid,
        Array.from({ length: 1_000 }, () => value),
      ),
    });
    expect(
      alarms(judge({ comparisons: [constant(5)], columns: { window: ['age'], baseline: ['age'] } })),
    ).toEqual([]);
    expect(
      alarms(judge({ comparisons: [constant(6)], columns: { window: ['age'], baseline: ['age'] } })),
    ).toEqual(['range/age']);
  });

  test('dependent values carry less evidence than as many independent ones', () => {
    const sticky = Array.from({ length: 1_000 }, (_, index) => (index < 500 ? 0.1 : 0.9));
    const withNulls = [...sticky.slice(0, 975), ...Array.from({ length: 25 }, () => null)];
    const shuffled = [...numbers(975), ...Array.from({ length: 25 }, () => null)];
    const p = (values: SampleValue[]) => of(judge({ comparisons: [numeric(values)] }), 'missing/age').pValue!;
    expect(p(withNulls)).toBeGreaterThan(100 * p(shuffled));
  });
});

describe('categories', () => {
  test('a new category is an alarm by its share, a single one is not', () => {
    const columns = { window: ['colour'], baseline: ['colour'] };
    const some = judge({
      comparisons: [coloured([...colours(950), ...Array.from({ length: 50 }, () => 'mauve')])],
      columns,
    });
    expect(alarms(some)).toEqual(['newCategories/colour']);
    expect(alarms(judge({ comparisons: [coloured([...colours(999), 'mauve'])], columns }))).toEqual([]);
  });

  test('vanished categories are named, the largest first', () => {
    const verdicts = judge({
      comparisons: [
        coloured(
          Array.from({ length: 500 }, () => 'red'),
          ['red', 'red', 'green', 'green', 'blue'].flatMap((each) =>
            Array.from({ length: 1_000 }, () => each),
          ),
        ),
      ],
      columns: { window: ['colour'], baseline: ['colour'] },
    });
    expect(alarms(verdicts)).toEqual(['vanishedCategories/colour']);
    expect(of(verdicts, 'vanishedCategories/colour')).toMatchObject({
      statistic: 0.4,
      reason: expect.stringMatching(
        /^Colour has "green" and "blue" no more in 500 samples; "green" was 40 % of the baseline/,
      ),
    });
  });

  test('a rare category may be absent by chance', () => {
    const rare = [...Array.from({ length: 9_995 }, () => 'red'), ...Array.from({ length: 5 }, () => 'blue')];
    const verdicts = judge({
      comparisons: [
        coloured(
          Array.from({ length: 300 }, () => 'red'),
          rare,
        ),
      ],
      columns: { window: ['colour'], baseline: ['colour'] },
    });
    expect(of(verdicts, 'vanishedCategories/colour').state).toBe('ok');
  });

  test('a million categories are capped: the rest count as unknown on both sides, and that is no alarm', () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `user-${i}`);
    const grid = gridFromCategories(names.map((name) => [name, 1]));
    const users = (size: number): string[] =>
      Array.from({ length: size }, () => `user-${Math.floor(random() * 1_000_000)}`);
    const verdicts = judge({
      comparisons: [
        {
          variable: { source: 'feature', name: 'user' },
          segment: '',
          grid,
          reference: { ...countValues(grid, users(200_000)), lag: null },
          current: countValues(grid, users(20_000)),
        },
      ],
      columns: { window: ['user'], baseline: ['user'] },
    });
    expect(alarms(verdicts)).toEqual([]);
  });
});

describe('schema', () => {
  test('a feature that no sample has any more and one that is new are both named', () => {
    const verdicts = judge({
      comparisons: [numeric(Array.from({ length: 500 }, () => null))],
      columns: { window: ['height'], baseline: ['age'] },
      monitor: monitorWith({ checks: { missing: false } }),
    });
    expect(alarms(verdicts).sort()).toEqual(['schema/age', 'schema/height']);
    expect(of(verdicts, 'schema/age').reason).toMatch(
      /^Age is in none of 500 samples, and was in 100 % of the baseline/,
    );
    expect(of(verdicts, 'schema/height')).toMatchObject({
      reason: 'Height is sent, and the baseline does not know it.',
    });
  });

  test('a feature sent as null is there', () => {
    const verdicts = judge({
      comparisons: [numeric(Array.from({ length: 500 }, () => null))],
      columns: { window: ['age'], baseline: ['age'] },
    });
    expect(of(verdicts, 'schema/age').state).toBe('ok');
    expect(of(verdicts, 'missing/age').state).toBe('alarm');
  });

  test('a feature that was rare may be absent by chance', () => {
    const seldom = {
      ...countValues(GRID, [...numbers(3), ...Array.from({ length: 9_997 }, () => null)]),
      lag: null,
    };
    const verdicts = judge({
      comparisons: [
        numeric(
          Array.from({ length: 500 }, () => null),
          { reference: seldom },
        ),
      ],
      columns: { window: [], baseline: ['age'] },
    });
    expect(of(verdicts, 'schema/age').state).toBe('ok');
  });
});
