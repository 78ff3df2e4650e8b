import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS, judgeSlo, windowsOf, type BurnTier, type EventCount } from '@tidewatch/slo';
import { evidence, judgedSlo, NOTHING, NOW, of, page, pageCounts } from '../fixtures/judged-slo.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ticket: BurnTier = {
  ...page,
  name: 'ticket',
  longMs: DAY_MS,
  shortMs: 2 * HOUR_MS,
  burn: 3,
  severity: 'ticket',
};

describe('one tier', () => {
  test.each([
    {
      why: 'both windows burn faster than the limit',
      long: of(500, 10_000),
      short: of(50, 1_000),
      state: 'firing',
    },
    {
      why: 'both windows burn exactly at the limit',
      long: of(144, 10_000),
      short: of(18, 1_250),
      state: 'firing',
    },
    { why: 'the long window is one event below', long: of(143, 10_000), short: of(18, 1_250), state: 'ok' },
    { why: 'the short window is one event below', long: of(144, 10_000), short: of(17, 1_250), state: 'ok' },
    { why: 'the errors have stopped', long: of(500, 10_000), short: of(0, 1_000), state: 'ok' },
    { why: 'the minimum of bad events is just met', long: of(5, 10), short: of(1, 1), state: 'firing' },
    { why: 'one bad event is missing to the minimum', long: of(4, 10), short: of(1, 1), state: 'ok' },
    { why: 'the long window is empty', long: NOTHING, short: NOTHING, state: 'frozen' },
    {
      why: 'traffic stopped while the long window is over the limit',
      long: of(500, 10_000),
      short: NOTHING,
      state: 'frozen',
    },
    { why: 'traffic stopped while all was well', long: of(1, 10_000), short: NOTHING, state: 'ok' },
    { why: 'traffic stopped after too few bad events', long: of(4, 10), short: NOTHING, state: 'ok' },
    {
      why: 'there are more good events than events',
      long: { good: 12, total: 10 },
      short: of(0, 1),
      state: 'frozen',
    },
    {
      why: 'there are more bad events than events',
      long: { good: -2, total: 10 },
      short: of(1, 1),
      state: 'frozen',
    },
  ] as const)('is $state when $why', ({ long, short, state }) => {
    const verdict = judgeSlo(evidence(pageCounts(long, short)));
    expect(verdict.tiers.map((tier) => tier.state)).toEqual([state]);
    expect(verdict.state).toBe({ firing: 'breach', ok: 'ok', frozen: 'frozen' }[state]);
  });

  test('reports both burns, the limit and the events of the long window', () => {
    const [tier] = judgeSlo(evidence(pageCounts(of(144, 10_000), of(40, 1_250)))).tiers;
    expect(tier).toEqual({
      name: 'page-fast',
      severity: 'page',
      state: 'firing',
      longMs: HOUR_MS,
      shortMs: 5 * MINUTE_MS,
      threshold: 14.4,
      longBurn: 14.4,
      shortBurn: 32,
      badEvents: 144,
      totalEvents: 10_000,
      coverage: 1,
      and: null,
    });
  });
});

