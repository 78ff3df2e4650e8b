import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { countValues, type SampleValue } from '../grid/count-values.js';
import type { Counted, VariableComparison } from '../grid/counted.js';
import type { Grid } from '../grid/grid.js';
import { gridFromCategories, gridFromQuantiles } from '../grid/make-grid.js';
import { driftMonitorSchema } from '../monitor/drift-monitor.js';
import type { PreviousDecision } from '../verdict/decide.js';
import type { DriftRunInput } from './drift-run.js';
import { judgeRun } from './judge-run.js';
import { DRIFT_WORDS, summariseMonitor } from './summarise-monitor.js';

const MINUTE = 60_000;
const END = Date.parse('2026-11-22T11:00:00Z');
const WINDOW = { from: END - 60 * MINUTE, to: END };

const monitorWith = (spec: Record<string, unknown> = {}) =>
  driftMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'DriftMonitor',
    metadata: { name: 'inputs' },
    spec: { model: 'm', baseline: { kind: 'fixed', name: 'training' }, ...spec },
  });

const random = seededRandom(23);
const normals = (size: number, shift = 0) => Array.from({ length: size }, () => seededNormal(random) + shift);
const REFERENCE = normals(10_000);
const sorted = Float64Array.from(REFERENCE).sort();
const GRID = gridFromQuantiles(
  Array.from({ length: 1_001 }, (_, i) => sorted[Math.floor((i / 1_000) * 9_999)]!),
);
/** Uploaded datasets have no order. */
const unordered = (grid: Grid, values: SampleValue[]): Counted => ({
  ...countValues(grid, values),
  lag: null,
});

function comparison(
  name: string,
  values: SampleValue[],
  partial: Partial<VariableComparison> = {},
): VariableComparison {
  const grid = partial.grid ?? GRID;
  return {
    variable: { source: 'feature', name },
    segment: '',
    grid,
    reference: unordered(grid, REFERENCE),
    current: countValues(grid, values),
    ...partial,
  };
}

function judge(comparisons: VariableComparison[], partial: Partial<DriftRunInput> = {}) {
  return judgeRun({
    monitor: monitorWith(),
    window: WINDOW,
    baseline: { name: 'training', version: 3 },
    comparisons,
    problems: [],
    previous: new Map(),
    revised: false,
    ...partial,
  });
}
const held = (...subjects: string[]): ReadonlyMap<string, PreviousDecision> =>
  new Map(subjects.map((subject) => [subject, { windowEnd: END - 5 * MINUTE, since: END - 60 * MINUTE }]));
const of = (verdicts: ReturnType<typeof judge>, subject: string) =>
  verdicts.find((each) => each.subject === subject);

describe('a feature that has moved', () => {
  const moved = comparison('amount', normals(3_000, 0.5));

  test('is watched until it has lasted, then an alarm, with all it rests on', () => {
    expect(of(judge([moved]), 'amount/ks')).toMatchObject({ state: 'watch', since: END });
    const verdict = of(judge([moved], { previous: held('amount/ks') }), 'amount/ks');
    expect(verdict).toMatchObject({
      state: 'alarm',
      variable: 'amount',
      segment: '',
      test: 'ks',
      n: 3_000,
      m: 10_000,
      alpha: 1 / 8_640,
      minimumEffect: 0.03,
      conditions: { significant: true, large: true, held: true },
      since: END - 60 * MINUTE,
      baseline: 'training',
      baselineVersion: 3,
      window: WINDOW,
      revised: false,
      location: { kind: 'value', moreBelow: false },
    });
    expect(verdict!.statistic).toBeCloseTo(0.2, 1);
    expect(verdict!.statisticLow).toBeGreaterThan(0.15);
    expect(verdict!.reason).toMatch(
      /^Feature amount has drifted: the KS distance D is 0\.\d+ \(95 % interval 0\.\d+ to 0\.\d+\), with fewer values below [\d.-]+, between 3,000 values in the window 2026-11-22 10:00 to 11:00 UTC and 10,000 values of baseline training version 3; p = \S+, corrected for 2 tests, is below alpha = 1\.2e-4, and the interval starts above the minimum effect of 0.03, for 1 h now\.$/,
    );
  });

  test('by less than matters is only watched, and the reason says which condition fails', () => {
    const slightly = comparison('amount', normals(40_000, 0.1));
    const verdict = of(judge([slightly], { previous: held('amount/ks') }), 'amount/ks');
    expect(verdict).toMatchObject({
      state: 'watch',
      conditions: { significant: true, large: false, held: false },
    });
    expect(verdict!.reason).toContain('has moved, but perhaps by less than matters');
    expect(verdict!.reason).toContain('the interval starts no higher than the minimum effect of 0.03.');
  });

  test('must hold for as long as the rule says', () => {
    const verdict = of(judge([moved]), 'amount/ks');
    expect(verdict!.reason).toContain('must last to count');
    expect(verdict!.reason).toContain('for 0 s of the 1 h that it must last');
    const now = judge([moved], { monitor: monitorWith({ hold: '0s' }) });
    expect(of(now, 'amount/ks')?.state).toBe('alarm');
  });

  test('among forty that have not is corrected for all of them', () => {
    const crowd = Array.from({ length: 40 }, (_, i) => comparison(`f${i}`, normals(2_000)));
    const verdicts = judge([moved, ...crowd]);
    expect(of(verdicts, 'amount/ks')?.pAdjusted).toBeCloseTo(of(verdicts, 'amount/ks')!.pValue! * 82, 30);
    expect(verdicts.filter(({ state }) => state !== 'ok').map(({ subject }) => subject)).toEqual([
      'amount/ks',
    ]);
    const summary = summariseMonitor(judge([moved, ...crowd], { previous: held('amount/ks') }), DRIFT_WORDS);
    expect(summary.headline).toMatch(/^1 of 41 drifted against training version 3: amount \(D = 0\.\d+\)\.$/);
  });

  test('whose values repeat each other counts for less', () => {
    let x = 0;
    const dependent = Array.from(
      { length: 3_000 },
      () => (x = 0.9 * x + Math.sqrt(0.19) * seededNormal(random)),
    );
    const verdict = of(judge([comparison('slow', dependent)]), 'slow/ks')!;
    expect(verdict.inflation).toBeGreaterThan(8);
    expect(verdict.reason).toMatch(
      /Neighbouring values depend on each other: \d+(\.\d+)? of them are worth one independent value\./,
    );
  });
});

