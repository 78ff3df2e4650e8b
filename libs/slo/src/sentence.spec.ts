import { describe, expect, test } from '@jest/globals';
import { sloSentence, type SentenceInput } from './sentence.js';
import type { CalendarWindow } from './window/slo-window.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH: CalendarWindow = {
  kind: 'calendar',
  amount: 1,
  unit: 'M',
  startTime: '2026-01-01 00:00:00',
  timeZone: 'Europe/Berlin',
};

function sentence(parts: Partial<SentenceInput>): string {
  return sloSentence({
    displayName: 'Ranker answers',
    target: 0.999,
    window: { kind: 'rolling', periodMs: 30 * DAY_MS },
    budgeting: { method: 'Occurrences' },
    state: 'ok',
    frozenBecause: null,
    sliValue: 0.9997,
    budgetRemaining: 0.7,
    timeToExhaustionMs: null,
    presentBurn: 0.2,
    presentWindowMs: HOUR_MS,
    ...parts,
  });
}

describe('an SLO that is met', () => {
  test('says what is left', () => {
    expect(sentence({})).toBe(
      'Ranker answers: 99.97 % good over the last 30 days against 99.9 %; 70 % of the 30-day budget is left.',
    );
  });

  test('and, when it burns above its budget without firing, until when it lasts', () => {
    expect(sentence({ presentBurn: 1.6, timeToExhaustionMs: 13.2 * DAY_MS })).toBe(
      'Ranker answers: 99.97 % good over the last 30 days against 99.9 %; it burns 1.6 times too fast over the last hour, at this rate the 30-day budget ends in 13 days.',
    );
  });

  test('a slow burn makes no forecast: the errors of today leave a rolling window', () => {
    expect(
      sentence({ budgetRemaining: 0.3, presentBurn: 0.5, timeToExhaustionMs: 18 * DAY_MS }),
    ).not.toContain('ends');
  });

  test.each([
    ['without a bad event', { sliValue: 1, budgetRemaining: 1 }, '100 % good', '100 % of'],
    ['a share just below one never reads 100 %', { sliValue: 0.9999999 }, '99.9999 % good', '70 % of'],
    [
      'the last of the budget',
      { budgetRemaining: 0.0004 },
      '99.97 %',
      'less than 0.1 % of the 30-day budget',
    ],
    ['a share that floats cannot hold', { sliValue: 0.9982 }, '99.82 % good', ''],
  ])('%s', (_, parts, share, left) => {
    expect(sentence(parts)).toContain(share);
    expect(sentence(parts)).toContain(left);
  });
});

describe('an SLO that burns', () => {
  test('says how fast and until when the budget lasts', () => {
    expect(
      sentence({
        state: 'breach',
        sliValue: 0.9982,
        budgetRemaining: 0.21,
        presentBurn: 3.1,
        presentWindowMs: null,
        timeToExhaustionMs: 2.19 * DAY_MS,
      }),
    ).toBe(
      'Ranker answers: 99.82 % good over the last 30 days against 99.9 %; it burns 3.1 times too fast, at this rate the 30-day budget ends in 2.1 days.',
    );
  });

  test.each([
    [36.5 * HOUR_MS, 'in 36 hours'],
    [5.5 * HOUR_MS, 'in 5.5 hours'],
    [2 * HOUR_MS, 'in 2 hours'],
    [40.9 * 60_000, 'in 40 minutes'],
    [30_000, 'within 2 minutes'],
  ])('%p ms ahead is "%s"', (timeToExhaustionMs, words) => {
    expect(sentence({ state: 'breach', presentBurn: 14.4, timeToExhaustionMs })).toContain(`ends ${words}.`);
  });

  test.each([
    [14.4, '14.4 times too fast over the last hour'],
    [1_000, '1000 times too fast'],
    [1.02, '1.02 times too fast'],
    [1.001, 'as fast as the budget allows over the last hour'],
  ])('a burn of %p is "%s"', (presentBurn, words) => {
    expect(sentence({ state: 'breach', presentBurn })).toContain(`it burns ${words}`);
  });

  test('a burn that is unknown, or has ended in the latest window, gets no figure', () => {
    for (const presentBurn of [null, 0.4]) {
      expect(sentence({ state: 'breach', presentBurn, budgetRemaining: 0.129 })).toBe(
        'Ranker answers: 99.97 % good over the last 30 days against 99.9 %; it burns too fast, 12 % of the 30-day budget is left.',
      );
    }
  });
});

