import { describe, expect, test } from '@jest/globals';
import { decideRun, runAlpha, type DecisionRule, type PreviousDecision, type TestOutcome } from './decide.js';

const MINUTE = 60_000;
const RULE: DecisionRule = {
  alpha: 1e-4,
  holdMs: 60 * MINUTE,
  everyMs: 5 * MINUTE,
  windowEnd: 600 * MINUTE,
  previous: new Map(),
};
const outcome = (partial: Partial<TestOutcome> = {}): TestOutcome => ({
  subject: 'age/ks',
  pValue: 1e-9,
  effectLow: 0.1,
  minimumEffect: 0.03,
  ...partial,
});
const since = (windowEnd: number, from: number | null): ReadonlyMap<string, PreviousDecision> =>
  new Map([['age/ks', { windowEnd, since: from }]]);

test('a run may take the share of the budget that falls to it', () => {
  expect(runAlpha({ falseAlarmBudget: { count: 1, periodMs: 30 * 86_400_000 }, everyMs: 300_000 })).toBe(
    1 / 8640,
  );
});

describe('an alarm takes three conditions', () => {
  const held = { ...RULE, previous: since(595 * MINUTE, 540 * MINUTE) };
  test.each<[string, Partial<TestOutcome>, DecisionRule, string, object]>([
    ['all three', {}, held, 'alarm', { significant: true, large: true, held: true }],
    ['not beyond chance', { pValue: 1e-3 }, held, 'ok', { significant: false, large: true, held: false }],
    [
      'perhaps too small',
      { effectLow: 0.03 },
      held,
      'watch',
      { significant: true, large: false, held: false },
    ],
    ['seen for the first time', {}, RULE, 'watch', { significant: true, large: true, held: false }],
    [
      'five minutes short of the hold time',
      {},
      { ...RULE, previous: since(595 * MINUTE, 545 * MINUTE) },
      'watch',
      { significant: true, large: true, held: false },
    ],
    [
      'no hold time asked for',
      {},
      { ...RULE, holdMs: 0 },
      'alarm',
      { significant: true, large: true, held: true },
    ],
  ])('%s', (_what, partial, rule, state, conditions) => {
    const [decision] = decideRun([outcome(partial)], rule);
    expect(decision).toMatchObject({ state, conditions });
  });
});

describe('how long both have held', () => {
  test.each<[string, ReadonlyMap<string, PreviousDecision>, number]>([
    ['goes on from run to run', since(595 * MINUTE, 570 * MINUTE), 570],
    ['survives one run that was missed', since(590 * MINUTE, 570 * MINUTE), 570],
    ['begins anew after two', since(585 * MINUTE, 570 * MINUTE), 600],
    ['begins anew after a run in which they did not hold', since(595 * MINUTE, null), 600],
    [
      'pays no heed to a later window, when an old one is judged again',
      since(605 * MINUTE, 570 * MINUTE),
      600,
    ],
  ])('%s', (_what, previous, minutes) => {
    expect(decideRun([outcome()], { ...RULE, previous })[0]?.since).toBe(minutes * MINUTE);
  });
});

test('the tests of a run share alpha: one p-value is not enough among many', () => {
  const rule = { ...RULE, holdMs: 0 };
  const alone = outcome({ pValue: 5e-5 });
  expect(decideRun([alone], rule)[0]?.state).toBe('alarm');
  const crowd = [
    alone,
    ...Array.from({ length: 9 }, (_, i) => outcome({ subject: `f${i}/ks`, pValue: 0.5 })),
  ];
  const [first] = decideRun(crowd, rule);
  expect(first?.state).toBe('ok');
  expect(first?.pAdjusted).toBeCloseTo(5e-4, 12);
  expect(decideRun([], rule)).toEqual([]);
});
