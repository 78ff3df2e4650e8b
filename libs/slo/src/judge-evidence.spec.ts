import { describe, expect, test } from '@jest/globals';
import {
  inWords,
  judgeSlo,
  notEvaluable,
  RATIO_UNIT,
  type EventCount,
  type SloEvidence,
} from '@tidewatch/slo';
import { evidence, judgedSlo, NOTHING, NOW, of, page, pageCounts } from '../fixtures/judged-slo.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('what cannot be told', () => {
  const over = pageCounts(of(500, 10_000), of(50, 1_000));
  const calm = pageCounts(of(0, 10_000), of(0, 1_000));
  const partly = (coverage: number, counts: [number, EventCount][]): SloEvidence['windows'] =>
    new Map(counts.map(([length, count]) => [length, { counts: [count], coverage }]));

  test.each([
    { coverage: 0.9, state: 'breach', cause: null },
    { coverage: 0.89, state: 'frozen', cause: 'coverage' },
  ])('a window of which $coverage is counted: $state', ({ coverage, state, cause }) => {
    const verdict = judgeSlo(evidence([], { windows: partly(coverage, over) }));
    expect(verdict).toMatchObject({ state, frozenBecause: cause });
  });

  test('stale data proves that a tier fires, and never that it does not', () => {
    expect(judgeSlo(evidence(over, { stale: true })).state).toBe('breach');
    expect(judgeSlo(evidence(calm, { stale: true }))).toMatchObject({
      state: 'frozen',
      frozenBecause: 'stale',
      reason: expect.stringMatching(/^Data has stopped coming in/) as unknown,
    });
  });

  test.each([
    { and: true, state: 'firing' },
    { and: false, state: 'ok' },
    { and: null, state: 'frozen' },
  ])('a tier whose condition is $and is $state while it burns', ({ and, state }) => {
    const condition = { kind: 'all', of: [] } as const;
    const conditional = { ...page, and: condition };
    const verdict = judgeSlo(
      evidence(over, { tiers: [conditional], conditions: new Map([[page.name, and]]) }),
    );
    expect(verdict.tiers[0]).toMatchObject({ state, and });
    expect(verdict.reason).not.toBe('');
    const quiet = judgeSlo(evidence(calm, { tiers: [conditional], conditions: new Map([[page.name, and]]) }));
    expect(quiet.state).toBe('ok');
  });

  test('an SLO that cannot be counted says why', () => {
    const slo = judgedSlo({ target: 0.999, periodMs: 30 * DAY_MS, tiers: [page] });
    const decision = notEvaluable(slo, NOW, { from: NOW - DAY_MS, to: NOW }, 'its source is another system.');
    expect(decision).toMatchObject({
      state: 'frozen',
      frozenBecause: 'not-evaluable',
      budgetRemaining: null,
    });
    expect(inWords(slo, decision).reason).toBe('It cannot be judged: its source is another system.');
  });
});

describe('composites and time slices', () => {
  const members = [
    { name: 'a', sli: { kind: 'foreign', sourceType: 'x' }, target: 0.99, weight: 1 },
    { name: 'b', sli: { kind: 'foreign', sourceType: 'x' }, target: 0.9, weight: 3 },
  ] as const;
  const base = judgedSlo({ target: 0.9, periodMs: 30 * DAY_MS, tiers: [{ ...page, burn: 4 }] });
  const twice = (a: EventCount, b: EventCount) => ({ counts: [a, b], coverage: 1 });

  test('burn rates of members add up by weight, and so does what they spend', () => {
    // 1 % and 5 % bad burn 1 and 0.5 times: together 1 + 3 * 0.5.
    const window = twice(of(100, 10_000), of(500, 10_000));
    const verdict = judgeSlo({
      ...evidence([]),
      slo: { ...base, members },
      windows: new Map([
        [page.longMs, window],
        [page.shortMs, twice(of(100, 10_000), of(1_000, 10_000))],
      ]),
      period: { ...window, from: NOW - 30 * DAY_MS, to: NOW },
    });
    expect(verdict.tiers[0]).toMatchObject({ longBurn: 2.5, shortBurn: 4, state: 'ok', badEvents: 600 });
    expect(verdict.budgetRemaining).toBeCloseTo(1 - 2.5, 12);
  });

  test('a member without events burns nothing; one that contradicts itself spoils all', () => {
    const judge = (b: EventCount) =>
      judgeSlo({
        ...evidence([]),
        slo: { ...base, members },
        windows: new Map([page.longMs, page.shortMs].map((ms) => [ms, twice(of(500, 10_000), b)])),
      });
    expect(judge(NOTHING).tiers[0]).toMatchObject({ longBurn: 5, state: 'firing' });
    expect(judge({ good: 2, total: 1 })).toMatchObject({ state: 'frozen', frozenBecause: 'contradiction' });
  });

  test('time slices are judged without a minimum of bad ones, and ratios are shown in slices', () => {
    const counts = (bad: number, total: number): [number, EventCount][] => [
      [page.longMs, of(bad * RATIO_UNIT, total * RATIO_UNIT)],
      [page.shortMs, of(bad * RATIO_UNIT, 5 * RATIO_UNIT)],
    ];
    const slo = {
      ...judgedSlo({ target: 0.999, periodMs: 30 * DAY_MS, tiers: [page] }),
      budgeting: { method: 'RatioTimeslices', sliceMs: MINUTE_MS, emptySlices: 'ignore' },
    } as const;
    const verdict = judgeSlo({ ...evidence(counts(1.5, 60)), slo });
    expect(verdict.tiers[0]).toMatchObject({
      state: 'firing',
      badEvents: 1.5,
      totalEvents: 60,
      longBurn: 25,
    });
    expect(verdict.reason).toContain('1.5 of 60 slices were bad');
  });
});