describe('an overspent budget', () => {
  test.each([
    [-0.34, 0.1, 'the 30-day budget is overspent by 34 %.'],
    [
      -0.341,
      3.1,
      'the 30-day budget is overspent by 35 %, and it still burns 3.1 times too fast over the last hour.',
    ],
    [-0.00001, 0.1, 'the 30-day budget is overspent by 0.1 %.'],
    [-119, 0.1, 'the 30-day budget is overspent by 11,900 %.'],
    [0, 0.1, 'the 30-day budget is spent.'],
  ])('of %p at a burn of %p', (budgetRemaining, presentBurn, words) => {
    const text = sentence({ budgetRemaining, presentBurn, sliValue: 0.99866, timeToExhaustionMs: 0 });
    expect(text).toBe(`Ranker answers: 99.86 % good over the last 30 days against 99.9 %; ${words}`);
  });
});

describe('an SLO that cannot be judged', () => {
  test.each([
    ['no-events', 'no traffic to judge at present'],
    [
      'contradiction',
      'cannot be judged, for more good events than events were counted: check that both selectors count the same',
    ],
    ['coverage', 'cannot be judged yet, for too little of its windows has been counted'],
    ['stale', 'cannot be judged, for its data has stopped coming in'],
    ['not-evaluable', 'cannot be judged, for Tidewatch cannot count its events'],
    [null, 'cannot be judged at present'],
  ] as const)('because of %s says so and claims nothing else', (frozenBecause, words) => {
    const unknown = { sliValue: null, budgetRemaining: null, presentBurn: null, presentWindowMs: null };
    expect(sentence({ state: 'frozen', frozenBecause, ...unknown })).toBe(`Ranker answers: ${words}.`);
  });

  test('still tells what is known of the period', () => {
    expect(sentence({ state: 'frozen', frozenBecause: 'no-events', presentBurn: null })).toBe(
      'Ranker answers: no traffic to judge at present; 99.97 % good over the last 30 days against 99.9 %.',
    );
  });

  test('a period without a known share is called unknown', () => {
    expect(sentence({ sliValue: null, budgetRemaining: null, presentBurn: null })).toBe(
      'Ranker answers: the share of good events over the last 30 days is unknown (target 99.9 %).',
    );
  });
});

describe('the words for the period', () => {
  const at = (text: string) => Date.parse(text);
  test.each([
    ['a month', MONTH, at('2026-11-01T00:00:00+01:00'), 'in November so far', 'the November budget'],
    [
      'a month from the middle',
      { ...MONTH, startTime: '2026-01-16 00:00:00' },
      at('2026-11-16T00:00:00+01:00'),
      'since 16 November',
      'the budget since 16 November',
    ],
    [
      'a quarter',
      { ...MONTH, unit: 'Q' as const },
      at('2026-10-01T00:00:00+02:00'),
      'in Q4 2026 so far',
      'the Q4 2026 budget',
    ],
    [
      'a year',
      { ...MONTH, unit: 'Y' as const },
      at('2026-01-01T00:00:00+01:00'),
      'in 2026 so far',
      'the 2026 budget',
    ],
    [
      'a week',
      { ...MONTH, unit: 'w' as const },
      at('2026-11-16T00:00:00+01:00'),
      'since 16 November',
      'the budget since 16 November',
    ],
    [
      'hours',
      { ...MONTH, unit: 'h' as const, amount: 12 },
      at('2026-11-16T12:00:00+01:00'),
      'since 16 November at 12:00',
      'the budget since 16 November at 12:00',
    ],
    ['a month whose beginning is not known', MONTH, undefined, 'this month so far', "this month's budget"],
    [
      'two weeks whose beginning is not known',
      { ...MONTH, unit: 'w' as const, amount: 2 },
      undefined,
      'in the present 2 weeks so far',
      'the budget of the present 2 weeks',
    ],
    [
      'seven days',
      { kind: 'rolling' as const, periodMs: 7 * DAY_MS },
      undefined,
      'over the last 7 days',
      'the 7-day budget',
    ],
    [
      'one day',
      { kind: 'rolling' as const, periodMs: DAY_MS },
      undefined,
      'over the last day',
      'the 1-day budget',
    ],
    [
      '36 hours',
      { kind: 'rolling' as const, periodMs: 36 * HOUR_MS },
      undefined,
      'over the last 36 hours',
      'the 36-hour budget',
    ],
  ])('%s', (_, window, periodFrom, over, budget) => {
    expect(sentence({ window, periodFrom })).toBe(
      `Ranker answers: 99.97 % good ${over} against 99.9 %; 70 % of ${budget} is left.`,
    );
  });

  test.each([
    [
      { method: 'Timeslices', sliceMs: 60_000, sliceTarget: 0.95, emptySlices: 'ignore' },
      'of slices of 1 minute good',
    ],
    [
      { method: 'RatioTimeslices', sliceMs: 30_000, emptySlices: 'ignore' },
      'good on average over slices of 30 seconds',
    ],
  ] as const)('%o', (budgeting, words) => {
    expect(sentence({ budgeting })).toContain(`99.97 % ${words} over the last 30 days`);
  });
});