describe('the verdict of an SLO', () => {
  test('carries its identity, the period and the budget', () => {
    const verdict = judgeSlo(
      evidence(pageCounts(of(0, 10_000), of(0, 1_000)), { group: 'eu-1', period: of(250, 1_000_000) }),
    );
    expect(verdict).toMatchObject({
      slo: 'ranker',
      group: 'eu-1',
      state: 'ok',
      windowEnd: NOW,
      target: 0.999,
      period: {
        good: 999_750,
        total: 1_000_000,
        ms: 30 * DAY_MS,
        from: NOW - 30 * DAY_MS,
        to: NOW,
        coverage: 1,
      },
      sliValue: 0.99975,
      budgetRemaining: 0.75,
      timeToExhaustionMs: null,
    });
  });

  test('forecasts from the shortest long window and subtracts what is spent', () => {
    const verdict = judgeSlo(
      evidence(
        [
          ...pageCounts(of(200, 10_000), of(20, 1_000)),
          [ticket.longMs, of(200, 200_000)],
          [ticket.shortMs, of(200, 20_000)],
        ],
        {
          tiers: [ticket, page],
          period: of(250, 1_000_000),
        },
      ),
    );
    // Burn 20 over the last hour; three quarters of 30 days' budget are left.
    expect((verdict.timeToExhaustionMs ?? 0) / HOUR_MS).toBeCloseTo((0.75 * 720) / 20, 9);
  });

  test('an overspent budget is negative and exhausted now', () => {
    const verdict = judgeSlo(
      evidence(pageCounts(of(200, 10_000), of(20, 1_000)), { period: of(3_000, 1_000_000) }),
    );
    expect(verdict.budgetRemaining).toBeCloseTo(-2, 12);
    expect(verdict.timeToExhaustionMs).toBe(0);
  });

  test('a period without events has no SLI value, budget or forecast', () => {
    const verdict = judgeSlo(evidence(pageCounts(NOTHING, NOTHING), { period: NOTHING }));
    expect(verdict).toMatchObject({
      state: 'frozen',
      sliValue: null,
      budgetRemaining: null,
      timeToExhaustionMs: null,
    });
  });

  test('is ok while one tier can still tell, and names those that cannot', () => {
    const verdict = judgeSlo(
      evidence([...pageCounts(NOTHING, NOTHING), [ticket.longMs, of(0, 10)], [ticket.shortMs, NOTHING]], {
        tiers: [page, ticket],
      }),
    );
    expect(verdict.tiers.map((tier) => tier.state)).toEqual(['frozen', 'ok']);
    expect(verdict.state).toBe('ok');
    expect(verdict.reason).toContain('Tier page-fast cannot be judged: no events over 1h.');
  });

  test('refuses evidence without a window that a tier needs', () => {
    expect(() => judgeSlo(evidence([[page.longMs, of(0, 1)]]))).toThrow(
      expect.objectContaining({
        code: 'slo.window-missing',
        message: 'The evidence for SLO ranker has no event count for the window of 5m.',
      }),
    );
  });
});

describe('evaluating only some tiers', () => {
  const tiers = [page, ticket];
  const firing: [number, EventCount][] = [
    ...pageCounts(of(500, 10_000), of(50, 1_000)),
    [ticket.longMs, of(5_000, 100_000)],
    [ticket.shortMs, of(500, 10_000)],
  ];
  const previous = judgeSlo(evidence(firing, { tiers }));
  const calm = pageCounts(of(0, 10_000), of(0, 1_000));

  test('keeps what was known of the others', () => {
    const verdict = judgeSlo(evidence(calm, { tiers, evaluate: 'page', previous }));
    expect(verdict.tiers.map((tier) => tier.state)).toEqual(['ok', 'firing']);
    expect(verdict.tiers[1]).toEqual(previous.tiers[1]);
    expect(verdict.state).toBe('breach');
  });

  test('judges the others when nothing is known of them and their windows are there', () => {
    expect(judgeSlo(evidence(firing, { tiers, evaluate: 'page' })).tiers.map((tier) => tier.state)).toEqual([
      'firing',
      'firing',
    ]);
  });

  test('freezes the others when nothing is known of them', () => {
    expect(judgeSlo(evidence(calm, { tiers, evaluate: 'page' })).tiers.map((tier) => tier.state)).toEqual([
      'ok',
      'frozen',
    ]);
  });

  test.each([
    { what: 'the threshold', changed: { ...ticket, burn: 2 } },
    { what: 'a window', changed: { ...ticket, longMs: 2 * DAY_MS } },
    { what: 'the name', changed: { ...ticket, name: 'ticket-new' } },
  ])('forgets a tier whose rule changed in $what', ({ changed }) => {
    const verdict = judgeSlo(evidence(calm, { tiers: [page, changed], evaluate: 'page', previous }));
    expect(verdict.tiers[1]?.state).toBe('frozen');
  });

  test('forgets all tiers when the target changed', () => {
    const slo = judgedSlo({ target: 0.99, periodMs: 30 * DAY_MS, tiers });
    expect(judgeSlo(evidence(calm, { slo, evaluate: 'page', previous })).tiers[1]?.state).toBe('frozen');
  });
});