describe('defined verdicts for bad input', () => {
  const categorical = gridFromCategories([
    ['a', 600],
    ['b', 400],
  ]);
  const reference = unordered(categorical, [
    ...new Array<string>(6_000).fill('a'),
    ...new Array<string>(4_000).fill('b'),
  ]);
  const constant = gridFromQuantiles([5, 5, 5]);
  const nulls = new Array<null>(1_000).fill(null);

  test.each<[string, VariableComparison, Record<string, string>]>([
    ['an empty window', comparison('x', []), { 'x/ks': 'not-enough-data', 'x/missing': 'not-enough-data' }],
    [
      'a few values',
      comparison('x', normals(199)),
      { 'x/ks': 'not-enough-data', 'x/missing': 'not-enough-data' },
    ],
    ['all null', comparison('x', nulls), { 'x/ks': 'not-enough-data', 'x/missing': 'watch' }],
    [
      'all NaN',
      comparison('x', new Array<number>(500).fill(Number.NaN)),
      { 'x/ks': 'not-enough-data', 'x/missing': 'watch' },
    ],
    [
      'infinities among numbers',
      comparison('x', [...normals(900), ...new Array<number>(100).fill(Infinity)]),
      { 'x/ks': 'ok', 'x/missing': 'watch' },
    ],
    [
      'text among numbers',
      comparison('x', [...normals(500), ...new Array<string>(500).fill('n/a')]),
      { 'x/ks': 'ok', 'x/missing': 'watch' },
    ],
    [
      'a column that became constant',
      comparison('x', new Array<number>(1_000).fill(0.5)),
      { 'x/ks': 'watch', 'x/missing': 'ok' },
    ],
    [
      'a constant column that stayed so',
      comparison('x', new Array<number>(1_000).fill(5), {
        grid: constant,
        reference: unordered(constant, new Array<number>(500).fill(5)),
      }),
      { 'x/ks': 'ok', 'x/missing': 'ok' },
    ],
    [
      'one category, as ever',
      comparison('x', new Array<string>(800).fill('a'), {
        grid: gridFromCategories([['a', 9]]),
        reference: unordered(gridFromCategories([['a', 9]]), new Array<string>(900).fill('a')),
      }),
      { 'x/linf': 'ok', 'x/missing': 'ok' },
    ],
    [
      'one category where there were two',
      comparison('x', new Array<string>(800).fill('a'), { grid: categorical, reference }),
      { 'x/linf': 'watch', 'x/missing': 'ok' },
    ],
    [
      'a million new categories',
      comparison(
        'x',
        Array.from({ length: 1_000 }, (_, i) => `user-${i}`),
        { grid: categorical, reference },
      ),
      { 'x/linf': 'watch', 'x/missing': 'ok' },
    ],
    [
      'counts of another grid',
      comparison('x', normals(500), { reference: countValues(constant, [5, 5]) }),
      { 'x/none': 'error' },
    ],
  ])('%s', (_what, bad, expected) => {
    const verdicts = judge([bad, comparison('good', normals(1_000))]);
    const states = Object.fromEntries(
      verdicts.filter(({ variable }) => variable === 'x').map(({ subject, state }) => [subject, state]),
    );
    expect(states).toEqual(expected);
    // One bad column stops nothing.
    expect(of(verdicts, 'good/ks')?.state).toBe('ok');
    expect(verdicts.every(({ reason }) => /\.$/.test(reason))).toBe(true);
    expect(JSON.parse(JSON.stringify(verdicts))).toEqual(verdicts);
  });

  test('a variable that one side lacks, or that failed, has a verdict that says so', () => {
    const verdicts = judge([], {
      problems: [
        {
          variable: { source: 'feature', name: 'new' },
          segment: '',
          message: 'baseline training has no feature new.',
          kind: 'no-data',
        },
        {
          variable: { source: 'output', name: 'score' },
          segment: 'region=eu',
          message: 'the store was busy.',
          kind: 'error',
        },
      ],
    });
    expect(verdicts.map(({ subject, state, reason }) => [subject, state, reason])).toEqual([
      ['new/none', 'not-enough-data', 'Feature new cannot be judged: baseline training has no feature new.'],
      [
        'output:score{region=eu}/none',
        'error',
        'Output score in segment region=eu could not be judged: the store was busy.',
      ],
    ]);
  });

  test('nothing at all is said to be nothing', () => {
    expect(summariseMonitor(judge([]), DRIFT_WORDS)).toMatchObject({ state: 'not-enough-data', top: [] });
  });

  test('a baseline with more categories than are told apart says so', () => {
    const grid = gridFromCategories(Array.from({ length: 1_200 }, (_, i) => [`c${i}`, 10] as const));
    const values = Array.from({ length: 3_000 }, (_, i) => `c${i % 1_200}`);
    const [, verdict] = judge([comparison('id', values, { grid, reference: unordered(grid, values) })]);
    expect(verdict!.reason).toContain(
      'The baseline has more categories than the 1000 that are told apart; the rest count as one.',
    );
  });
});
