import { expect, test } from '@jest/globals';
import { sampleTier } from './sample-views.js';
import {
  badText,
  budgetUnit,
  burnText,
  frozenLabel,
  groupTitle,
  presentBurn,
  sloTitle,
  stepText,
} from './slo-text.js';

test.each([
  ['', 'all traffic'],
  ['region="eu-1"', 'region eu-1'],
  ['region="eu-1",tenant="a"', 'region eu-1 · tenant a'],
  ['tenant=""', 'tenant (none)'],
  ['tenant="a \\"b\\", c=d"', 'tenant a "b", c=d'],
  ['(other)', 'all other groups'],
  ['odd', 'odd'],
])('the group %p reads %p', (group, title) => {
  expect(groupTitle(group)).toBe(title);
});

test('bad events are written with what they are part of', () => {
  expect(badText({ badEvents: 12, totalEvents: 30_000 })).toBe('12 of 30 k');
  expect(badText({ badEvents: 1.25, totalEvents: 60 })).toBe('1.3 of 60');
  expect([budgetUnit('Occurrences'), budgetUnit('RatioTimeslices')]).toEqual(['event', 'slice']);
});

test('burns, policies and names in words', () => {
  expect(burnText(0.4, 3_600_000)).toBe('0.4× over 1h');
  expect(burnText(null, 300_000)).toBe('– over 5m');
  const step = { spent: 0.75, message: '', reached: false };
  expect(stepText({ ...step, action: 'ticket' })).toBe('At 75% spent: open a ticket');
  expect(stepText({ ...step, spent: 1, action: 'freeze' })).toBe('At 100% spent: freeze releases');
  expect(sloTitle({ name: 'a', displayName: '' })).toBe('a');
  expect(sloTitle({ name: 'a', displayName: 'Answers' })).toBe('Answers');
});

test('an SLO that cannot be judged says why', () => {
  const causes = ['no-events', 'contradiction', 'coverage', 'stale', 'not-evaluable', null] as const;
  expect(causes.map(frozenLabel)).toEqual([
    'No traffic',
    'Contradictory',
    'Counting',
    'Data stopped',
    'Not evaluable',
    'No data',
  ]);
});

test('the present burn is that of the shortest long window with events', () => {
  const tiers = [
    sampleTier({ longMs: 21_600_000, longBurn: 2 }),
    sampleTier({ longMs: 3_600_000, longBurn: null }),
    sampleTier({ longMs: 86_400_000, longBurn: 3 }),
  ];
  expect(presentBurn(tiers)).toBe(2);
  expect(presentBurn([])).toBeNull();
});
