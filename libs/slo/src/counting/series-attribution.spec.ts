import { describe, expect, test } from '@jest/globals';
import type { LabelMatcher } from '../metric-selector.js';
import { matchesSelector, seriesTest } from './series-attribution.js';

const matches = (matcher: LabelMatcher, value: string | undefined): boolean =>
  matchesSelector(
    { metric: 'requests', match: [matcher] },
    'requests',
    value === undefined ? {} : { [matcher.label]: value },
  );
const code = (op: LabelMatcher['op'], value: string): LabelMatcher => ({ label: 'code', op, value });

describe('a condition on a label', () => {
  test.each<[LabelMatcher, string | undefined, boolean]>([
    [code('=', '500'), '500', true],
    [code('=', '500'), '5000', false],
    [code('=', ''), undefined, true],
    [code('!=', '500'), '200', true],
    [code('!=', '500'), undefined, true],
    [code('!=', '500'), '500', false],
    [code('=~', '5..'), '503', true],
    // The whole value, from beginning to end, whatever the expression says.
    [code('=~', '5..'), '1503', false],
    [code('=~', '5..'), '5030', false],
    [code('=~', '4..|5..'), '5030', false],
    [code('=~', '4..|5..'), '503', true],
    [code('=~', '^5..$'), '503', true],
    [code('=~', '50'), '500', false],
    [code('=~', ''), undefined, true],
    [code('=~', '.*'), undefined, true],
    [code('=~', '.+'), undefined, false],
    [code('=~', '(?i)ERROR'), 'error', true],
    [code('=~', '\\p{Lu}.*'), 'Übung', true],
    [code('!~', '5..'), '503', false],
    [code('!~', '5..'), '1503', true],
    [code('!~', '.+'), undefined, true],
  ])('%j on %j: %p', (matcher, value, expected) => {
    expect(matches(matcher, value)).toBe(expected);
  });
});

test('all conditions must hold, and the metric must be the one', () => {
  const match = [code('=~', '5..'), { label: 'service', op: '=', value: 'ranker' } as const];
  const selector = { metric: 'requests', match };
  expect(matchesSelector(selector, 'requests', { code: '500', service: 'ranker' })).toBe(true);
  expect(matchesSelector(selector, 'requests', { code: '500', service: 'other' })).toBe(false);
  expect(matchesSelector(selector, 'errors', { code: '500', service: 'ranker' })).toBe(false);
  expect(matchesSelector({ metric: 'requests', match: [] }, 'requests', {})).toBe(true);
});

describe('expressions on values that somebody else chose', () => {
  const LONG = 100_000;

  test.each([
    ['(a+)+b', 'a'.repeat(LONG)],
    ['(a|a)*b', 'a'.repeat(LONG)],
    ['(.*)*x', 'y'.repeat(LONG)],
    ['(a|aa)+$b?c', 'a'.repeat(LONG)],
  ])('%s takes time in proportion to the value', (expression, value) => {
    const accepts = seriesTest([code('=~', expression)]);
    const started = performance.now();
    expect(accepts(() => value)).toBe(false);
    // Backtracking would not end in the age of the universe.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('are refused unless they are RE2', () => {
    expect(() => seriesTest([code('=~', '(a)\\1')])).toThrow();
    expect(() => seriesTest([code('!~', '(?=a)')])).toThrow();
  });
});
