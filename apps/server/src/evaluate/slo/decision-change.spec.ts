import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS, decideSlo, windowsOf, type SloDecision } from '@tidewatch/slo';
import { differs, turned } from './decision-change.js';

const window = { counts: [{ good: 9_900, total: 10_000 }], coverage: 1 };
const PERIOD = 2_592_000_000;
const decision = decideSlo({
  slo: {
    ...{ name: 'a', displayName: 'a', target: 0.99, window: { kind: 'rolling', periodMs: PERIOD } },
    ...{ periodMs: PERIOD, budgeting: { method: 'Occurrences' }, tiers: DEFAULT_TIERS },
    members: [{ name: '', sli: { kind: 'foreign', sourceType: 'Any' }, target: 0.99, weight: 1 }],
  },
  group: '',
  windows: new Map(windowsOf({ tiers: DEFAULT_TIERS }).map((ms) => [ms, window])),
  period: { ...window, from: 0, to: PERIOD },
  windowEnd: PERIOD,
});
const [first, ...others] = decision.tiers;
const withTier = (changes: Partial<SloDecision['tiers'][number]>): SloDecision => ({
  ...decision,
  tiers: [{ ...first!, ...changes }, ...others],
});
const note = (code: 'no-series' | 'never-burned', message = '') => ({ code, message });

describe('something has turned', () => {
  test.each<[string, SloDecision, SloDecision]>([
    ['by another state', decision, { ...decision, state: 'frozen', frozenBecause: 'stale' }],
    [
      'by another cause',
      { ...decision, state: 'frozen', frozenBecause: 'stale' },
      { ...decision, state: 'frozen', frozenBecause: 'no-events' },
    ],
    ['by a new note of health', decision, { ...decision, health: [note('no-series')] }],
    ['by a note that is gone', { ...decision, health: [note('no-series')] }, decision],
    [
      'by another note of health',
      { ...decision, health: [note('no-series')] },
      { ...decision, health: [note('never-burned')] },
    ],
    ['by another state of a tier', decision, withTier({ state: 'frozen' })],
    ['by another tier', decision, withTier({ name: 'new' })],
    ['by a tier more', { ...decision, tiers: others }, decision],
    ['by a tier less', decision, { ...decision, tiers: [first!] }],
    ['by another target', decision, { ...decision, target: 0.98 }],
    ['by another limit of a tier', decision, withTier({ threshold: 2 })],
    ['by another window of a tier', decision, withTier({ shortMs: 1 })],
  ])('%s', (_what, before, after) => {
    expect(turned(before, after)).toBe(true);
  });

  test.each<[string, SloDecision, SloDecision]>([
    ['nothing at all', decision, { ...decision }],
    ['other numbers', decision, { ...withTier({ longBurn: 99, badEvents: 9 }), budgetRemaining: -3 }],
    [
      'other words on the same trouble',
      { ...decision, health: [note('no-series', 'a')] },
      { ...decision, health: [note('no-series', 'b')] },
    ],
  ])('not by %s', (_what, before, after) => {
    expect(turned(before, after)).toBe(false);
  });
});

describe('the numbers differ', () => {
  test.each<[string, SloDecision, SloDecision]>([
    ['by more than 0.1 points of the budget', decision, { ...decision, budgetRemaining: -0.0011 }],
    ['by a budget that is not known any more', decision, { ...decision, budgetRemaining: null }],
    ['by more than 5 % of a burn rate', decision, withTier({ longBurn: 1.06 })],
    ['by more than 5 % of a short burn rate', decision, withTier({ shortBurn: 0.94 })],
    ['by a burn rate that is not known any more', decision, withTier({ longBurn: null })],
    ['by a burn rate that is known now', withTier({ shortBurn: null }), decision],
  ])('%s', (_what, before, after) => {
    expect(differs(before, after)).toBe(true);
  });

  test.each<[string, SloDecision, SloDecision]>([
    ['not at all', decision, { ...decision }],
    ['by time', decision, { ...decision, windowEnd: PERIOD + 10_000, timeToExhaustionMs: 1 }],
    ['by a little of the budget', decision, { ...decision, budgetRemaining: 0.0009 }],
    ['by less than 5 % of a burn rate', decision, withTier({ longBurn: 1.049 })],
    ['by a burn rate near nothing', withTier({ longBurn: 0 }), withTier({ longBurn: 0.01 })],
    ['by events', decision, withTier({ badEvents: 99, totalEvents: 9_999 })],
  ])('too little: %s', (_what, before, after) => {
    expect(differs(before, after)).toBe(false);
  });
});
