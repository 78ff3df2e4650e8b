import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS, defaultTiers, windowsOf, type BurnTier } from '@tidewatch/slo';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const inWords = ({ name, severity, longMs, shortMs, burn, minimumBadEvents, everyMs }: BurnTier): string =>
  [name, severity, longMs / MINUTE_MS, shortMs / MINUTE_MS, burn, minimumBadEvents, everyMs].join(' ');

test('the default tiers are the four pairs of the workbook and the guard', () => {
  expect(DEFAULT_TIERS.map(inWords)).toEqual([
    'page-fast page 60 5 14.4 5 10000',
    'page-slow page 360 30 6 7 10000',
    'ticket-fast ticket 1440 120 3 5 30000',
    'ticket-slow ticket 4320 360 1 5 30000',
    'page-guard page 60 5 4 10 10000',
  ]);
});

describe('burn rates follow the period, by B = f P / W', () => {
  // f is 2 %, 5 %, 10 % and 10 %: https://sre.google/workbook/alerting-on-slos/, table 5-8 and the text below it.
  test.each([
    [90, [43.2, 18, 9, 3, 4]],
    [31, [14.88, 6.2, 3.1, 1.03333333333, 4]],
    [28, [13.44, 5.6, 2.8, 1, 4]],
    // 0.7 and 0.23 for the tickets: below burn 1 the budget lasts, so nothing is lost that a ticket could save.
    [7, [3.36, 1.4, 1, 1, 4]],
  ])('%d days', (days, burns) => {
    expect(defaultTiers(days * DAY_MS).map((tier) => tier.burn)).toEqual(burns);
  });

  test('a day has no tier of three days, and none below burn 1', () => {
    expect(defaultTiers(DAY_MS).map(({ name, burn }) => [name, burn])).toEqual([
      ['page-fast', 1],
      ['page-slow', 1],
      ['ticket-fast', 1],
      ['page-guard', 4],
    ]);
  });
});

describe('with time slices', () => {
  test('of a minute nothing changes', () => {
    expect(defaultTiers(30 * DAY_MS, MINUTE_MS)).toEqual(DEFAULT_TIERS);
  });

  test('short windows are widened to whole slices', () => {
    expect(defaultTiers(30 * DAY_MS, 20 * MINUTE_MS).map(({ shortMs }) => shortMs / MINUTE_MS)).toEqual([
      20, 40, 120, 360, 20,
    ]);
  });

  test('pairs whose windows are no whole slices, or no longer differ, are left out', () => {
    expect(defaultTiers(30 * DAY_MS, 120 * MINUTE_MS).map(({ name }) => name)).toEqual([
      'page-slow',
      'ticket-fast',
      'ticket-slow',
    ]);
    expect(defaultTiers(30 * DAY_MS, 60 * MINUTE_MS).map(({ name }) => name)).toEqual([
      'page-slow',
      'ticket-fast',
      'ticket-slow',
    ]);
  });
});

test('the windows of tiers are told once each, ascending', () => {
  expect(windowsOf({ tiers: DEFAULT_TIERS }).map((ms) => ms / MINUTE_MS)).toEqual([
    5, 30, 60, 120, 360, 1440, 4320,
  ]);
});
