import { describe, expect, test } from '@jest/globals';
import { badStretches, levelOf, stretchText, stripColumns, stripGoal, stripSummary } from './strip.js';

const MINUTE = 60_000;
const GOAL = { target: 0.99, heavyBurn: 14.4 };
const strip = (slices: [number, number, number][]) => ({
  group: '',
  resolutionMs: MINUTE,
  slices: slices.map(([minute, good, total]): [number, number, number] => [minute * MINUTE, good, total]),
});

test.each([
  [0, 0, 'none'],
  [100, 100, 'good'],
  [999, 1_000, 'some'],
  [99, 100, 'some'],
  [98, 100, 'bad'],
  [85, 100, 'heavy'],
  [0, 1, 'heavy'],
  [101, 100, 'good'],
])('%p good of %p is %p at a target of 99 %', (good, total, level) => {
  expect(levelOf(good, total, GOAL)).toBe(level);
});

test('a column is as bad as its worst slice', () => {
  const slices = strip([
    [0, 100, 100],
    [1, 90, 100],
    [2, 100, 100],
    [5, 10, 100],
  ]);
  const columns = stripColumns(slices, GOAL, { from: 0, to: 6 * MINUTE }, 3);
  expect(columns.map(({ level }) => level)).toEqual(['bad', 'good', 'heavy']);
  expect(columns[1]).toMatchObject({ from: 2 * MINUTE, to: 4 * MINUTE });
});

test('slices outside of the range are left out', () => {
  const slices = strip([
    [-1, 0, 100],
    [10, 0, 100],
  ]);
  const columns = stripColumns(slices, GOAL, { from: 0, to: 6 * MINUTE }, 2);
  expect(columns.map(({ level }) => level)).toEqual(['none', 'none']);
});

describe('stretches of bad minutes', () => {
  const slices = strip([
    [0, 100, 100],
    [1, 90, 100],
    [2, 100, 100],
    [3, 80, 100],
    [10, 0, 100],
    [11, 50, 100],
  ]);

  test('come worst first, and one better minute does not part them', () => {
    const stretches = badStretches(slices, GOAL);
    expect(stretches).toEqual([
      { from: 10 * MINUTE, to: 12 * MINUTE, bad: 150, total: 200 },
      { from: MINUTE, to: 4 * MINUTE, bad: 30, total: 200 },
    ]);
    expect(stretches.map((each) => stretchText(each, GOAL))).toEqual([
      '2 min, 150 of 200 bad (75×)',
      '3 min, 30 of 200 bad (15×)',
    ]);
  });

  test('are counted', () => {
    expect(stripSummary(slices, GOAL)).toBe('4 bad minutes of 6 with events');
    expect(stripSummary(strip([[0, 1, 1]]), GOAL)).toBe('no bad minute of 1 with events');
    expect(stripSummary(strip([]), GOAL)).toBe('no events');
  });
});

test('heavy is what the fastest page tier takes', () => {
  const tiers = [
    { severity: 'page', threshold: 6 },
    { severity: 'page', threshold: 10 },
    { severity: 'ticket', threshold: 20 },
  ];
  expect(stripGoal(0.99, tiers)).toEqual({ target: 0.99, heavyBurn: 10 });
  expect(stripGoal(0.99)).toEqual({ target: 0.99, heavyBurn: 14.4 });
});