describe('the reason', () => {
  const budget = '90.0 % of the error budget of 30d is left.';

  test.each([
    {
      when: 'one tier fires',
      long: of(51, 1_200),
      short: of(11, 200),
      reason: `Burning the error budget 42.5 times too fast over 1h and 55.0 times over 5m (limit 14.4): 51 of 1,200 events were bad. ${budget}`,
    },
    {
      when: 'all is well',
      long: of(1, 2_000),
      short: of(0, 200),
      reason: `The error budget burns at 0.5 times the allowed rate over 1h and 0.0 times over 5m (limit of tier page-fast: 14.4): 1 of 2,000 events was bad. ${budget}`,
    },
    {
      when: 'the short window is empty but the long one is fine',
      long: of(0, 1),
      short: NOTHING,
      reason: `The error budget burns at 0.0 times the allowed rate over 1h with no usable events in the last 5m (limit of tier page-fast: 14.4): 0 of 1 event were bad. ${budget}`,
    },
    {
      when: 'there are too few bad events',
      long: of(2, 60),
      short: of(1, 5),
      reason: `Too few failures to judge tier page-fast: it burns 33.3 times too fast over 1h (limit 14.4), but only 2 of 60 events were bad and the tier asks for at least 5 bad ones. ${budget}`,
    },
    {
      when: 'rounding would show a burn below the limit as the limit',
      long: of(14_399, 1_000_000),
      short: of(14_399, 1_000_000),
      reason: `The error budget burns at 14.399 times the allowed rate over 1h and 14.399 times over 5m (limit of tier page-fast: 14.4): 14,399 of 1,000,000 events were bad. ${budget}`,
    },
    {
      when: 'nothing happened',
      long: NOTHING,
      short: NOTHING,
      reason: 'No events in the last 1h, the longest window of its tiers, so the burn rate is unknown.',
    },
    {
      when: 'traffic stopped in the middle of an outage',
      long: of(500, 1_000),
      short: NOTHING,
      reason:
        'The burn rate is unknown. Tier page-fast cannot be judged: over the limit, but no usable events in the last 5m to tell whether it goes on.',
    },
    {
      when: 'good exceeds total',
      long: { good: 1_300, total: 1_200 },
      short: of(0, 200),
      reason:
        'The burn rate is unknown. Tier page-fast cannot be judged: over 1h good and total contradict each other; check that both selectors count the same events.',
    },
  ])('is a full sentence when $when', ({ long, short, reason }) => {
    expect(judgeSlo(evidence(pageCounts(long, short))).reason).toBe(reason);
  });

  test('speaks of the page before the ticket and names the other firing tiers', () => {
    const tiers = [ticket, { ...page, name: 'page-slow', burn: 6 }, page];
    const verdict = judgeSlo(
      evidence(
        [
          ...pageCounts(of(500, 10_000), of(50, 1_000)),
          [ticket.longMs, of(500, 100_000)],
          [ticket.shortMs, of(500, 10_000)],
        ],
        {
          tiers,
          period: of(1_500, 1_000_000),
        },
      ),
    );
    expect(verdict.reason).toBe(
      'Burning the error budget 50.0 times too fast over 1h and 50.0 times over 5m (limit 14.4): 500 of 10,000 events were bad. Tiers page-slow and ticket fire too. The error budget of 30d is overspent by 50.0 %.',
    );
  });
});

test('windowsOf lists every window of the default tiers once, ascending', () => {
  expect(windowsOf({ tiers: DEFAULT_TIERS })).toEqual(
    [5, 30, 60, 120, 360, 1440, 4320].map((minutes) => minutes * MINUTE_MS),
  );
});
